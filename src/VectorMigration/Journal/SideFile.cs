using System.Text;
using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.Journal;

/// <summary>
/// The files beside a journal, which are written anew in the place of those that are there: <c>NAME.new</c>, <c>NAME.ids</c>, <c>NAME.ids.new</c> and
/// <c>NAME.sent</c>. A file of such a name that does not begin as ours do is somebody's own, and stays.
/// </summary>
internal static class SideFile
{
    /// <summary>The names, and what each file begins with.</summary>
    private static readonly (string Suffix, string Magic)[] Known =
    [
        (".new", JournalLine.Magic), (".ids", WrittenIds.Magic), (".ids.new", WrittenIds.Magic), (SentPoints.Suffix, SentPoints.Magic),
    ];

    /// <summary>Refuses a journal whose side files would take the place of files of others.</summary>
    /// <param name="journal">Full path of the journal.</param>
    /// <exception cref="MigrationException">They would, or what is there cannot be read.</exception>
    public static void Refuse(string journal)
    {
        foreach ((string suffix, string magic) in Known)
        {
            string path = journal + suffix;
            if (!IsFree(path, magic))
            {
                throw JournalErrors.ForeignSideFile(path, journal, magic.TrimEnd());
            }
        }
    }

    /// <summary>Nothing is there, an empty file, or ours, perhaps cut off by a kill. Pipes and devices are refused where they are opened.</summary>
    private static bool IsFree(string path, string magic)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return false;
            }

            if (!File.Exists(path) || SpecialFile.KindOf(path) is not null)
            {
                return true;
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] ours = Encoding.ASCII.GetBytes(magic);
            byte[] head = new byte[ours.Length];
            int read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return head.AsSpan(0, read).SequenceEqual(ours.AsSpan(0, read));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.Unreadable(path, e);
        }
    }
}
