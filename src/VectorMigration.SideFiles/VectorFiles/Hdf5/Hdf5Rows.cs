using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>The vectors of a dataset in chunks. Two rows of chunks are in memory.</summary>
internal sealed class Hdf5Rows : VectorRows
{
    // Two, because readers side by side may be on both sides of a border.
    private const int MostHeld = 2;

    private readonly Hdf5Grid grid;
    private readonly Hdf5Chunks chunks;
    private readonly IReadOnlyList<Hdf5Filter> filters;
    private readonly Lock gate = new();
    private readonly List<(long Number, float[] Components)> held = [];

    /// <summary>The rows of chunks whose places are known.</summary>
    public Hdf5Rows(StorePart part, string form, Hdf5Chunks chunks, IReadOnlyList<Hdf5Filter> filters, string? others)
        : base(part)
    {
        this.chunks = chunks;
        this.filters = filters;
        grid = chunks.Grid;
        Form = $"{form}, {grid.Dataset.Type.Name}";
        NotRead = others;
    }

    /// <inheritdoc/>
    public override string Form { get; }

    /// <inheritdoc/>
    public override long Count => grid.Dataset.Rows;

    /// <inheritdoc/>
    public override int Dimension => grid.Dataset.Dimension;

    /// <inheritdoc/>
    public override bool IsRounded => grid.Dataset.Type.IsRounded;

    /// <inheritdoc/>
    public override string? NotRead { get; }

    /// <inheritdoc/>
    public override void Read(long row, Span<float> components, CancellationToken cancellationToken)
    {
        while (!components.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long number = row / grid.Rows;
            long at = row % grid.Rows;
            int rows = (int)Math.Min(components.Length / Dimension, RowsOf(number) - at);
            lock (gate)
            {
                Hold(number).AsSpan((int)(at * Dimension), rows * Dimension).CopyTo(components);
            }

            row += rows;
            components = components[(rows * Dimension)..];
        }
    }

    private long RowsOf(long number) => Math.Min(grid.Rows, Count - (number * grid.Rows));

    private float[] Hold(long number)
    {
        int at = held.FindIndex(entry => entry.Number == number);
        if (at >= 0)
        {
            return held[at].Components;
        }

        float[] components = held.Count == MostHeld ? held[0].Components : new float[Math.Min(grid.Rows, Count) * Dimension];
        if (held.Count == MostHeld)
        {
            held.RemoveAt(0);
        }

        Hdf5Opening.Guard(Part, () =>
        {
            Fill(number, components);
            return true;
        });
        held.Add((number, components));
        return components;
    }

    /// <summary>Reads the chunks beside each other.</summary>
    private void Fill(long number, float[] components)
    {
        int width = grid.Dataset.Type.Width;
        for (int across = 0; across < grid.Across; across++)
        {
            ReadOnlySpan<byte> bytes = Unfiltered(chunks[number, across], (number * grid.Across) + across).Span;
            int column = (int)(across * grid.Columns);
            int columns = (int)Math.Min(grid.Columns, Dimension - column);
            for (int i = 0; i < RowsOf(number); i++)
            {
                grid.Dataset.Type.Convert(
                    bytes.Slice((int)(i * grid.Columns) * width, columns * width), components.AsSpan((i * Dimension) + column, columns));
            }
        }
    }

    private ReadOnlyMemory<byte> Unfiltered(Hdf5Chunk chunk, long number)
    {
        ReadOnlyMemory<byte> bytes = Part.Read(chunk.Address, (int)Math.Min(chunk.Length, int.MaxValue / 2));
        int most = grid.ChunkBytes + (filters.Count * sizeof(uint));
        for (int i = filters.Count - 1; i >= 0; i--)
        {
            bytes = chunk.Skips(i) ? bytes : filters[i].Undo(bytes, most);
        }

        TableDamage.ThrowUnless(
            bytes.Length == grid.ChunkBytes, $"the chunk {number} at offset {chunk.Address} has {bytes.Length} bytes in place of {grid.ChunkBytes}");
        return bytes;
    }
}
