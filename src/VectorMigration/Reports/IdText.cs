using System.Globalization;
using System.Text;
using VectorMigration.Vectors;

namespace VectorMigration.Reports;

/// <summary>
/// Point ids as short text, in the order of the vectors: words separated by spaces. <c>17</c> is an id, <c>0-99</c> a range, <c>1000+2:050193</c> the id 1000
/// and after it ids by their distance from the one before, two digits each: 1005, 1006, 1099. UUIDs stand one by one.
/// </summary>
internal static class IdText
{
    private const int MostDigits = 6;

    /// <summary>Writes ids.</summary>
    public static string Of(ReadOnlySpan<PointId> ids)
    {
        int digits = Digits(ids);
        ulong limit = (ulong)Math.Pow(10, digits);
        var text = new StringBuilder(ids.Length * digits);
        for (int i = 0; i < ids.Length; i++)
        {
            ulong gap = i == 0 ? 0 : Gap(ids[i - 1], ids[i]);
            if (gap == 0 || gap >= limit)
            {
                text.Append(i == 0 ? string.Empty : " ").Append(ids[i].ToString());
                bool follows = i + 1 < ids.Length && Gap(ids[i], ids[i + 1]) is ulong next && next > 0 && next < limit;
                if (follows)
                {
                    text.Append(CultureInfo.InvariantCulture, $"+{digits}:");
                }
            }
            else
            {
                text.Append(gap.ToString("D" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    /// <summary>Reads ids, whichever way they were written.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static IEnumerable<PointId> Read(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(ReadWord);

    private static IEnumerable<PointId> ReadWord(string word)
    {
        if (Guid.TryParseExact(word, "D", out Guid guid))
        {
            yield return PointId.FromGuid(guid);
            yield break;
        }

        int plus = word.IndexOf('+', StringComparison.Ordinal);
        int dash = word.IndexOf('-', StringComparison.Ordinal);
        ulong id = Number(plus > 0 ? word[..plus] : dash > 0 ? word[..dash] : word);
        yield return PointId.FromNumber(id);
        for (ulong last = dash > 0 ? Number(word[(dash + 1)..]) : id; id < last;)
        {
            yield return PointId.FromNumber(++id);
        }

        if (plus > 0)
        {
            int colon = word.IndexOf(':', StringComparison.Ordinal);
            int digits = colon < 0 ? 0 : (int)Number(word[(plus + 1)..colon]);
            if (digits is < 1 or > MostDigits || (word.Length - colon - 1) % digits != 0)
            {
                throw new FormatException($"'{word[..Math.Min(word.Length, 40)]}' is not a list of ids.");
            }

            for (int at = colon + 1; at < word.Length; at += digits)
            {
                id += Number(word.Substring(at, digits));
                yield return PointId.FromNumber(id);
            }
        }
    }

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>How far an id is above the one before; 0 where it is not.</summary>
    private static ulong Gap(PointId before, PointId id) =>
        before.IsGuid || id.IsGuid || id.Number <= before.Number ? 0 : id.Number - before.Number;

    /// <summary>Digits of a distance with which the text is shortest; ids farther apart are written out.</summary>
    private static int Digits(ReadOnlySpan<PointId> ids)
    {
        Span<long> gaps = stackalloc long[MostDigits + 2];
        gaps.Clear();
        for (int i = 1; i < ids.Length; i++)
        {
            ulong gap = Gap(ids[i - 1], ids[i]);
            gaps[gap == 0 ? MostDigits + 1 : Math.Min(DigitsOf(gap), MostDigits + 1)]++;
        }

        int written = ids.Length == 0 ? 0 : ids[^1].IsGuid ? ids[^1].ToString().Length : DigitsOf(ids[^1].Number);
        int best = 1;
        long least = long.MaxValue;
        long below = 0;
        for (int digits = 1; digits <= MostDigits; digits++)
        {
            below += gaps[digits];
            long cost = (below * digits) + ((ids.Length - below) * (written + 4));
            (best, least) = cost < least ? (digits, cost) : (best, least);
        }

        return best;
    }

    private static int DigitsOf(ulong number)
    {
        int digits = 1;
        for (ulong rest = number / 10; rest > 0; rest /= 10)
        {
            digits++;
        }

        return digits;
    }
}
