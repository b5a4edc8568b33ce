using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>The vectors of one file, in the order of its rows. Thread-safe.</summary>
internal abstract class VectorRows(StorePart part) : IDisposable
{
    /// <summary>The file.</summary>
    public StorePart Part => part;

    /// <summary>What the file is, with the type of its components.</summary>
    public abstract string Form { get; }

    /// <summary>Vectors.</summary>
    public abstract long Count { get; }

    /// <summary>Components of a vector.</summary>
    public abstract int Dimension { get; }

    /// <summary>Components have more bits than a float of 32.</summary>
    public abstract bool IsRounded { get; }

    /// <summary>What else the file holds, which is not read; null where there is nothing.</summary>
    public virtual string? NotRead => null;

    /// <summary>Reads vectors from a row on, as many as there is room for.</summary>
    /// <exception cref="MigrationException">The file cannot be read, or is damaged.</exception>
    public abstract void Read(long row, Span<float> components, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected virtual void Dispose(bool disposing) => part.Dispose();
}
