using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>How a dataset is cut into chunks, in rows of chunks one below the other.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Rows">Rows of a chunk.</param>
/// <param name="Columns">Columns of a chunk.</param>
internal sealed record Hdf5Grid(Hdf5Dataset Dataset, long Rows, long Columns)
{
    private const long MostChunkBytes = 512L << 20;
    private const long MostBandBytes = 1L << 30;

    /// <summary>Chunks beside each other.</summary>
    public int Across => (int)CeilingOf(Dataset.Dimension, Columns);

    /// <summary>Chunks below each other.</summary>
    public long Down => CeilingOf(Dataset.Rows, Rows);

    /// <summary>Chunks.</summary>
    public long Count => Down > long.MaxValue / Across ? long.MaxValue : Across * Down;

    /// <summary>Bytes of a chunk, which are as many at the edges too.</summary>
    public int ChunkBytes => (int)(Rows * Columns * Dataset.Type.Width);

    /// <summary>Chunks beside each other, were the dataset as large as it may grow: indexes of chunks count so.</summary>
    public long AcrossMost => CeilingOf(Dataset.MostColumns, Columns);

    /// <summary>A grid, if it is of a size that can be read.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="sizes">The sizes of a chunk: rows, columns, and bytes of a component.</param>
    public static Hdf5Grid Of(Hdf5Dataset dataset, long[] sizes)
    {
        TableDamage.ThrowUnless(
            sizes is [> 0, > 0, long width] && width == dataset.Type.Width,
            $"the chunks of '{Pickles.PickleErrors.Clean(dataset.Name)}' have the sizes {string.Join(" × ", sizes)}, in place of rows, columns and "
                + $"{dataset.Type.Width}");
        Int128 bytes = (Int128)sizes[0] * sizes[1] * sizes[2];
        Int128 band = (Int128)Math.Min(sizes[0], dataset.Rows) * dataset.Dimension * sizeof(float);
        if (bytes > MostChunkBytes || band > MostBandBytes)
        {
            throw Hdf5File.NotRead($"chunks of {sizes[0]} × {sizes[1]}, which are too large to be held in memory,");
        }

        return new Hdf5Grid(dataset, sizes[0], sizes[1]);
    }

    private static long CeilingOf(long size, long part) => (size / part) + (size % part > 0 ? 1 : 0);
}
