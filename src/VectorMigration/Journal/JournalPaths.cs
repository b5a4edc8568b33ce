using System.Security.Cryptography;
using System.Text;
using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.Journal;

/// <summary>Where a journal lies unless it is told otherwise.</summary>
public static class JournalPaths
{
    /// <summary>What the name of a journal ends with.</summary>
    public const string Extension = ".journal";

    private const int LongestName = 200;

    /// <summary>The journal of a collection: <c>COLLECTION.journal</c> in the folder of the logs. A name that some file system would not take, or that
    /// belongs to a collection whose name differs only in case, is told by its digest.</summary>
    public static string Default(string logDirectory, string collection)
    {
        ArgumentNullException.ThrowIfNull(logDirectory);
        ArgumentNullException.ThrowIfNull(collection);
        return In(logDirectory, collection, collection);
    }

    /// <summary>The journal of one part: <c>COLLECTION.VECTOR.PART.journal</c>, without what has no name.</summary>
    /// <param name="logDirectory">Folder of the logs.</param>
    /// <param name="collection">Collection.</param>
    /// <param name="vectorName">Name of the vector; null for the unnamed one.</param>
    /// <param name="part">Name of the index file without its extension, or of the part.</param>
    public static string OfPart(string logDirectory, string collection, string? vectorName, string part) =>
        In(logDirectory, string.Join('.', ((string?[])[collection, vectorName, part]).Where(static name => !string.IsNullOrEmpty(name))), collection);

    private static string In(string logDirectory, string wanted, string collection)
    {
        bool plain = wanted.Length > 0
            && Encoding.UTF8.GetByteCount(wanted) <= LongestName
            && !wanted.Any(c => char.IsControl(c) || "<>:\"/\\|?*".Contains(c, StringComparison.Ordinal))
            && wanted[^1] is not ('.' or ' ')
            && !FileNames.IsDevice(wanted);
        string digest = Path.Combine(logDirectory,
            $"collection-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)))[..16]}{Extension}");
        string path = Path.Combine(logDirectory, wanted + Extension);
        return plain && !File.Exists(digest) && !IsOfOtherCase(path, collection) ? path : digest;
    }

    /// <summary>Where names have no case, the journals of the collections <c>words</c> and <c>Words</c> would be one file.</summary>
    private static bool IsOfOtherCase(string path, string collection)
    {
        try
        {
            return File.Exists(path) && JournalContent.Read(path).Header?.Key.Collection is string other
                && other != collection && string.Equals(other, collection, StringComparison.OrdinalIgnoreCase);
        }
        catch (MigrationException)
        {
            // A journal that cannot be read is told by whoever needs it.
            return false;
        }
    }
}
