using VectorMigration.Errors;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss;

/// <summary>The vectors of an index file.</summary>
internal sealed class FaissSource(OpenedIndex index, VectorLayout layout) : IVectorSource, IChangeDetector, ITransformedSource
{
    /// <inheritdoc/>
    public IndexDescription Description => index.Description;

    /// <summary>Bytes read from all files so far.</summary>
    public long BytesRead => index.Files.Sum(file => file.BytesRead);

    /// <inheritdoc/>
    public VectorBatch Read(long ordinal, int count, CancellationToken cancellationToken)
    {
        int dimension = Description.Dimension;
        int rows = RowsFrom(ordinal, count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * dimension, Array.MaxLength, nameof(count));
        cancellationToken.ThrowIfCancellationRequested();
        BatchMemory memory = BatchMemory.Rent(rows, dimension);
        try
        {
            Span<long> ids = memory.Ids.AsSpan(0, rows);
            layout.Read(ordinal, ids, memory.Components.AsSpan(0, rows * dimension), cancellationToken);
            ThrowIfChanged();
            return VectorBatch.Create(
                Description.Identity, ordinal, dimension, memory.Ids.AsMemory(0, rows), memory.Components.AsMemory(0, rows * dimension), memory);
        }
        catch (Exception error)
        {
            memory.Release();
            if (error is MigrationException)
            {
                // If the file changed meanwhile, that change is the cause of whatever was found wrong.
                ThrowIfChanged();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken)
    {
        Span<long> ids = destination[..RowsFrom(ordinal, destination.Length)];
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            layout.ReadIds(ordinal, ids, cancellationToken);
        }
        catch (MigrationException)
        {
            ThrowIfChanged();
            throw;
        }

        ThrowIfChanged();
        return ids.Length;
    }

    /// <inheritdoc/>
    public int ReadRows(long ordinal, Span<long> destination, CancellationToken cancellationToken)
    {
        Span<long> rows = destination[..RowsFrom(ordinal, destination.Length)];
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            layout.ReadRows(ordinal, rows, cancellationToken);
        }
        catch (MigrationException)
        {
            ThrowIfChanged();
            throw;
        }

        ThrowIfChanged();
        return rows.Length;
    }

    /// <inheritdoc/>
    public bool Project(Span<float> originals) => layout.Project(originals);

    /// <inheritdoc/>
    // After reading: what was read before a change is whole.
    public void ThrowIfChanged()
    {
        foreach (FaissFile file in index.Files)
        {
            file.ThrowIfChanged();
        }
    }

    /// <inheritdoc/>
    public void ThrowIfContentChanged()
    {
        ThrowIfChanged();
        if (FileFingerprint.Of(index.Files) != Description.Identity.Fingerprint)
        {
            throw FaissErrors.Changed(Description.Path, "sampled blocks of it, or of the file with its lists, have changed since it was opened");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => index.Dispose();

    private int RowsFrom(long ordinal, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return (int)Math.Min(count, Math.Max(0, Description.Count - ordinal));
    }
}
