using System.Text;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>What a journal file says.</summary>
/// <param name="Header">Its first line; null for a journal that was not begun (no file, or an empty one).</param>
/// <param name="Acknowledged">Ordinals that need not be sent again.</param>
/// <param name="ValidLength">Bytes up to the end of the last whole line.</param>
/// <param name="LastSum">Sum of the last whole line.</param>
/// <param name="TornBytes">Bytes of a last line that was being written when the run was killed.</param>
internal sealed record JournalContent(JournalHeader? Header, OrdinalSet Acknowledged, long ValidLength, uint LastSum, long TornBytes)
{
    /// <summary>Ordinals that the migration wrote before its journal was begun anew; they are sent again.</summary>
    public OrdinalSet Owned { get; init; } = new();

    /// <summary>
    /// Ordinals whose batches were about to be sent, acknowledged or not: only their points can be ours. What was found in the collection before the first
    /// attempt is not among them. Journals before <see cref="JournalLine.AttemptsVersion"/> do not say: every ordinal.
    /// </summary>
    public OrdinalSet Attempted { get; init; } = new();

    /// <summary>Largest journal that is read: far beyond what compaction leaves, and a bound for what a file can cost.</summary>
    public const long MaxLength = 1L << 30;

    /// <summary>Reads a journal without locking it; a file that is not there is a journal that was not begun.</summary>
    /// <exception cref="MigrationException">It is damaged, of a later version, no journal at all, or cannot be read.</exception>
    public static JournalContent Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw JournalErrors.IsDirectory(path);
            }

            if (SpecialFile.KindOf(path) is string kind)
            {
                throw JournalErrors.NotRegular(path, kind);
            }

            if (!File.Exists(path))
            {
                return Parse(path, []);
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > MaxLength)
            {
                throw JournalErrors.Foreign(path, $"it has {Grouped.Of(file.Length)} bytes");
            }

            byte[] bytes = new byte[file.Length];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Parse(path, bytes.AsSpan(0, length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.Unreadable(path, e);
        }
    }

    /// <summary>Reads the bytes of a journal.</summary>
    public static JournalContent Parse(string path, ReadOnlySpan<byte> bytes)
    {
        // A power cut can leave a file longer than what was written: with zeros at its end.
        int length = bytes.TrimEnd((byte)0).Length;
        ReadOnlySpan<byte> magic = Encoding.ASCII.GetBytes(JournalLine.Magic);
        int known = Math.Min(length, magic.Length);
        if (!bytes[..known].SequenceEqual(magic[..known]))
        {
            throw JournalErrors.Foreign(path, "it does not begin with " + JournalLine.Magic);
        }

        JournalHeader? header = null;
        var acknowledged = new OrdinalSet();
        var owned = new OrdinalSet();
        var attempted = new OrdinalSet();
        uint sum = JournalLine.Seed;
        int at = 0;
        for (int number = 1; at < length; number++)
        {
            int end = bytes[at..length].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            ReadOnlySpan<byte> line = bytes.Slice(at, end);
            if (number == 1)
            {
                header = HeaderOf(path, line, ref sum);
                if (header.Version < JournalLine.AttemptsVersion)
                {
                    attempted.Add(new OrdinalRange(0, long.MaxValue - 1));
                }
            }
            else
            {
                string text = JournalLine.Decode(line, ref sum) ?? throw JournalErrors.Corrupt(
                    path, number, at, "a line whose checksum fits", "one that does not");
                if (JournalLine.OwnedRangeOf(text) is OrdinalRange earlier)
                {
                    owned.Add(earlier);
                }
                else if (JournalLine.AttemptedRangeOf(text) is OrdinalRange tried)
                {
                    attempted.Add(tried);
                }
                else
                {
                    acknowledged.Add(JournalLine.RangeOf(text) ?? throw JournalErrors.Corrupt(path, number, at, "acked FIRST-LAST", $"'{Start(text)}'"));
                }
            }

            at += end + 1;
        }

        return new JournalContent(header, acknowledged, at, sum, bytes.Length - at) { Owned = owned, Attempted = attempted };
    }

    private static JournalHeader HeaderOf(string path, ReadOnlySpan<byte> line, ref uint sum)
    {
        string? text = JournalLine.Decode(line, ref sum);
        if (text is null)
        {
            throw JournalErrors.Corrupt(path, 1, 0, "a first line whose checksum fits", "one that does not");
        }

        return JournalHeader.Parse(text) ?? throw JournalErrors.OtherVersion(path, Start(text));
    }

    private static string Start(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
