namespace VectorMigration.Reporting;

/// <summary>Batches by their duration, as bars; the axis is logarithmic.</summary>
internal static class LatencyChart
{
    private const double Width = 760;
    private const double Height = 190;
    private const double Left = 62;
    private const double Right = 12;
    private const double Top = 12;
    private const double Bottom = 30;
    private const int ValueSteps = 4;
    private const int MostLabels = 9;

    /// <summary>Draws the chart.</summary>
    public static void Write(HtmlWriter html, IReadOnlyList<ReportLatency> latencies)
    {
        const string title = "Number of batches by duration";
        double step = Math.Max(1, Scale.Step(latencies.Max(static bar => bar.Batches), ValueSteps));
        double top = step * ValueSteps;
        double each = (Width - Left - Right) / latencies.Count;
        html.Markup($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>");
        for (int i = 0; i <= ValueSteps; i++)
        {
            double y = Top + (Height - Top - Bottom) * (1 - i / (double)ValueSteps);
            html.Markup($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y}\" y2=\"{y}\"/>");
            html.Markup($"<text x=\"{Left - 6}\" y=\"{y + 4}\" text-anchor=\"end\">{Scale.Short(i * step)}</text>");
        }

        int every = Math.Max(1, (latencies.Count + MostLabels - 1) / MostLabels);
        for (int i = 0; i < latencies.Count; i++)
        {
            double height = (Height - Top - Bottom) * latencies[i].Batches / top;
            double x = Left + i * each;
            if (latencies[i].Batches > 0)
            {
                html.Markup($"<rect class=\"bar\" x=\"{x + each * 0.08}\" y=\"{Height - Bottom - height}\" width=\"{each * 0.84}\" height=\"{height}\">");
                html.Markup($"<title>{Units.Time(latencies[i].From)} to {Units.Time(latencies[i].To)}: {Units.Of(latencies[i].Batches, "batch", "batches")}");
                html.Markup("</title></rect>");
            }

            if (i % every == 0)
            {
                Scale.Label(html, x, Height - 8, Width, Units.Time(latencies[i].From));
            }
        }

        html.Markup("</svg>");
    }
}
