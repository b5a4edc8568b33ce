using System.Security.Cryptography;
using System.Text;

namespace VectorMigration.Journal;

/// <summary>Where a journal lies unless it is told otherwise.</summary>
public static class JournalPaths
{
    /// <summary>What the name of a journal ends with.</summary>
    public const string Extension = ".journal";

    private const int LongestName = 200;

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL"];

    /// <summary>The journal of a collection: <c>COLLECTION.journal</c> in the folder of the logs. A name that some file system would not take is told by
    /// its digest.</summary>
    public static string Default(string logDirectory, string collection)
    {
        ArgumentNullException.ThrowIfNull(logDirectory);
        ArgumentNullException.ThrowIfNull(collection);
        bool plain = collection.Length > 0
            && Encoding.UTF8.GetByteCount(collection) <= LongestName
            && !collection.Any(c => char.IsControl(c) || "<>:\"/\\|?*".Contains(c, StringComparison.Ordinal))
            && collection[^1] is not ('.' or ' ')
            && !IsDevice(collection);
        string name = plain ? collection : "collection-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(collection)))[..16];
        return Path.Combine(logDirectory, name + Extension);
    }

    /// <summary>Names that Windows keeps for devices, whatever follows the first dot.</summary>
    private static bool IsDevice(string name)
    {
        string stem = name.Split('.')[0].TrimEnd();
        return Devices.Contains(stem, StringComparer.OrdinalIgnoreCase)
            || (stem.Length == 4 && char.IsAsciiDigit(stem[3]) && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase)
                || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)));
    }
}
