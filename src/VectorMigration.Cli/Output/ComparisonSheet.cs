namespace VectorMigration.Cli.Output;

/// <summary>Two runs for people, as operators write them into a report.</summary>
internal static class ComparisonSheet
{
    /// <summary>The sheet of <c>compare</c>.</summary>
    public static Sheet Of(MigrationPerfComparison comparison, RunRecord current, RunRecord baseline) =>
        new Sheet($"{Name(baseline, current)} (baseline) → {Name(current, baseline)} (run)")
            .Add("vectors", $"{Units.Count(comparison.Baseline.Vectors)} → {Units.Count(comparison.Current.Vectors)}{Times(comparison.VectorsRatio)}")
            .Add("duration", $"{comparison.Baseline.Duration.TotalSeconds:N2} s → {comparison.Current.Duration.TotalSeconds:N2} "
                + $"s{Times(comparison.DurationRatio)}")
            .Add("s/vector", $"{Seconds(comparison.BaselineSecondsPerVector)} → {Seconds(comparison.CurrentSecondsPerVector)}")
            .Add("change", comparison.Change, comparison.ChangePercent switch { < 0 => Tone.Good, > 0 => Tone.Notice, _ => Tone.Plain })
            .Add("vectors/s", $"{comparison.Baseline.VectorsPerSecond:N1} → {comparison.Current.VectorsPerSecond:N1}{Times(comparison.SpeedRatio)}")
            .Add("success rate", $"{Rate(comparison.BaselineSuccessRate)} → {Rate(comparison.CurrentSuccessRate)}",
                comparison.CurrentSuccessRate is < 100 ? Tone.Bad : Tone.Plain);

    /// <summary>As much of the path as tells it from the other one, and the run where the path does not name it.</summary>
    private static string Name(RunRecord run, RunRecord other)
    {
        string[] parts = run.Path.Split(Path.DirectorySeparatorChar);
        string[] others = other.Path.Split(Path.DirectorySeparatorChar);
        int taken = 1;
        while (taken < parts.Length && run.Path != other.Path && parts.AsSpan(^taken..).SequenceEqual(others.AsSpan(^Math.Min(taken, others.Length)..)))
        {
            taken++;
        }

        string name = string.Join(Path.DirectorySeparatorChar, parts[^taken..]);
        return run.RunId is Guid id && id != Guid.Empty && !run.Path.Contains(id.ToString(), StringComparison.Ordinal) ? $"{name} ({id})" : name;
    }

    private static string Times(double? ratio) => ratio is double known ? $" ({known:#,0.####} ×)" : string.Empty;

    private static string Seconds(double? value) => value is double known ? $"{known:0.######}" : "nothing sent";

    private static string Rate(double? value) => value is double known ? $"{known:0.##} %" : "unknown";
}
