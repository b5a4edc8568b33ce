namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>The order of file names: letter by letter, part_10 comes before part_2, and by their numbers behind it.</summary>
internal static class NameOrder
{
    private const int MostNamed = 4;

    private static readonly Comparer<string> ByNumber = Comparer<string>.Create(static (left, right) => Compare(left, right));

    /// <summary>The first names, where their order letter by letter is not that of their numbers; null where both are the same.</summary>
    /// <param name="names">The names in their order letter by letter.</param>
    public static string? InDoubt(IReadOnlyList<string> names)
    {
        if (names.Count < 2 || names.Order(ByNumber).SequenceEqual(names, StringComparer.Ordinal))
        {
            return null;
        }

        return string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? ", …" : string.Empty);
    }

    private static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            int own = DigitsOf(left);
            int other = DigitsOf(right);
            ReadOnlySpan<char> one = (own > 0 && other > 0 ? left[..own] : left[..1]).TrimStart('0');
            ReadOnlySpan<char> two = (own > 0 && other > 0 ? right[..other] : right[..1]).TrimStart('0');
            int order = one.Length != two.Length ? one.Length.CompareTo(two.Length) : one.SequenceCompareTo(two);
            if (order != 0)
            {
                return own > 0 && other > 0 ? order : left[0].CompareTo(right[0]);
            }

            left = left[(own > 0 && other > 0 ? own : 1)..];
            right = right[(own > 0 && other > 0 ? other : 1)..];
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int DigitsOf(ReadOnlySpan<char> text)
    {
        int length = text.IndexOfAnyExceptInRange('0', '9');
        return length < 0 ? text.Length : length;
    }
}
