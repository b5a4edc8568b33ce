namespace VectorMigration.Reporting;

/// <summary>
/// A curve over the time of a run as SVG, with the times in which the server did not answer or asked to wait as bands, and failed attempts as ticks below.
/// Drawn by this project: a plotting library writes colours and sizes of its own, which would show neither a dark page nor a printed one well.
/// </summary>
internal sealed class TimeChart(RunReport run)
{
    private const double Width = 760;
    private const double Height = 190;
    private const double Left = 62;
    private const double Right = 12;
    private const double Top = 12;
    private const double Bottom = 34;
    private const int ValueSteps = 4;
    private const int TimeSteps = 8;

    private readonly double seconds = ((double[])
        [run.Slices.Count * run.SliceWidth.TotalSeconds, (run.EndedAt.UtcDateTime - run.SlicesStart).TotalSeconds, 1e-3]).Max();

    /// <summary>Draws a chart.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="title">What it shows, with its unit.</param>
    /// <param name="value">The value of a stretch; null where there is none.</param>
    /// <param name="filled">An area rather than a line.</param>
    /// <param name="second">A second value, shown as dots; null for none.</param>
    public void Write(HtmlWriter html, string title, Func<ReportSlice, double?> value, bool filled, Func<ReportSlice, double?>? second = null)
    {
        double most = run.Slices.Select(slice => Math.Max(value(slice) ?? 0, second?.Invoke(slice) ?? 0)).DefaultIfEmpty(0).Max();
        double step = Scale.Step(most, ValueSteps);
        double top = step * ValueSteps;
        html.Markup($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>");
        Bands(html);
        for (int i = 0; i <= ValueSteps; i++)
        {
            double y = Y(i * step, top);
            html.Markup($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y}\" y2=\"{y}\"/>");
            html.Markup($"<text x=\"{Left - 6}\" y=\"{y + 4}\" text-anchor=\"end\">{Scale.Short(i * step)}</text>");
        }

        double timeStep = Scale.TimeStep(seconds, TimeSteps);
        for (double at = 0; at <= seconds * 1.0001; at += timeStep)
        {
            Scale.Label(html, X(at), Height - 6, Width, Scale.Elapsed(at, timeStep));
        }

        Curve(html, value, top, filled);
        if (second is not null)
        {
            Dots(html, second, top);
        }

        Ticks(html);
        html.Markup("</svg>");
    }

    private double X(double at) => Left + (Width - Left - Right) * Math.Clamp(at / seconds, 0, 1);

    private double Middle(int slice) => X((slice + 0.5) * run.SliceWidth.TotalSeconds);

    private static double Y(double value, double top) => Top + (Height - Top - Bottom) * (1 - Math.Clamp(value / top, 0, 1));

    private void Curve(HtmlWriter html, Func<ReportSlice, double?> value, double top, bool filled)
    {
        // A stretch without a value interrupts a line; an area falls to nothing.
        List<List<(double X, double Y)>> parts = [[]];
        for (int i = 0; i < run.Slices.Count; i++)
        {
            if (value(run.Slices[i]) is double number)
            {
                parts[^1].Add((Middle(i), Y(number, top)));
            }
            else if (parts[^1].Count > 0)
            {
                parts.Add([]);
            }
        }

        foreach (List<(double X, double Y)> part in parts.Where(static part => part.Count > 0))
        {
            if (filled)
            {
                html.Markup("<path class=\"area\" d=\"");
                html.Markup($"M{part[0].X} {Height - Bottom}");
                part.ForEach(point => html.Markup($"L{point.X} {point.Y}"));
                html.Markup($"L{part[^1].X} {Height - Bottom}Z\"/>");
            }

            if (part.Count == 1)
            {
                html.Markup($"<circle class=\"bar\" cx=\"{part[0].X}\" cy=\"{part[0].Y}\" r=\"2\"/>");
                continue;
            }

            html.Markup("<polyline class=\"curve\" points=\"");
            part.ForEach(point => html.Markup($"{point.X},{point.Y} "));
            html.Markup("\"/>");
        }
    }

    private void Dots(HtmlWriter html, Func<ReportSlice, double?> value, double top)
    {
        for (int i = 0; i < run.Slices.Count; i++)
        {
            if (value(run.Slices[i]) is double number)
            {
                html.Markup($"<circle class=\"dot\" cx=\"{Middle(i)}\" cy=\"{Y(number, top)}\" r=\"1.8\"/>");
            }
        }
    }

    private void Bands(HtmlWriter html)
    {
        for (int i = 0; i < run.Slices.Count; i++)
        {
            double share = run.SliceWidth > TimeSpan.Zero ? Math.Min(1, run.Slices[i].Paused / run.SliceWidth) : 0;
            if (share > 0)
            {
                double from = X(i * run.SliceWidth.TotalSeconds);
                double width = Math.Max(1, (X((i + 1) * run.SliceWidth.TotalSeconds) - from) * share);
                html.Markup($"<rect class=\"pause\" x=\"{from}\" y=\"{Top}\" width=\"{width}\" height=\"{Height - Top - Bottom}\"/>");
            }
        }

        foreach (ReportOutage outage in run.Outages)
        {
            double from = X((outage.Since - run.SlicesStart).TotalSeconds);
            double to = X(((outage.Until ?? run.EndedAt.UtcDateTime) - run.SlicesStart).TotalSeconds);
            html.Markup($"<rect class=\"outage\" x=\"{from}\" y=\"{Top}\" width=\"{Math.Max(1.5, to - from)}\" height=\"{Height - Top - Bottom}\"/>");
        }
    }

    private void Ticks(HtmlWriter html)
    {
        for (int i = 0; i < run.Slices.Count; i++)
        {
            ReportSlice slice = run.Slices[i];
            if (slice.FailedAttempts > 0 || slice.Failed > 0)
            {
                string style = slice.Failed > 0 ? "fail" : "try";
                html.Markup($"<rect class=\"{style}\" x=\"{Middle(i) - 1}\" y=\"{Height - Bottom + 2}\" width=\"2\" height=\"7\"/>");
            }
        }
    }
}
