namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>One value for each vector, as a file next to an index has them.</summary>
/// <param name="Path">Full path of the file.</param>
/// <param name="Values">The values, by the row of their vector.</param>
internal sealed record OrderList(string Path, long[] Values)
{
    /// <summary>What the file calls the values; null where it holds nothing else.</summary>
    public string? Member { get; init; }

    /// <summary>The file itself says which vector a value belongs to, or its name says that it is that of the index.</summary>
    public bool IsMap { get; init; }

    /// <summary>It is not known which way round the file is to be read.</summary>
    public bool IsUncertain { get; init; }

    /// <summary>A name says that these are the ids of the vectors: that of the file, of the list in it, or of a column.</summary>
    public bool IsTelling { get; init; }

    /// <summary>The values are sorted.</summary>
    public bool IsSorted { get; init; }

    /// <summary>Sum of the hashes of the values, in any order.</summary>
    public ulong Numbers { get; } = SumOf(Values);

    /// <summary>The same with their rows.</summary>
    public ulong Order { get; } = OrderOf(Values);

    /// <summary>The file in words.</summary>
    public string Name => Member is null ? Path : $"{Path} ('{Pickles.PickleErrors.Clean(Member)}')";

    private static ulong SumOf(long[] values)
    {
        ulong sum = 0;
        foreach (long value in values)
        {
            sum = unchecked(sum + RowNumbers.Hash(value));
        }

        return sum;
    }

    private static ulong OrderOf(long[] values)
    {
        ulong sum = 0;
        for (int row = 0; row < values.Length; row++)
        {
            sum = unchecked(sum + RowNumbers.Hash(row, values[row]));
        }

        return sum;
    }
}
