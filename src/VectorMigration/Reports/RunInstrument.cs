using System.Diagnostics.Metrics;

namespace VectorMigration.Reports;

/// <summary>A value of an instrument, with its own labels.</summary>
/// <param name="Value">Value in the instrument's unit.</param>
/// <param name="Labels">Names of this program and versions; no ids, paths or texts of errors.</param>
internal readonly record struct RunValue(double Value, params (string Label, string Text)[] Labels);

/// <summary>
/// A number of a run, declared once: as instrument of the meter <c>VectorMigration</c>, and as metric of Prometheus under the name that OpenTelemetry's
/// rules make of it (dots become underscores, the unit a suffix, what only rises ends with <c>_total</c>).
/// </summary>
/// <param name="Name">Name below <c>vectormigration.</c>, with dots.</param>
/// <param name="Unit">Unit of UCUM: <c>s</c>, <c>By</c>, <c>1</c> for a share, <c>{vector}</c> for a count.</param>
/// <param name="Rises">It only rises within a run.</param>
/// <param name="Help">What it tells.</param>
/// <param name="Read">The values; none where it is not known.</param>
internal sealed record RunInstrument(string Name, string Unit, bool Rises, string Help, Func<RunValue[]> Read)
{
    /// <summary>What all names of the meter begin with.</summary>
    public const string Prefix = "vectormigration.";

    /// <summary>Name in the text format of Prometheus, without the prefix.</summary>
    public string MetricName { get; } = Name.Replace('.', '_')
        + (Unit switch { "s" => "_seconds", "By" => "_bytes", "1" => "_ratio", _ => string.Empty })
        + (Rises ? "_total" : string.Empty);

    /// <summary>Adds it to a meter.</summary>
    /// <param name="meter">Meter.</param>
    /// <param name="gate">Held while values are read.</param>
    /// <param name="common">Tags of every value.</param>
    public void AddTo(Meter meter, Lock gate, KeyValuePair<string, object?>[] common)
    {
        bool isWhole = Unit.StartsWith('{');
        switch (Rises, isWhole)
        {
            case (true, true):
                meter.CreateObservableCounter(Prefix + Name, () => Measured(gate, common, static value => (long)value), Unit, Help);
                break;
            case (true, false):
                meter.CreateObservableCounter(Prefix + Name, () => Measured(gate, common, static value => value), Unit, Help);
                break;
            case (false, true):
                meter.CreateObservableGauge(Prefix + Name, () => Measured(gate, common, static value => (long)value), Unit, Help);
                break;
            default:
                meter.CreateObservableGauge(Prefix + Name, () => Measured(gate, common, static value => value), Unit, Help);
                break;
        }
    }

    private Measurement<T>[] Measured<T>(Lock gate, KeyValuePair<string, object?>[] common, Func<double, T> of)
        where T : struct
    {
        lock (gate)
        {
            return [.. Read().Select(value => new Measurement<T>(of(value.Value),
                [.. common, .. value.Labels.Select(static label => KeyValuePair.Create(label.Label, (object?)label.Text))]))];
        }
    }
}
