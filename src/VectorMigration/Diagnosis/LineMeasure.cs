using System.Diagnostics;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Tuning;
using VectorMigration.Vectors;

namespace VectorMigration.Diagnosis;

/// <summary>
/// Measures the line to a server: round trips by calls that any server answers at once, throughput
/// by reading points or by sending some to a scratch collection.
/// Bounded in time and bytes.
/// </summary>
/// <param name="store">The server.</param>
/// <param name="longest">Time for one measurement; calls that are under way at its end are waited for.</param>
/// <param name="mostBytes">Bytes of vectors for one measurement.</param>
internal sealed class LineMeasure(IVectorStore store, TimeSpan longest, long mostBytes)
{
    private const int MostTrips = 30;
    private const int Parallel = 4;
    private const int BatchBytes = 1_000_000;
    private const int MostInBatch = 500;
    private const int PageOfIds = 2_000;
    private static readonly TimeSpan TripTime = TimeSpan.FromSeconds(2);

    /// <summary>Durations of calls one after the other, shortest first; the first call, which connects, does not count.</summary>
    public async Task<IReadOnlyList<TimeSpan>> RoundTripsAsync(CancellationToken cancellationToken)
    {
        await store.GetServerAsync(cancellationToken).ConfigureAwait(false);
        return await new LineProbe(store, TimeProvider.System).RoundTripsAsync(MostTrips, TripTime, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads vectors of a collection that is there.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="vector">The vector to read.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <returns>Null where it holds no point.</returns>
    public async Task<LineSpeed?> ReadAsync(string collection, CollectionVector vector, CancellationToken cancellationToken)
    {
        (IReadOnlyList<PointId> ids, _) = await store.ScrollAsync(collection, null, PageOfIds, cancellationToken).ConfigureAwait(false);
        if (ids.Count == 0)
        {
            return null;
        }

        PointId[] all = [.. ids];
        int rows = Math.Clamp(Math.Min(BatchSize(vector.Dimension), store.PointsAtOnce(collection, vector.Dimension, withPayload: false)), 1, all.Length);
        return await MeasureAsync(vector.Dimension, async number =>
        {
            int first = (int)((long)number * rows % all.Length);
            int count = Math.Min(rows, all.Length - first);
            using RetrievedPoints read = await store.RetrieveAsync(
                collection, vector.Name.Length == 0 ? null : vector.Name, all.AsMemory(first, count), vector.Dimension, withPayload: false, cancellationToken)
                    .ConfigureAwait(false);
            return count;
        }).ConfigureAwait(false);
    }

    /// <summary>Sends random vectors to a collection that is removed afterwards.</summary>
    /// <param name="scratch">The collection.</param>
    /// <param name="vectorName">Name of its vector; null for the unnamed one.</param>
    /// <param name="dimension">Components of a vector.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <exception cref="MigrationException">The server refuses vectors.</exception>
    public Task<LineSpeed> WriteAsync(string scratch, string? vectorName, int dimension, CancellationToken cancellationToken)
    {
        int rows = BatchSize(dimension);
        IPointTarget target = store.OpenTarget(scratch, vectorName);
        float[] components = LineProbe.RandomComponents(rows, dimension);
        return MeasureAsync(dimension, async number =>
        {
            VectorBatch batch = LineProbe.Batch((long)number * rows, dimension, components);
            using IPreparedBatch prepared = target.Prepare(batch, longest + TimeSpan.FromSeconds(5), long.MaxValue);
            WriteAnswer answer = await prepared.SendAsync(cancellationToken).ConfigureAwait(false);
            return answer.Outcome switch
            {
                WriteOutcome.Ok => rows,

                // What a limit keeps back is part of the throughput.
                WriteOutcome.Retry => 0,
                _ => throw new MigrationException(
                    answer.ErrorId, answer.Kind ?? ErrorKind.Server, $"The server refused vectors: {answer.Reason}.", answer.NextStep),
            };
        });
    }

    private static int BatchSize(int dimension) => Math.Clamp(BatchBytes / (sizeof(float) * dimension), 1, MostInBatch);

    /// <summary>Starts calls until time or bytes are used up, and waits for the last of them.</summary>
    private async Task<LineSpeed> MeasureAsync(int dimension, Func<int, Task<int>> call)
    {
        long started = Stopwatch.GetTimestamp();
        long vectors = 0;
        int next = 0;
        int failed = 0;
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < longest && Interlocked.Read(ref vectors) * dimension * sizeof(float) < mostBytes)
            {
                int moved = await call(Interlocked.Increment(ref next) - 1).ConfigureAwait(false);
                Interlocked.Add(ref vectors, moved);
                if (moved == 0 && Interlocked.Increment(ref failed) > Parallel)
                {
                    return;
                }
            }
        }))).ConfigureAwait(false);
        return new LineSpeed(vectors, vectors * dimension * sizeof(float), Stopwatch.GetElapsedTime(started));
    }
}
