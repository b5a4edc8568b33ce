namespace VectorMigration.Reports;

/// <summary>Durations of batches counted by upper bounds, in seconds.</summary>
internal sealed class DurationBuckets
{
    /// <summary>What they tell.</summary>
    public const string Help = "Duration of a batch, from its first attempt to its last answer.";

    /// <summary>From a local server's milliseconds to minutes over a long line.</summary>
    public static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

    private readonly long[] counts = new long[Bounds.Length + 1];
    private double sum;

    /// <summary>Counts a duration.</summary>
    public void Add(double seconds)
    {
        int at = Array.FindIndex(Bounds, bound => seconds <= bound);
        counts[at < 0 ? Bounds.Length : at]++;
        sum += seconds;
    }

    /// <summary>Writes them.</summary>
    public void Write(MetricsText text) =>
        text.Histogram("batch_duration_seconds", Help, Bounds, counts, sum);
}
