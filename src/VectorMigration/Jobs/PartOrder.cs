namespace VectorMigration.Jobs;

/// <summary>Natural order of file names: numbers in them count by their value, so that <c>part-2</c> comes before <c>part-10</c>.</summary>
internal sealed class PartOrder : IComparer<string>
{
    private PartOrder()
    {
    }

    /// <summary>The one order.</summary>
    public static PartOrder Natural { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return x is null ? (y is null ? 0 : -1) : 1;
        }

        string[] left = x.Split('/', '\\');
        string[] right = y.Split('/', '\\');
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (CompareNames(left[i], right[i]) is var order and not 0)
            {
                return order;
            }
        }

        int byLength = left.Length.CompareTo(right.Length);
        return byLength != 0 ? byLength : string.CompareOrdinal(x, y);
    }

    private static int CompareNames(string x, string y)
    {
        int i = 0;
        int j = 0;
        while (i < x.Length && j < y.Length)
        {
            if (char.IsAsciiDigit(x[i]) && char.IsAsciiDigit(y[j]))
            {
                ReadOnlySpan<char> left = Number(x, ref i);
                ReadOnlySpan<char> right = Number(y, ref j);
                int order = left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
                if (order != 0)
                {
                    return order;
                }
            }
            else
            {
                int order = char.ToUpperInvariant(x[i++]).CompareTo(char.ToUpperInvariant(y[j++]));
                if (order != 0)
                {
                    return order;
                }
            }
        }

        return (x.Length - i).CompareTo(y.Length - j);
    }

    /// <summary>The digits at a place, without leading zeros.</summary>
    private static ReadOnlySpan<char> Number(string text, ref int at)
    {
        int first = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        ReadOnlySpan<char> digits = text.AsSpan(first, at - first).TrimStart('0');
        return digits.IsEmpty ? "0" : digits;
    }
}
