using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// Lets a TimeSpan parameter take seconds (<c>3</c>, <c>0.5</c>, <c>'3'</c>) or a TimeSpan (<c>0:0:3</c>):
/// left to itself PowerShell reads 3 as ticks and '3' as days. Null and empty text mean that it is not given.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsTransformationAttribute : ArgumentTransformationAttribute, IRowAttribute
{
    private const double Greatest = 86_400;

    RowFaults? IRowAttribute.Faults { get; set; }

    string IRowAttribute.Parameter { get; set; } = string.Empty;

    private IRowAttribute Row => this;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null or DBNull || (value is string blank && string.IsNullOrWhiteSpace(blank)))
        {
            return null;
        }

        TimeSpan? time = value switch
        {
            TimeSpan span => span,
            string text => FromText(text.Trim()),
            IConvertible number when value is not (bool or char or DateTime) => FromSeconds(number.ToDouble(CultureInfo.InvariantCulture)),
            _ => null,
        };
        if (time is { } known && known >= TimeSpan.Zero && known.TotalSeconds <= Greatest)
        {
            return known;
        }

        string fault = $"'{value}' is not a pause: expected seconds from 0 to 86,400 (3, 0.5) or a TimeSpan (0:0:3).";
        return Row.Faults?.Note(Row.Parameter, fault) == true ? null : throw new ArgumentTransformationMetadataException(fault);
    }

    private static TimeSpan? FromText(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) ? FromSeconds(seconds)
        : text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span
        : null;

    private static TimeSpan? FromSeconds(double seconds) =>
        double.IsFinite(seconds) && seconds >= 0 && seconds <= Greatest ? TimeSpan.FromSeconds(seconds) : null;
}
