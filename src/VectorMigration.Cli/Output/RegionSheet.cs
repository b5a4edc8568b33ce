namespace VectorMigration.Cli.Output;

/// <summary>Several endpoints beside each other, for people: fastest first, then what to take.</summary>
internal static class RegionSheet
{
    /// <summary>The sheet of <c>tune --region</c>.</summary>
    public static Sheet Of(IReadOnlyList<RegionTuning> rows, IndexDescription index, string collection)
    {
        Sheet sheet = new Sheet($"{Path.GetFileName(index.Path)} → {collection}: {Units.Of(rows.Count, "region", "regions")}")
            .Add("index", $"{index.Kind}, {Units.Count(index.Count)} × {index.Dimension}");
        TuningSheet.AddTable(sheet, "regions", ["region", "round trip", "line", "vectors/s", "upload", "verified", "near server"], rows.Select(Row));
        sheet.Add(string.Empty, "Times are predictions for the whole migration. The last column includes the copy of the files to the server.");
        if (rows is [{ Tuning: MigrationTuning tuning } first, ..])
        {
            sheet.Add("fastest", $"{first.Region}, {first.Endpoint}", Tone.Good)
                .Add("why", first.Advice.Length > 0 ? first.Advice : null)
                .Add("recommended", $"--url {first.Endpoint} {TuningSheet.Options(tuning)}");
        }

        return sheet;
    }

    private static string[] Row(RegionTuning row) =>
    [
        row.Region, Time(row.RoundTrip), row.LineBytesPerSecond is double line ? $"{Units.Bytes((long)line)}/s" : "–",
        row.VectorsPerSecond is double rate ? Units.Count((long)Math.Round(rate)) : "failed",
        Time(row.Upload), Time(row.Verified), Time(row.NearServerTotal),
    ];

    private static string Time(TimeSpan? time) => time is TimeSpan known ? Units.Time(known) : "–";
}
