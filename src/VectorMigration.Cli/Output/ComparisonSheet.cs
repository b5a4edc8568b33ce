namespace VectorMigration.Cli.Output;

/// <summary>Two runs for people, as operators write them into a report.</summary>
internal static class ComparisonSheet
{
    /// <summary>The sheet of <c>compare</c>.</summary>
    public static Sheet Of(MigrationPerfComparison comparison, RunRecord current, RunRecord baseline)
    {
        Sheet sheet = new Sheet("baseline → run")
            .Add("baseline", Name(baseline))
            .Add("run", Name(current))
            .Add("vectors", $"{Units.Count(comparison.Baseline.Vectors)} → {Units.Count(comparison.Current.Vectors)}{Times(comparison.VectorsRatio)}")
            .Add("duration", $"{comparison.Baseline.Duration.TotalSeconds:N2} s → {comparison.Current.Duration.TotalSeconds:N2} s")
            .Add("s/vector", $"{Seconds(comparison.BaselineSecondsPerVector)} → {Seconds(comparison.CurrentSecondsPerVector)}")
            .Add("change", comparison.Change, comparison.ChangePercent switch { < 0 => Tone.Good, > 0 => Tone.Notice, _ => Tone.Plain })
            .Add("vectors/s", $"{comparison.Baseline.VectorsPerSecond:N1} → {comparison.Current.VectorsPerSecond:N1}")
            .Add("success rate", $"{Rate(comparison.BaselineSuccessRate)} → {Rate(comparison.CurrentSuccessRate)}",
                comparison.CurrentSuccessRate is < 100 ? Tone.Bad : Tone.Plain);
        foreach (string note in comparison.Notes)
        {
            sheet.Add("note", note, Tone.Notice);
        }

        return sheet;
    }

    /// <summary>The folder of the run, or the file that tells of it; from the present folder on where it is within, and with the run where the path does
    /// not name it.</summary>
    private static string Name(RunRecord run)
    {
        string folder = Path.GetDirectoryName(run.Path) ?? string.Empty;
        string path = run.RunId is Guid known && Path.GetFileName(folder).Contains($"{known}", StringComparison.Ordinal) ? folder : run.Path;
        string near = Path.GetRelativePath(Environment.CurrentDirectory, path);
        string name = near.StartsWith("..", StringComparison.Ordinal) ? path : near;
        return run.RunId is Guid id && id != Guid.Empty && !path.Contains($"{id}", StringComparison.Ordinal) ? $"{name}, run {id}" : name;
    }

    private static string Times(double? ratio) => ratio is double known ? $" ({known:#,0.####} ×)" : string.Empty;

    private static string Seconds(double? value) => value is double known ? $"{known:0.######}" : "nothing sent";

    private static string Rate(double? value) => value is double known ? $"{known:0.##} %" : "unknown";
}
