namespace VectorMigration.Reports;

/// <summary>Batches counted by their duration, in steps of a quarter of a doubling.</summary>
internal sealed class ReportLatencies
{
    private const double StepsOfDoubling = 4;
    private readonly SortedDictionary<int, long> steps = [];

    /// <summary>Counts a duration.</summary>
    public void Add(double seconds)
    {
        int step = (int)Math.Floor(Math.Log2(Math.Clamp(seconds, 1e-6, 1e7)) * StepsOfDoubling);
        steps[step] = steps.GetValueOrDefault(step) + 1;
    }

    /// <summary>The steps from the shortest duration to the longest, empty ones between them included.</summary>
    public IReadOnlyList<ReportLatency> ToList()
    {
        if (steps.Count == 0)
        {
            return [];
        }

        int first = steps.Keys.First();
        return [.. Enumerable.Range(first, steps.Keys.Last() - first + 1).Select(step =>
            new ReportLatency(Bound(step), Bound(step + 1), steps.GetValueOrDefault(step)))];
    }

    private static TimeSpan Bound(int step) => TimeSpan.FromSeconds(Math.Pow(2, step / StepsOfDoubling));
}

/// <summary>Batches within a range of durations.</summary>
/// <param name="From">Least duration.</param>
/// <param name="To">Duration that is no longer counted here.</param>
/// <param name="Batches">Number of batches.</param>
internal sealed record ReportLatency(TimeSpan From, TimeSpan To, long Batches);
