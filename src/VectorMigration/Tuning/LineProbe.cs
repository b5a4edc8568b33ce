using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Tuning;

/// <summary>
/// Measures the line to a server apart from the server's own work: the round trip of calls that it answers at once, and how fast requests arrive that it
/// refuses once it has received them, because they name a collection that does not exist. Nothing is stored.
/// </summary>
/// <param name="store">The server.</param>
/// <param name="time">Clock.</param>
internal sealed class LineProbe(IVectorStore store, TimeProvider time)
{
    private const int Trips = 7;
    private const int Parallel = 4;
    private const int FirstBytes = 64 << 10;
    private const int MostRequestBytes = 1 << 20;
    private const long MostBytes = 32 << 20;

    /// <summary>Requests that are to be under way one after the other in the time of the measurement.</summary>
    private const int Rounds = 8;
    private static readonly TimeSpan TripTime = TimeSpan.FromSeconds(1);

    /// <summary>The median round trip.</summary>
    /// <exception cref="MigrationException">The server does not answer.</exception>
    public async Task<TimeSpan> RoundTripAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<TimeSpan> trips = await RoundTripsAsync(Trips, TripTime, cancellationToken).ConfigureAwait(false);
        return trips[trips.Count / 2];
    }

    /// <summary>Durations of calls that the server answers at once, one after the other; shortest first.</summary>
    /// <param name="most">Calls at most.</param>
    /// <param name="longest">Nothing new is begun after so long.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The server does not answer.</exception>
    public async Task<IReadOnlyList<TimeSpan>> RoundTripsAsync(int most, TimeSpan longest, CancellationToken cancellationToken)
    {
        List<TimeSpan> trips = [];
        long started = time.GetTimestamp();
        do
        {
            long asked = time.GetTimestamp();
            await store.GetServerAsync(cancellationToken).ConfigureAwait(false);
            trips.Add(time.GetElapsedTime(asked));
        }
        while (trips.Count < most && time.GetElapsedTime(started) < longest);
        trips.Sort();
        return trips;
    }

    /// <summary>Bytes of vectors a second that reach the server over several connections; null where the server's answers do not tell.</summary>
    /// <param name="none">A collection that does not exist.</param>
    /// <param name="dimension">Components of a vector.</param>
    /// <param name="longest">Nothing new is begun after so long; after three times as long the measurement is abandoned.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<double?> BytesPerSecondAsync(string none, int dimension, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(longest * 3, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        IPointTarget target = store.OpenTarget(none, null);
        TimeSpan deadline = longest * 4;
        try
        {
            long first = time.GetTimestamp();
            if (await SendAsync(target, BatchOf(dimension, FirstBytes), deadline, either.Token).ConfigureAwait(false) is not long sent)
            {
                return null;
            }

            // A slow line gets small requests, so that the measurement ends in time.
            double rate = sent / Math.Max(time.GetElapsedTime(first).TotalSeconds, 1e-6);
            VectorBatch batch = BatchOf(dimension, (int)Math.Clamp(rate * longest.TotalSeconds / Rounds, FirstBytes, MostRequestBytes));
            long started = time.GetTimestamp();
            long moved = 0;
            bool told = true;
            await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(
                async () =>
                {
                    while (told && time.GetElapsedTime(started) < longest && Interlocked.Read(ref moved) < MostBytes)
                    {
                        if (await SendAsync(target, batch, deadline, either.Token).ConfigureAwait(false) is long bytes)
                        {
                            Interlocked.Add(ref moved, bytes);
                        }
                        else
                        {
                            told = false;
                        }
                    }
                },
                either.Token))).ConfigureAwait(false);
            double seconds = time.GetElapsedTime(started).TotalSeconds;
            return told && moved > 0 && seconds > 0 ? moved / seconds : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The bytes of a request that arrived; null where another answer came than that there is no such collection.</summary>
    private static async Task<long?> SendAsync(IPointTarget target, VectorBatch batch, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using IPreparedBatch prepared = target.Prepare(batch, deadline, long.MaxValue);
        WriteAnswer answer = await prepared.SendAsync(cancellationToken).ConfigureAwait(false);
        return answer.ErrorId == ErrorIds.CollectionMissing ? prepared.Bytes : null;
    }

    /// <summary>Components of random vectors, the same in every measurement.</summary>
    internal static float[] RandomComponents(int rows, int dimension)
    {
        float[] components = new float[rows * dimension];
        Random random = new(1);
        for (int i = 0; i < components.Length; i++)
        {
            components[i] = (random.NextSingle() * 2) - 1;
        }

        return components;
    }

    /// <summary>Vectors as points with successive ids.</summary>
    /// <param name="first">The first id.</param>
    /// <param name="dimension">Components of a vector.</param>
    /// <param name="components">Those of all vectors.</param>
    internal static VectorBatch Batch(long first, int dimension, float[] components)
    {
        long[] numbers = [.. Enumerable.Range(0, components.Length / dimension).Select(row => first + row)];
        return VectorBatch.Create(
            SourceIdentity.Objects, first, dimension, numbers, components, null,
            (PointId[])[.. numbers.Select(static one => PointId.FromNumber((ulong)one))]);
    }

    private static VectorBatch BatchOf(int dimension, int bytes) =>
        Batch(0, dimension, RandomComponents(Math.Max(1, bytes / (sizeof(float) * dimension)), dimension));
}
