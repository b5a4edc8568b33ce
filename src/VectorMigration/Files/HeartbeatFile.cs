namespace VectorMigration.Files;

/// <summary>Tells a heartbeat file from any other: it is replaced every few seconds, and nothing else may be.</summary>
internal static class HeartbeatFile
{
    /// <summary>What a heartbeat file calls itself.</summary>
    public const string Format = "vector-migration-heartbeat/1";

    private const int HeadBytes = 256;

    /// <summary>Why a path cannot be taken for a heartbeat; null where nothing is there, an empty file, or the heartbeat of an earlier run.</summary>
    public static Exception? Refusal(string path)
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
            return read == 0 || System.Text.Encoding.UTF8.GetString(head, 0, read).Contains(Format, StringComparison.Ordinal) ? null
                : new IOException($"'{path}' exists and is not a heartbeat of this tool. It was not changed.");
        }
        catch (UnauthorizedAccessException denied)
        {
            // Only its owner reads a heartbeat that another user wrote, and what else it is nobody knows.
            return denied;
        }
        catch (IOException)
        {
            // A program that scans files holds it for a moment: writing tries again, and tells.
            return null;
        }
    }
}
