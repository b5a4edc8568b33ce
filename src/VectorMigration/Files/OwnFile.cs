using System.Text;

namespace VectorMigration.Files;

/// <summary>Tells a file that this program replaces steadily from any other, by a mark in its first bytes.</summary>
internal static class OwnFile
{
    /// <summary>What a file of metrics begins with.</summary>
    public const string MetricsMark = "# vector-migration metrics/1";

    private const int HeadBytes = 256;

    /// <summary>Why a path cannot be taken; null where nothing is there, an empty file, or one with the mark.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="mark">What such a file has in its first bytes.</param>
    /// <param name="what">What it is, with its article: <c>a heartbeat</c>.</param>
    public static Exception? Refusal(string path, string mark, string what)
    {
        try
        {
            if (!File.Exists(path) || SpecialFile.KindOf(path) is not null)
            {
                return null;
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] head = new byte[HeadBytes];
            int read = file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
            return read == 0 || Encoding.UTF8.GetString(head, 0, read).Contains(mark, StringComparison.Ordinal) ? null
                : new IOException($"'{path}' exists and is not {what} of this tool. It was not changed.");
        }
        catch (UnauthorizedAccessException denied)
        {
            // Only its owner reads a file that another user wrote, and what else it is nobody knows.
            return denied;
        }
        catch (IOException)
        {
            // A program that scans files holds it for a moment: writing tries again, and tells.
            return null;
        }
    }
}
