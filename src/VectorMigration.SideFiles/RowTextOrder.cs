namespace VectorMigration.SideFiles;

/// <summary>Whether texts that differ in their numbers alone, such as 3-0 and 12-5, stand in the order of those numbers.</summary>
internal sealed class RowTextOrder
{
    private byte[]? previous;

    /// <summary>Texts with numbers were passed, and none with other letters than the first.</summary>
    public bool IsOrder { get; private set; } = true;

    /// <summary>Each text comes behind the one before, by its numbers from left to right.</summary>
    public bool IsAscending { get; private set; } = true;

    /// <summary>Passes a text; false where it has no number, other letters than those before it, or the same numbers as the one before.</summary>
    public bool Add(ReadOnlySpan<byte> text)
    {
        if (!IsOrder)
        {
            return false;
        }

        if (previous is null)
        {
            IsOrder = text.IndexOfAnyInRange((byte)'0', (byte)'9') >= 0;
            previous = text.ToArray();
            return IsOrder;
        }

        if (Compare(previous, text) is not int order)
        {
            IsOrder = false;
            return false;
        }

        IsAscending &= order < 0;
        previous = text.ToArray();
        return order != 0;
    }

    /// <summary>Compares by numbers, from left to right; null where the texts differ in anything else.</summary>
    private static int? Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int order = 0;
        while (!left.IsEmpty && !right.IsEmpty)
        {
            int own = DigitsOf(left);
            int other = DigitsOf(right);
            if (own > 0 && other > 0)
            {
                order = order != 0 ? order : Compare(left[..own].TrimStart((byte)'0'), right[..other].TrimStart((byte)'0'), 0);
                left = left[own..];
                right = right[other..];
            }
            else if (own == 0 && other == 0 && left[0] == right[0])
            {
                left = left[1..];
                right = right[1..];
            }
            else
            {
                return null;
            }
        }

        return left.IsEmpty && right.IsEmpty ? order : null;
    }

    private static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int equal) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : Math.Sign(left.SequenceCompareTo(right)) is int order and not 0 ? order : equal;

    private static int DigitsOf(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length < 0 ? text.Length : length;
    }
}
