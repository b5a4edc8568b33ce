using System.Globalization;
using System.Text;

namespace VectorMigration.Reports;

/// <summary>
/// Writes metrics in the text format of Prometheus (exposition format 0.0.4), each with its help and type, under one prefix and with one label.
/// </summary>
/// <param name="head">First line, a comment.</param>
/// <param name="collection">Value of the label <c>collection</c> of every sample.</param>
internal sealed class MetricsText(string head, string collection)
{
    private const string Prefix = "vectormigration_";
    private readonly StringBuilder text = new StringBuilder(head).Append('\n');

    /// <summary>The values of an instrument; nothing where it has none.</summary>
    public void Write(RunInstrument instrument)
    {
        RunValue[] values = instrument.Read();
        if (values.Length == 0)
        {
            return;
        }

        Head(instrument.MetricName, instrument.Help, instrument.Rises ? "counter" : "gauge");
        foreach (RunValue value in values)
        {
            Sample(instrument.MetricName, value.Value, value.Labels);
        }
    }

    /// <summary>A histogram.</summary>
    /// <param name="name">Name.</param>
    /// <param name="help">What it tells.</param>
    /// <param name="bounds">Upper bounds, rising.</param>
    /// <param name="counts">Values up to each bound, and above the last one.</param>
    /// <param name="sum">All values added up.</param>
    public void Histogram(string name, string help, ReadOnlySpan<double> bounds, ReadOnlySpan<long> counts, double sum)
    {
        Head(name, help, "histogram");
        long upTo = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            upTo += counts[i];
            Sample(name + "_bucket", upTo, ("le", i < bounds.Length ? Number(bounds[i]) : "+Inf"));
        }

        Sample(name + "_sum", sum);
        Sample(name + "_count", upTo);
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private void Head(string name, string help, string type) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {Prefix}{name} {help}\n# TYPE {Prefix}{name} {type}\n");

    private void Sample(string name, double value, params (string Label, string Value)[] labels)
    {
        text.Append(CultureInfo.InvariantCulture, $"{Prefix}{name}{{collection=\"{Escaped(collection)}\"");
        foreach ((string label, string content) in labels)
        {
            text.Append(CultureInfo.InvariantCulture, $",{label}=\"{Escaped(content)}\"");
        }

        text.Append("} ").Append(Number(value)).Append('\n');
    }
}
