using System.Text;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>Values of a file next to an index, in the order of the file.</summary>
/// <param name="most">More values than this are not held.</param>
/// <param name="name">What the file calls them; null where it does not.</param>
internal sealed class OrderColumn(long most, string? name = null)
{
    private readonly List<long> values = [];
    private byte[] before = [];
    private bool isAscending = true;
    private bool isDescending = true;
    private bool isAscendingText = true;
    private bool isDescendingText = true;

    /// <summary>What the file calls them; null where it does not.</summary>
    public string? Name => name;

    /// <summary>The values; none where one of them is no id, or where there are too many.</summary>
    public IReadOnlyList<long> Values => IsOut ? [] : values;

    /// <summary>They are sorted, as numbers or as texts, up or down: this order may be that of the file alone.</summary>
    public bool IsSorted => isAscending || isDescending || isAscendingText || isDescendingText;

    /// <summary>One of them is no id, or there are too many.</summary>
    public bool IsOut { get; private set; }

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (IsOut)
        {
            return;
        }

        if (OrderValue.Of(text) is not long value)
        {
            Drop();
            return;
        }

        if (isAscendingText || isDescendingText)
        {
            int compared = values.Count == 0 ? 0 : text.SequenceCompareTo(before);
            isAscendingText &= values.Count == 0 || compared > 0;
            isDescendingText &= values.Count == 0 || compared < 0;
            before = text.ToArray();
        }

        Take(value);
    }

    /// <summary>Adds a number.</summary>
    public void Add(long value)
    {
        isAscendingText = isDescendingText = false;
        Take(value);
    }

    /// <summary>Adds a real number, which must be whole.</summary>
    public void Add(double value)
    {
        isAscendingText = isDescendingText = false;
        if (OrderValue.Of(value) is long whole)
        {
            Take(whole);
        }
        else
        {
            Drop();
        }
    }

    /// <summary>Adds a text.</summary>
    public void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    /// <summary>One of the values is no id.</summary>
    public void Drop()
    {
        IsOut = true;
        values.Clear();
        values.TrimExcess();
    }

    /// <summary>Drops the first value: the name of a column.</summary>
    public void DropFirst()
    {
        if (!IsOut && values.Count > 0)
        {
            values.RemoveAt(0);
            isAscendingText = isDescendingText = false;
            isAscending = Enumerable.Range(1, Math.Max(0, values.Count - 1)).All(at => values[at] > values[at - 1]);
            isDescending = Enumerable.Range(1, Math.Max(0, values.Count - 1)).All(at => values[at] < values[at - 1]);
        }
    }

    private void Take(long value)
    {
        if (IsOut)
        {
            return;
        }

        if (values.Count >= most)
        {
            Drop();
            return;
        }

        isAscending &= values.Count == 0 || value > values[^1];
        isDescending &= values.Count == 0 || value < values[^1];
        values.Add(value);
    }
}
