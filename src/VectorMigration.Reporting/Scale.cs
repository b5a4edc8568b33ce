namespace VectorMigration.Reporting;

/// <summary>Round steps of an axis.</summary>
internal static class Scale
{
    /// <summary>Of the signs of an axis, at the size of its text.</summary>
    private const double WidestSign = 8;

    private static readonly double[] TimeSteps =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];

    /// <summary>A round number that is not smaller, 1, 2, 2.5 or 5 times a power of ten, so that a few steps of it reach the top of an axis.</summary>
    public static double Step(double most, int steps)
    {
        if (most <= 0 || !double.IsFinite(most))
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(most / steps)));
        return ((double[])[1, 2, 2.5, 5, 10]).First(factor => factor * power * steps >= most * 0.999999) * power;
    }

    /// <summary>The same of seconds, in steps that people count time in.</summary>
    public static double TimeStep(double seconds, int steps)
    {
        double wanted = seconds / steps;
        return wanted > TimeSteps[^1] ? Math.Ceiling(wanted / TimeSteps[^1]) * TimeSteps[^1] : TimeSteps.First(step => step >= wanted);
    }

    /// <summary>A time since the begin as an axis shows it.</summary>
    public static string Elapsed(double seconds, double step) => step switch
    {
        < 0.1 => FormattableString.Invariant($"{seconds * 1000:0.###} ms"),
        < 60 => FormattableString.Invariant($"{seconds:0.##} s"),
        < 3600 => FormattableString.Invariant($"{seconds / 60:0.#} min"),
        _ => FormattableString.Invariant($"{seconds / 3600:0.#} h"),
    };

    /// <summary>Writes a label below an axis: centred, or ending at the edge of the drawing where it would be cut off there.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="x">What it belongs to.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="width">Width of the drawing.</param>
    /// <param name="text">The label.</param>
    public static void Label(HtmlWriter html, double x, double y, double width, string text)
    {
        bool isCut = x + (text.Length * WidestSign / 2) > width;
        html.Markup($"<text x=\"{(isCut ? width - 1 : x)}\" y=\"{y}\" text-anchor=\"{(isCut ? "end" : "middle")}\">{text}</text>");
    }

    /// <summary>A number as an axis shows it: 1,200, 15 k, 2.5 M.</summary>
    public static string Short(double number) => number switch
    {
        >= 10e9 => FormattableString.Invariant($"{number / 1e9:0.#} G"),
        >= 10e6 => FormattableString.Invariant($"{number / 1e6:0.#} M"),
        >= 10e3 => FormattableString.Invariant($"{number / 1e3:0.#} k"),
        >= 10 => FormattableString.Invariant($"{number:#,0.#}"),
        _ => FormattableString.Invariant($"{number:0.###}"),
    };
}
