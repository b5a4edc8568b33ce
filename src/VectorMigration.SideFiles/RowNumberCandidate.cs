using System.Buffers.Text;
using System.Text.Json;

namespace VectorMigration.SideFiles;

/// <summary>A field that may number the rows.</summary>
/// <param name="path">Its path in the row.</param>
/// <param name="looksForParts">Whether texts may number the parts of several documents.</param>
internal sealed class RowNumberCandidate(string[] path, bool looksForParts)
{
    /// <summary>Numbers that one field holds at most.</summary>
    public const int MostHeldByField = 1 << 16;

    /// <summary>Longer texts are no numbers.</summary>
    private const int LongestText = 128;

    /// <summary>Rows without a number of their own that are always borne, and of how many more one is.</summary>
    private const int MostOdd = 2;

    private const int RowsByOdd = 8;

    private readonly FieldPath place = new(path);
    private readonly byte[] text = new byte[LongestText];
    private readonly RowTextOrder order = new();
    private readonly LooseRowNumbers loose = new();
    private readonly RowPartOrder? parts = looksForParts ? new() : null;
    private HashSet<long>? held = [];
    private byte[]? first;
    private long firstRow;
    private int prefix = -1;
    private int suffix;
    private bool isNumber = true;
    private long count;
    private long texts;
    private long least = long.MaxValue;
    private long greatest = long.MinValue;
    private long previous = long.MinValue;
    private bool ascending = true;
    private ulong numbers;
    private ulong places;
    private RowNumberSample sample = new();

    /// <summary>Its path, with dots.</summary>
    public string Field => place.Name;

    /// <summary>Numbers that are held to find a repeated one.</summary>
    public int MostHeld { get; set; } = MostHeldByField;

    /// <summary>What was found; null where it does not number the rows.</summary>
    /// <param name="rows">Rows that were passed.</param>
    public RowNumbers? Found(long rows)
    {
        if (isNumber && count > 0 && !IsOdd(rows, count))
        {
            return new RowNumbers(Field, rows, least, greatest, ascending, numbers, places)
            {
                IsComplete = count == rows,
                HasLetters = prefix > 0 || suffix > 0,
                Sample = sample,
            };
        }

        // Several numbers in a text, as of a document and its part, have an order and no value.
        bool areShuffled = parts is not null && !IsOdd(rows, parts.Count) && parts.IsShuffled();
        return order.IsOrder && texts > 1 && !IsOdd(rows, texts)
            ? new RowNumbers(Field, rows, 0, 0, order.IsAscending, 0, 0) { IsText = true, ArePartsShuffled = areShuffled }
            : loose.Found(Field, rows)
                ?? (areShuffled ? new RowNumbers(Field, rows, 0, 0, IsAscending: false, 0, 0) { IsText = true, ArePartsShuffled = true } : null);
    }

    /// <summary>Whether the field is known not to number the rows.</summary>
    /// <param name="rows">Rows that were passed.</param>
    public bool IsOut(long rows) => IsOdd(
        rows, Math.Max(Math.Max(loose.Count, parts is { IsOut: false } ? parts.Count : 0), Math.Max(isNumber ? count : 0, order.IsOrder ? texts : 0)));

    /// <summary>Passes a row, at whose beginning the reader stands.</summary>
    public void Add(long row, ref Utf8JsonReader reader)
    {
        if (place.Seek(ref reader))
        {
            Take(row, ref reader);
        }
    }

    /// <summary>Takes the value that the reader stands at; false where it is no number.</summary>
    public bool Take(long row, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when first is null && isNumber:
                return TryNumber(ref reader, out long number) && Note(row, number);
            case JsonTokenType.String when first is not null || count == 0:
                return TakeText(row, ref reader);
            default:
                return false;
        }
    }

    private static bool IsOdd(long rows, long good) => rows - good > MostOdd + (rows / RowsByOdd);

    private static bool TryNumber(ref Utf8JsonReader reader, out long number)
    {
        if (reader.TryGetInt64(out number))
        {
            return true;
        }

        // pandas makes doubles of a column of ids in which one is missing.
        if (!reader.TryGetDouble(out double real) || real != Math.Floor(real) || Math.Abs(real) >= 1L << 53)
        {
            return false;
        }

        number = (long)real;
        return true;
    }

    private bool Note(long row, long number)
    {
        if (held is not null && !held.Add(number))
        {
            return false;
        }

        held = held?.Count >= MostHeld ? null : held;
        ascending &= count == 0 || number > previous;
        count++;
        previous = number;
        least = Math.Min(least, number);
        greatest = Math.Max(greatest, number);
        sample.Add(row, number);
        unchecked
        {
            numbers += RowNumbers.Hash(number);
            places += RowNumbers.Hash(row, number);
        }

        return true;
    }

    /// <summary>The digits of a text: one number, where all rows have the same letters before and behind it, or several that have an order.</summary>
    private bool TakeText(long row, ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueSpan.Length is 0 or > LongestText)
        {
            return false;
        }

        ReadOnlySpan<byte> value = text.AsSpan(0, reader.CopyString(text));
        bool ordered = order.Add(value);
        bool isLoose = loose.Add(row, value) | (parts is { IsOut: false } && parts.Add(value));
        texts += ordered ? 1 : 0;
        if (first is null)
        {
            // Which digits differ is known with the second row; the last ones are taken until then.
            (first, firstRow) = (value.ToArray(), row);
            return Digits(value, out long begun) ? Note(row, begun) : ordered || isLoose;
        }

        if (isNumber && prefix < 0)
        {
            isNumber = Compare(value);
        }

        bool isOne = isNumber && prefix >= 0 && value.Length > prefix + suffix
            && value[..prefix].SequenceEqual(first.AsSpan(0, prefix))
            && value[^suffix..].SequenceEqual(first.AsSpan(first.Length - suffix))
            && Utf8Parser.TryParse(value[prefix..^suffix], out long number, out int used) && used == value.Length - prefix - suffix
            && Note(row, number);
        return isOne || ordered || isLoose;
    }

    /// <summary>Finds what the first two rows have in common around their digits, and counts the first row by those.</summary>
    private bool Compare(ReadOnlySpan<byte> second)
    {
        ReadOnlySpan<byte> one = first;
        if (one.SequenceEqual(second))
        {
            // A repeated text tells nothing yet.
            return true;
        }

        prefix = one.CommonPrefixLength(second);
        while (prefix > 0 && IsDigit(one[prefix - 1]))
        {
            prefix--;
        }

        suffix = 0;
        while (suffix < Math.Min(one.Length, second.Length) - prefix && one[^(suffix + 1)] == second[^(suffix + 1)])
        {
            suffix++;
        }

        while (suffix > 0 && IsDigit(one[^suffix]))
        {
            suffix--;
        }

        if (!Utf8Parser.TryParse(one[prefix..^suffix], out long number, out int used) || used != one.Length - prefix - suffix)
        {
            return false;
        }

        (held, count, least, greatest, numbers, places, sample) = ([], 0, long.MaxValue, long.MinValue, 0, 0, new RowNumberSample());
        return Note(firstRow, number);
    }

    private static bool Digits(ReadOnlySpan<byte> value, out long number)
    {
        int end = value.Length;
        while (end > 0 && !IsDigit(value[end - 1]))
        {
            end--;
        }

        int begin = end;
        while (begin > 0 && IsDigit(value[begin - 1]))
        {
            begin--;
        }

        number = 0;
        return end > begin && Utf8Parser.TryParse(value[begin..end], out number, out int used) && used == end - begin;
    }

    private static bool IsDigit(byte letter) => letter is >= (byte)'0' and <= (byte)'9';
}
