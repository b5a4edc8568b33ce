using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>A chunk of a dataset as it is stored.</summary>
/// <param name="Address">Where it lies.</param>
/// <param name="Length">Bytes in the file.</param>
/// <param name="NotFiltered">A bit for each filter that was not applied to it.</param>
internal readonly record struct Hdf5Chunk(long Address, long Length, uint NotFiltered)
{
    /// <summary>Whether a filter was not applied to the chunk.</summary>
    public bool Skips(int filter) => filter >= 32 || (NotFiltered & (1u << filter)) != 0;
}

/// <summary>Where the chunks of a dataset lie: row of chunks by row of chunks.</summary>
internal sealed class Hdf5Chunks
{
    /// <summary>A chunk to which no filter was applied.</summary>
    public const uint NoFilter = uint.MaxValue;

    /// <summary>What any index needs for a chunk, at the least: its address.</summary>
    private const int LeastBytes = sizeof(int);

    // zlib packs no tighter than about 1 to 1,032.
    private const long MostRatio = 1_040;
    private const long AlwaysAllowed = 1 << 12;

    private readonly Hdf5Chunk[] chunks;
    private readonly Hdf5File file;

    /// <summary>Places for as many chunks as a grid has.</summary>
    public Hdf5Chunks(Hdf5File file, Hdf5Grid grid)
    {
        this.file = file;
        Grid = grid;
        ThrowIfNotWritten(grid.Count <= file.Length / LeastBytes && grid.Count <= Array.MaxLength);
        chunks = new Hdf5Chunk[grid.Count];
    }

    /// <summary>How the dataset is cut.</summary>
    public Hdf5Grid Grid { get; }

    /// <summary>A chunk.</summary>
    public Hdf5Chunk this[long down, int across] => chunks[(down * Grid.Across) + across];

    /// <summary>Puts a chunk in its place; those outside of the dataset are let be.</summary>
    public void Put(long down, long across, Hdf5Chunk chunk)
    {
        if (down >= 0 && down < Grid.Down && across >= 0 && across < Grid.Across && chunk.Address != Hdf5Cursor.Undefined)
        {
            chunks[(down * Grid.Across) + across] = chunk;
        }
    }

    /// <summary>Compares what is said of all chunks with the file.</summary>
    /// <exception cref="TableDamage">One is not in the file, or of a length that it cannot have.</exception>
    /// <exception cref="TableNotRead">One was never written.</exception>
    public void Check(IReadOnlyList<Hdf5Filter> filters)
    {
        for (int i = 0; i < chunks.Length; i++)
        {
            Hdf5Chunk chunk = chunks[i];
            ThrowIfNotWritten(chunk.Address != 0);
            TableDamage.ThrowUnless(
                chunk.Length > 0 && chunk.Address <= file.Length && chunk.Length <= file.Length - chunk.Address,
                $"the chunk {i} at offset {chunk.Address} takes {chunk.Length} bytes, and the file ends at {file.Length}");
            bool isPacked = filters.Where((filter, number) => filter.Kind == Hdf5FilterKind.Deflate && !chunk.Skips(number)).Any();
            int sums = filters.Where((filter, number) => filter.Kind == Hdf5FilterKind.Fletcher32 && !chunk.Skips(number)).Count() * sizeof(uint);
            TableDamage.ThrowUnless(
                isPacked ? (chunk.Length * MostRatio) + AlwaysAllowed >= Grid.ChunkBytes : chunk.Length == Grid.ChunkBytes + sums,
                $"the chunk {i} at offset {chunk.Address} takes {chunk.Length} bytes, and {Grid.ChunkBytes} were expected of it");
        }
    }

    /// <summary>Whether a chunk reaches over the edge of the dataset.</summary>
    public bool IsPartial(long down, long across) =>
        ((down + 1) * Grid.Rows) > Grid.Dataset.Rows || ((across + 1) * Grid.Columns) > Grid.Dataset.Dimension;

    private void ThrowIfNotWritten(bool isWritten)
    {
        if (!isWritten)
        {
            throw Hdf5File.NotRead($"rows of '{Pickles.PickleErrors.Clean(Grid.Dataset.Name)}' that were never written");
        }
    }
}
