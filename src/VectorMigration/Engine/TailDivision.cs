namespace VectorMigration.Engine;

/// <summary>
/// Divides what is left among those who can carry it, so that a short job goes at once and none waits for one large last batch. Not thread-safe.
/// </summary>
/// <param name="start">What is known of the upload.</param>
internal sealed class TailDivision(FlowStart start)
{
    /// <summary>Over distance one more round trip costs more than unequal ends.</summary>
    private const double FarTrip = 0.01;

    private long handedOut;
    private long? lastPart;

    /// <summary>Vectors were given a permit, or come back without having been sent (negative).</summary>
    public void HandOut(int vectors) => handedOut += vectors;

    /// <summary>Whether the rest takes less time than that.</summary>
    /// <param name="time">The time.</param>
    /// <param name="rate">Vectors a second.</param>
    public bool EndsWithin(TimeSpan time, double rate) => start.Vectors is long vectors && vectors - handedOut < time.TotalSeconds * rate;

    /// <summary>Vectors that the next batch should hold.</summary>
    /// <param name="batch">Vectors of a whole batch.</param>
    /// <param name="parallelism">Batches that may be under way.</param>
    /// <param name="inFlight">Batches that are.</param>
    /// <param name="latency">Mean seconds of an answer; 0 before the first.</param>
    public int Share(int batch, int parallelism, int inFlight, double latency)
    {
        if (start.Vectors is not long vectors)
        {
            return batch;
        }

        // The last round is divided once, in equal parts. Which way it goes is settled when it begins.
        double trip = start.RoundTrip?.TotalSeconds ?? 0;
        bool far = trip > FarTrip && latency < 3 * trip;
        long left = Math.Max(1, vectors - handedOut);
        int places = latency == 0 ? Math.Max(1, parallelism - inFlight) : parallelism;
        long part = (left + places - 1) / places;
        if (latency > 0 && part <= batch)
        {
            lastPart ??= far ? part : 0;
            part = Math.Max(part, lastPart.Value);
        }

        return (int)Math.Min(batch, Math.Max(far ? InitialFlow.LeastShare : InitialFlow.LeastShareNear(vectors, batch, parallelism), part));
    }
}
