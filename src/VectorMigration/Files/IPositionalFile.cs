namespace VectorMigration.Files;

/// <summary>A file that is read exactly, by position. Thread-safe.</summary>
public interface IPositionalFile
{
    /// <summary>Length in bytes when it was opened.</summary>
    long Length { get; }

    /// <summary>Fills the buffer from <paramref name="offset"/> on; throws where the file ends sooner than it did when it was opened.</summary>
    void ReadExactly(long offset, Span<byte> buffer, CancellationToken cancellationToken = default);
}
