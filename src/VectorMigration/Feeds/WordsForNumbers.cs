using System.Text;

namespace VectorMigration.Feeds;

/// <summary>NaN and Infinity, which Python writes where JSON wants a number: a mapping may leave their field out.</summary>
internal static class WordsForNumbers
{
    /// <summary>What stands for them meanwhile: a number that no double holds, so that it is refused where it stays.</summary>
    public const string Marker = "1e9999";

    private static readonly byte[][] Words = ["NaN"u8.ToArray(), "nan"u8.ToArray(), "Infinity"u8.ToArray(), "inf"u8.ToArray()];

    /// <summary>A row with the marker in the place of each such word outside of strings; null where there is none.</summary>
    public static byte[]? Replaced(ReadOnlySpan<byte> row)
    {
        if (!HasWord(row))
        {
            return null;
        }

        MemoryStream? replaced = null;
        int copied = 0;
        bool quoted = false;
        for (int at = 0; at < row.Length; at++)
        {
            if (row[at] == '\\' && quoted)
            {
                at++;
                continue;
            }

            quoted ^= row[at] == '"';
            int length = quoted ? 0 : LengthOfWord(row[at..]);
            if (length > 0)
            {
                replaced ??= new MemoryStream(row.Length + 16);
                replaced.Write(row[copied..at]);
                replaced.Write(Encoding.UTF8.GetBytes(Marker));
                copied = at + length;
                at = copied - 1;
            }
        }

        replaced?.Write(row[copied..]);
        return replaced?.ToArray();
    }

    private static bool HasWord(ReadOnlySpan<byte> row)
    {
        foreach (byte[] word in Words)
        {
            if (row.IndexOf(word) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static int LengthOfWord(ReadOnlySpan<byte> rest)
    {
        foreach (byte[] word in Words)
        {
            if (rest.StartsWith(word))
            {
                return word.Length;
            }
        }

        return 0;
    }
}
