namespace VectorMigration.Reporting;

/// <summary>The page: one run, or several under one head.</summary>
internal static class ReportPage
{
    /// <summary>What a report calls itself in its first bytes; a file without it is none.</summary>
    public const string Mark = "<!-- vector-migration-report/1 -->";

    /// <summary>The page as text.</summary>
    public static string Of(IReadOnlyList<RunReport> runs)
    {
        HtmlWriter html = new();
        html.Markup("<!DOCTYPE html>\n").Markup(Mark).Markup("\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")
            .Markup("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">")
            .Element("title", Title(runs)).Markup("<style>").Markup(ReportStyle.Css).Markup("</style></head><body><main>");
        if (runs.Count > 1)
        {
            html.Element("h1", Title(runs));
            Overview(html, runs);
        }

        for (int i = 0; i < runs.Count; i++)
        {
            RunReport run = runs[i];
            html.Markup($"<section id=\"run{i + 1}\">").Element("h1", Heading(run));
            html.Element("p", $"{HtmlTables.Time(run.StartedAt)} to {HtmlTables.Time(run.EndedAt)} UTC", "soft");
            new ReportSections(html, run).Write();
            html.Markup("</section>");
        }

        return html.Markup("</main></body></html>\n").ToString();
    }

    private static string Title(IReadOnlyList<RunReport> runs) => runs.Count == 1 ? Heading(runs[0]) : $"{runs.Count} migrations to Qdrant";

    private static string Heading(RunReport run)
    {
        string source = run.Source is { Length: > 0 } path ? Path.GetFileName(path) : "vectors";
        return $"{source} → {run.Collection}";
    }

    private static void Overview(HtmlWriter html, IReadOnlyList<RunReport> runs)
    {
        html.Markup("<div class=\"scroll\"><table><thead><tr>");
        foreach (string column in (string[])["run", "start (UTC)", "result"])
        {
            html.Markup("<th scope=\"col\">").Text(column).Markup("</th>");
        }

        foreach (string column in (string[])["vectors sent", "duration", "vectors/s", "p99"])
        {
            html.Markup("<th scope=\"col\" class=\"number\">").Text(column).Markup("</th>");
        }

        html.Markup("</tr></thead><tbody>");
        for (int i = 0; i < runs.Count; i++)
        {
            RunReport run = runs[i];
            var verdict = Verdict.Of(run);
            html.Markup($"<tr><td><a href=\"#run{i + 1}\">").Text(Heading(run)).Markup("</a></td>").Element("td", HtmlTables.Time(run.StartedAt))
                .Element("td", verdict.Word, verdict.Style).Element("td", Units.Count(run.Perf?.Vectors ?? 0), "number")
                .Element("td", Units.Time(run.EndedAt - run.StartedAt), "number")
                .Element("td", run.Perf is MigrationPerf perf ? Units.Count((long)perf.VectorsPerSecond) : string.Empty, "number")
                .Element("td", run.Perf is MigrationPerf figures ? Units.Time(figures.P99) : string.Empty, "number").Markup("</tr>");
        }

        html.Markup("</tbody></table></div>");
    }
}
