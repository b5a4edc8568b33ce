using VectorMigration.Engine;

namespace VectorMigration.Tuning;

/// <summary>
/// How a collection grew: vectors acknowledged over the seconds since the first batch was begun. The server indexes what has arrived while more arrives,
/// so that the last vectors take longer than the first, and no single rate tells a whole run.
/// </summary>
internal sealed class GrowthCurve : IRunObserver
{
    /// <summary>The end of a curve from which on it is extrapolated: its later part, where the server indexes as it will.</summary>
    private const double Tail = 0.5;

    private readonly List<(long Vectors, double Seconds)> points = [(0, 0)];
    private DateTimeOffset? begun;

    /// <summary>The pace was found while sending.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>The run was of exactly so many vectors: its end is the end of a run, not a place on the way.</summary>
    public bool IsExact { get; set; }

    /// <summary>Vectors acknowledged.</summary>
    public long Vectors => points[^1].Vectors;

    /// <summary>Seconds that they took.</summary>
    public double Seconds => points[^1].Seconds;

    /// <summary>Vectors a second over all of it.</summary>
    public double Rate => Seconds > 0 ? Vectors / Seconds : 0;

    /// <summary>Seconds for one vector at the end.</summary>
    public double TailSecondsPerVector
    {
        get
        {
            long from = (long)(Vectors * Tail);
            return Vectors == from ? 0 : (Seconds - SecondsAt(from)) / (Vectors - from);
        }
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        if (runEvent is BatchEnded { Result: { Status: BatchStatus.Completed } result })
        {
            Add(result.Count, result.StartedAt, result.StartedAt + result.Duration);
        }
    }

    /// <summary>A batch was acknowledged.</summary>
    public void Add(int vectors, DateTimeOffset startedAt, DateTimeOffset endedAt)
    {
        begun = begun is null || startedAt < begun ? startedAt : begun;
        points.Add((Vectors + vectors, Math.Max(Seconds, (endedAt - begun.Value).TotalSeconds)));
    }

    /// <summary>Seconds until so many vectors had been acknowledged; beyond the end, as the last part of the curve goes on.</summary>
    public double SecondsAt(long vectors)
    {
        if (vectors >= Vectors)
        {
            return Seconds + (vectors == Vectors ? 0 : (vectors - Vectors) * TailSecondsPerVector);
        }

        int low = 0;
        int high = points.Count - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = points[middle].Vectors <= vectors ? (middle, high) : (low, middle);
        }

        (long before, double from) = points[low];
        (long after, double to) = points[high];
        return from + ((to - from) * (vectors - before) / Math.Max(1, after - before));
    }
}
