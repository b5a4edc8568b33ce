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

    /// <summary>
    /// Reads, from <paramref name="ordinal"/> on, as what rows the vectors were added (<see cref="IndexDescription.RowOrder"/>), counted from 0, without
    /// the vectors. What is read is what the index says: whether it is a row at all, each once, is for the caller to see.
    /// </summary>
    /// <returns>How many were read.</returns>
    /// <exception cref="MigrationException">The file has changed or cannot be read.</exception>
    int ReadRows(long ordinal, Span<long> destination, CancellationToken cancellationToken)
    {
        if (Description.RowOrder != RowOrder.Position)
        {
            return ReadIds(ordinal, destination, cancellationToken);
        }

        int count = (int)Math.Clamp(Description.Count - ordinal, 0, destination.Length);
        for (int i = 0; i < count; i++)
        {
            destination[i] = ordinal + i;
        }

        return count;
    }
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

    /// <summary>Bytes of all payloads as text, where the file holds nothing else; otherwise null.</summary>
    long? Bytes => null;

    /// <summary>Nobody named the file: it was found next to the index.</summary>
    bool IsFound => false;

    /// <summary>What one of its payloads is called, in the singular: a line, a row, an entry; for messages.</summary>
    string RowName => "row";

    /// <summary>What kind of file it is, for messages: <c>JSON Lines</c>, <c>CSV</c>, <c>LangChain</c>; null where that is not known.</summary>
    string? Form => null;

    /// <summary>
    /// Passes through all rows once and judges every one, so that none of them can end a run that has begun; what reading needs is remembered on the way.
    /// Asked again, it does nothing.
    /// </summary>
    /// <param name="scattered">Rows will be asked for in no order.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">A row cannot be a payload; the error names file and line.</exception>
    void Check(bool scattered, CancellationToken cancellationToken);

    /// <summary>
    /// Payloads for a batch. Thread-safe; any order, though ascending order is the fast one.
    /// </summary>
    /// <param name="places">
    /// What says which payload is whose: rows, counted from 0, for a source in the order of adding; FAISS ids for an <see cref="IKeyedPayloadSource"/>.
    /// </param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">A row is missing or is no JSON object; the error names file and line.</exception>
    PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken);

    /// <summary>
    /// Payloads for the first vectors of a batch: as many rows as reach about <paramref name="mostBytes"/>, at least one. Memory is bounded by it whatever a
    /// payload weighs, so a source that can stop by itself should; this one reads a few rows at a time.
    /// </summary>
    /// <param name="places">As for <see cref="Read"/>.</param>
    /// <param name="mostBytes">No further row once so many bytes are read.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">A row is missing or is no JSON object; the error names file and line.</exception>
    PayloadBlock ReadWithin(ReadOnlySpan<long> places, long mostBytes, CancellationToken cancellationToken) =>
        PayloadPieces.Read(this, places, mostBytes, cancellationToken);
}

/// <summary>Payloads that say themselves which vector they belong to, by the FAISS id in one of their fields; in any order.</summary>
public interface IKeyedPayloadSource : IPayloadSource
{
    /// <summary>The field that holds the FAISS id.</summary>
    string Field { get; }

    /// <summary>The ids that have a payload, ascending, each once. <see cref="IPayloadSource.Check"/> comes first.</summary>
    IEnumerable<long> Keys(CancellationToken cancellationToken);

    /// <summary>The line, row or entry that an id stands in, counted from 1; for messages.</summary>
    long Line(long key, CancellationToken cancellationToken);
}

/// <summary>Payloads in the order of adding, and what else in them could tell which vector they belong to.</summary>
public interface IRowPayloadSource : IPayloadSource
{
    /// <summary>Somebody named the file, and so said that its rows are in that order; false where it was found beside the index.</summary>
    bool IsNamed { get; }

    /// <summary>Somebody said that the rows are in that order, whatever numbers they hold (<c>-PayloadByRow</c>).</summary>
    bool IsByRow { get; }

    /// <summary>The fields that number the rows; none where a framework's own rule joins by row. <see cref="IPayloadSource.Check"/> comes first.</summary>
    IReadOnlyList<RowNumbers> Numbers { get; }

    /// <summary>How payloads find their vectors, in words, where a file next to the index gives the order; null for the order of adding.</summary>
    string? Join => null;
}
