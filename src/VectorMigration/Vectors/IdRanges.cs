using System.Globalization;

namespace VectorMigration.Vectors;

/// <summary>Point ids as ranges of consecutive numbers, in the order of the vectors: <c>0-99</c>, <c>105</c>, UUIDs one by one.</summary>
internal static class IdRanges
{
    /// <summary>The ranges of some ids.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<PointId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Enumerate(ids);
    }

    /// <summary>The ranges of some ids, where they take little room in a line: one byte an id, or a few hundred bytes; null where they take more.</summary>
    public static IReadOnlyList<string>? Short(IReadOnlyList<PointId> ids)
    {
        const int AlwaysShort = 256;
        const int Punctuation = 3;
        int room = Math.Max(AlwaysShort, ids.Count);
        List<string> ranges = [];
        foreach (string range in Of(ids))
        {
            room -= range.Length + Punctuation;
            if (room < 0)
            {
                return null;
            }

            ranges.Add(range);
        }

        return ranges;
    }

    private static IEnumerable<string> Enumerate(IReadOnlyList<PointId> ids)
    {
        int start = 0;
        while (start < ids.Count)
        {
            int end = start;
            while (end + 1 < ids.Count && Follows(ids[end], ids[end + 1]))
            {
                end++;
            }

            yield return end == start
                ? ids[start].ToString()
                : string.Create(CultureInfo.InvariantCulture, $"{ids[start].Number}-{ids[end].Number}");
            start = end + 1;
        }
    }

    private static bool Follows(PointId id, PointId next) =>
        !id.IsGuid && !next.IsGuid && id.Number != ulong.MaxValue && next.Number == id.Number + 1;
}
