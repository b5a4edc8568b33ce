using System.Globalization;
using System.Numerics;
using System.Text;
using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>
/// The lines of a journal: text, one space, the CRC-32C in eight hexadecimal digits, a line feed. The sum goes over the text and, before it,
/// over the sum of the line above, so that a line that is changed, lost, repeated or moved is seen.
/// </summary>
internal static class JournalLine
{
    /// <summary>What the first line begins with.</summary>
    public const string Magic = "VectorMigration-journal";

    /// <summary>Version of the format; 2 has the part that ids belong to, and what an earlier journal knew; 3 has what was attempted.</summary>
    public const int Version = 3;

    /// <summary>The first version that notes attempts.</summary>
    public const int AttemptsVersion = 3;

    /// <summary>The earliest version that is read.</summary>
    public const int OldestVersion = 1;

    /// <summary>Characters of a line besides its text.</summary>
    public const int Overhead = 10;

    private const string Acknowledged = "acked ";
    private const string Owned = "owned ";
    private const string Attempted = "attempted ";

    /// <summary>The sum that stands above the first line.</summary>
    public const uint Seed = 0;

    /// <summary>Bytes of a line.</summary>
    /// <param name="text">Its text, without a line feed.</param>
    /// <param name="above">Sum of the line above; becomes the sum of this one.</param>
    public static byte[] Encode(string text, ref uint above)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + Overhead];
        int length = Encoding.UTF8.GetBytes(text, bytes);
        above = Sum(bytes.AsSpan(0, length), above);
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {above:x8}\n"), bytes.AsSpan(length));
        return bytes;
    }

    /// <summary>The text of a line without its line feed; null when its sum does not fit.</summary>
    public static string? Decode(ReadOnlySpan<byte> line, ref uint above)
    {
        if (line.Length < Overhead - 1 || line[^9] != ' ')
        {
            return null;
        }

        ReadOnlySpan<byte> text = line[..^9];
        uint sum = Sum(text, above);
        Span<byte> written = stackalloc byte[8];
        sum.TryFormat(written, out _, "x8", CultureInfo.InvariantCulture);
        if (!written.SequenceEqual(line[^8..]))
        {
            return null;
        }

        above = sum;
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>The text of a range of acknowledged vectors.</summary>
    public static string Of(OrdinalRange range) => string.Create(CultureInfo.InvariantCulture, $"{Acknowledged}{range.First}-{range.Last}");

    /// <summary>The text of a range of vectors that an earlier journal of the same migration wrote; they are to be sent again.</summary>
    public static string OfOwned(OrdinalRange range) => string.Create(CultureInfo.InvariantCulture, $"{Owned}{range.First}-{range.Last}");

    /// <summary>The text of a range of vectors that were about to be sent: from then on their points may be ours.</summary>
    public static string OfAttempted(OrdinalRange range) => string.Create(CultureInfo.InvariantCulture, $"{Attempted}{range.First}-{range.Last}");

    /// <summary>The range of acknowledged vectors that a text tells; null when it tells something else.</summary>
    public static OrdinalRange? RangeOf(string text) => RangeOf(text, Acknowledged);

    /// <summary>The range of vectors written earlier that a text tells; null when it tells something else.</summary>
    public static OrdinalRange? OwnedRangeOf(string text) => RangeOf(text, Owned);

    /// <summary>The range of attempted vectors that a text tells; null when it tells something else.</summary>
    public static OrdinalRange? AttemptedRangeOf(string text) => RangeOf(text, Attempted);

    private static OrdinalRange? RangeOf(string text, string word)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return text.StartsWith(word, StringComparison.Ordinal)
            && dash > 0
            && long.TryParse(text.AsSpan(word.Length, dash - word.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            && long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long last)
            && first <= last && last < long.MaxValue
            ? new OrdinalRange(first, last)
            : null;
    }

    private static uint Sum(ReadOnlySpan<byte> text, uint above)
    {
        uint crc = ~0u;
        for (int shift = 0; shift < 32; shift += 8)
        {
            crc = BitOperations.Crc32C(crc, (byte)(above >> shift));
        }

        foreach (byte one in text)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
