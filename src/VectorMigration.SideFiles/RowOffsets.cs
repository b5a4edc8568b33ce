namespace VectorMigration.SideFiles;

/// <summary>Where every row of a file begins: in memory while they are few, otherwise on the disk. Reading is thread-safe once all are added.</summary>
internal sealed class RowOffsets(SpillFolder folder) : IDisposable
{
#if DEBUG
    private const int MostInMemory = 8;
#else
    /// <summary>Offsets that are kept in memory: 8 MiB.</summary>
    private const int MostInMemory = 1 << 20;
#endif

    private readonly List<long> first = [];
    private SpillFile? file;

    /// <summary>Adds where the next row begins.</summary>
    public void Add(long offset)
    {
        if (first.Count < MostInMemory)
        {
            first.Add(offset);
            return;
        }

        file ??= folder.Create();
        file.Add(offset);
    }

    /// <summary>All are added.</summary>
    public void Complete() => file?.Flush();

    /// <summary>Fills in where rows begin.</summary>
    public void Find(ReadOnlySpan<long> rows, Span<long> offsets)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] < first.Count)
            {
                offsets[i] = first[(int)rows[i]];
            }
            else
            {
                file!.Read(rows[i] - first.Count, offsets.Slice(i, 1));
            }
        }
    }

    /// <summary>Where a row begins, and its length, of a text of at most 2 GB a row whose end was added too.</summary>
    public (long Start, int Length) Of(int row)
    {
        long[] places = new long[2];
        PayloadErrors.GuardSpill(() => Find([row, row + 1], places));
        return (places[0], (int)(places[1] - places[0]));
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();
}
