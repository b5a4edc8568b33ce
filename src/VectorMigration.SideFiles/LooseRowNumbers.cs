using System.Buffers.Text;

namespace VectorMigration.SideFiles;

/// <summary>
/// The only number in each of many texts, whatever letters are around it: alpha_17.txt, beta_3.txt. Such numbers say something of the rows only where nearly
/// all of them are different and none is far beyond their number.
/// </summary>
internal sealed class LooseRowNumbers
{
    private const int MostHeld = 1 << 14;

    private readonly HashSet<long> held = [];
    private bool isHeld = true;
    private bool isDistinct = true;
    private bool ascending = true;
    private long least = long.MaxValue;
    private long greatest = long.MinValue;
    private long previous = long.MinValue;
    private ulong numbers;
    private ulong places;

    /// <summary>Rows with such a number, none of which was there before.</summary>
    public long Count { get; private set; }

    /// <summary>Takes a text; false where it has no number, several, or one that was there before.</summary>
    public bool Add(long row, ReadOnlySpan<byte> text)
    {
        int begin = text.IndexOfAnyInRange((byte)'0', (byte)'9');
        if (begin < 0)
        {
            return false;
        }

        int length = text[begin..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        length = length < 0 ? text.Length - begin : length;
        if (text[(begin + length)..].IndexOfAnyInRange((byte)'0', (byte)'9') >= 0
            || !Utf8Parser.TryParse(text.Slice(begin, length), out long number, out int used) || used != length)
        {
            return false;
        }

        if (isHeld && !held.Add(number))
        {
            isDistinct = false;
            return false;
        }

        if (held.Count >= MostHeld)
        {
            held.Clear();
            isHeld = false;
        }

        ascending &= number > previous;
        previous = number;
        least = Math.Min(least, number);
        greatest = Math.Max(greatest, number);
        Count++;
        unchecked
        {
            numbers += RowNumbers.Hash(number);
            places += RowNumbers.Hash(row, number);
        }

        return true;
    }

    /// <summary>What was found; null where the numbers are not nearly those of the rows.</summary>
    /// <param name="field">The field.</param>
    /// <param name="rows">Rows that were passed.</param>
    public RowNumbers? Found(string field, long rows) => Count * 10 < rows * 9 || Count < 2 || greatest > rows + (rows / 10) ? null
        : new RowNumbers(field, rows, least, greatest, ascending, numbers, places) { IsComplete = isDistinct && Count == rows, HasLetters = true };
}
