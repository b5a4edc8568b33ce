namespace VectorMigration.Files;

/// <summary>The bytes of a file, read by position: a file of the disk, or a stand-in for one in memory. Thread-safe.</summary>
public abstract class FileBytes : IDisposable
{
    /// <summary>Length in bytes when it was opened.</summary>
    public abstract long Length { get; }

    /// <summary>Time of the last write when it was opened, UTC.</summary>
    public abstract DateTime LastWriteTimeUtc { get; }

    /// <summary>Reads some bytes from <paramref name="offset"/> on; 0 at the end.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>What has happened to the file since it was opened, in words; null while it is as it was.</summary>
    public virtual string? Change() => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
