using VectorMigration.Errors;

namespace VectorMigration.Vectors;

/// <summary>
/// Vectors in a fixed order, read without loading them. Reading is thread-safe and starts anywhere, so that a run resumes,
/// verifies and retries from any ordinal.
/// </summary>
public interface IVectorSource : IDisposable
{
    /// <summary>What the source holds.</summary>
    IndexDescription Description { get; }

    /// <summary>
    /// Reads up to <paramref name="count"/> vectors from <paramref name="ordinal"/> on; fewer only at the end of the source.
    /// FAISS ids are filled in, point ids are not.
    /// </summary>
    /// <returns>A lease that the caller disposes.</returns>
    /// <exception cref="MigrationException">The file has changed or cannot be read.</exception>
    VectorBatch Read(long ordinal, int count, CancellationToken cancellationToken);

    /// <summary>Reads up to <c>destination.Length</c> FAISS ids from <paramref name="ordinal"/> on, without the vectors.</summary>
    /// <returns>How many were read.</returns>
    /// <exception cref="MigrationException">The file has changed or cannot be read.</exception>
    int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken);
}

/// <summary>Payload for vectors of an index: texts and metadata that lie beside it.</summary>
public interface IPayloadSource : IDisposable
{
    /// <summary>Full path of the file the payloads come from.</summary>
    string Path { get; }

    /// <summary>
    /// What makes the payloads the same ones at the next run: length in bytes and a digest of samples, never the path, so that a moved file is still itself.
    /// </summary>
    string Identity { get; }

    /// <summary>Rows the source holds, where it knows before reading; otherwise null.</summary>
    long? Count { get; }

    /// <summary>
    /// Payloads for a batch. Sources in row order answer by ordinal, sources with keys by FAISS id.
    /// Thread-safe; any order of ordinals, though ascending order is the fast one.
    /// </summary>
    /// <param name="firstOrdinal">Ordinal of the first vector.</param>
    /// <param name="faissIds">FAISS ids of the vectors, one a row.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">A row is missing or is no JSON object; the error names file and line.</exception>
    PayloadBlock Read(long firstOrdinal, ReadOnlySpan<long> faissIds, CancellationToken cancellationToken);
}
