namespace VectorMigration.Cli.Output;

/// <summary>A tuning for people: what to take and why, how long the next sizes will take, and what was tried.</summary>
internal static class TuningSheet
{
    /// <summary>The sheet of <c>tune</c>.</summary>
    public static Sheet Of(MigrationTuning tuning, IndexDescription index)
    {
        Sheet sheet = new Sheet($"{Path.GetFileName(tuning.Path)} → {tuning.Collection} at {tuning.Endpoint}: tuning")
            .Add("index", $"{index.Kind}, {Units.Count(index.Count)} × {index.Dimension}")
            .Add("tried", $"{Units.Of(tuning.Points.Sum(static point => point.Trials), "trial", "trials")} of "
                + $"{Units.Of(tuning.Points.Count, "setting", "settings")}, and rehearsals: {Units.Of(tuning.VectorsSent, "vector", "vectors")} in "
                + $"{Units.Time(tuning.Duration)}, to a scratch collection")
            .Add("write limit", tuning.PointsPerMinute is double limit ? $"{limit:N0} points per minute" : null, Tone.Notice);
        sheet.Add("line", Line(tuning));
        AddTable(sheet, "settings", ["batch", "parallel", "pause", "vectors/s", "p50", "p95", "rejected", "limited", "trials", ""],
            tuning.Points.Select(point => Row(point, tuning)));
        AddTable(sheet, "predicted", ["vectors", "upload", "from", "to", "verified"], tuning.Predictions.Select(Row));
        AddTable(sheet, "default pace", ["vectors", "upload", "from", "to"], tuning.AdaptivePredictions.Select(static prediction => Row(prediction)[..4]));
        return sheet
            .Add(string.Empty, "Nine out of ten runs are within the range if the network and the server stay the same. Uploads of about a second vary more.")
            .Add(string.Empty, tuning.Predictions.Any(static prediction => prediction.Extrapolated)
                ? "The largest size is extrapolated." : null)
            .Add("recommended", Options(tuning), Tone.Good)
            .Add("why", tuning.Reason)
            .Add("or", tuning.AdaptiveDoesAsWell ? "no options: the default pace is as fast" : null)
            .Add("near server", RegionComparison.NearServer(tuning));
    }

    /// <summary>The recommended values as options.</summary>
    public static string Options(MigrationTuning tuning)
    {
        string delay = tuning.BatchDelay == TimeSpan.Zero ? string.Empty
            : $" --batch-delay {tuning.BatchDelay.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)}";
        return $"--batch-size {tuning.BatchSize} --parallel {tuning.ThrottleLimit}{delay}";
    }

    /// <summary>The fastest need not be the best one, so the row of the recommended setting says so.</summary>
    private static string[] Row(TuningPoint point, MigrationTuning tuning) =>
    [
        Units.Count(point.BatchSize), Units.Count(point.ThrottleLimit), point.BatchDelay == TimeSpan.Zero ? "–" : Units.Time(point.BatchDelay),
            Units.Count((long)Math.Round(point.VectorsPerSecond)),
        Units.Time(point.P50), Units.Time(point.P95), Units.Count(point.Rejected), Units.Count(point.RateLimited), Units.Count(point.Trials),
        (point.BatchSize, point.ThrottleLimit, point.BatchDelay) == (tuning.BatchSize, tuning.ThrottleLimit, tuning.BatchDelay) ? "best" : string.Empty,
    ];

    private static string[] Row(MigrationPrediction prediction) =>
    [
        Units.Count(prediction.Vectors), Units.Time(prediction.Upload), Units.Time(prediction.Low), Units.Time(prediction.High),
            prediction.Total is TimeSpan total ? Units.Time(total) : "–",
    ];

    private static string? Line(MigrationTuning tuning) => tuning.RoundTrip is not TimeSpan trip ? null
        : $"round trip {Units.Time(trip)}{(tuning.LineBytesPerSecond is double rate ? $", {Units.Bytes((long)rate)}/s" : string.Empty)}";

    /// <summary>Adds a table whose first row names its columns.</summary>
    public static void AddTable(Sheet sheet, string label, string[] head, IEnumerable<string[]> rows)
    {
        string[][] all = [head, .. rows];
        if (all.Length == 1)
        {
            return;
        }

        // Columns that say nothing would only make the table wider than a screen.
        int[] told = [.. Enumerable.Range(0, head.Length).Where(column => all.Skip(1).Any(row => row[column] is not ("0" or "–")))];
        all = [.. all.Select(row => told.Select(column => row[column]).ToArray())];
        head = all[0];
        int[] widths = [.. head.Select((_, column) => all.Max(row => row[column].Length))];
        for (int line = 0; line < all.Length; line++)
        {
            sheet.Add(line == 0 ? label : string.Empty, string.Join("  ", all[line].Select((cell, column) => cell.PadLeft(widths[column]))).TrimEnd());
        }
    }
}
