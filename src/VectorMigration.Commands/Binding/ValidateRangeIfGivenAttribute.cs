using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A number from a range, or several, or null for not given: PowerShell's own ValidateRange refuses null.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValidateRangeIfGivenAttribute : ValidateArgumentsAttribute, IRowAttribute
{
    private readonly decimal least;
    private readonly decimal most;

    RowFaults? IRowAttribute.Faults { get; set; }

    string IRowAttribute.Parameter { get; set; } = string.Empty;

    private IRowAttribute Row => this;

    /// <summary>Whole numbers.</summary>
    public ValidateRangeIfGivenAttribute(long least, long most)
    {
        this.least = least;
        this.most = most;
    }

    /// <summary>Numbers with fractions.</summary>
    public ValidateRangeIfGivenAttribute(double least, double most)
    {
        this.least = (decimal)least;
        this.most = (decimal)most;
    }

    /// <inheritdoc/>
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        foreach (object? value in arguments is IEnumerable several and not string ? several : new[] { arguments })
        {
            object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
            if (bare is not null && !Fits(bare))
            {
                string fault = string.Create(CultureInfo.InvariantCulture, $"{bare} is out of range: expected {least} to {most}.");
                if (Row.Faults?.Note(Row.Parameter, fault) != true)
                {
                    throw new ValidationMetadataException(fault);
                }
            }
        }
    }

    // A float may be NaN, or beyond what a decimal holds.
    private bool Fits(object value) => value is float or double
        ? Convert.ToDouble(value, CultureInfo.InvariantCulture) is var real && real >= (double)least && real <= (double)most
        : Convert.ToDecimal(value, CultureInfo.InvariantCulture) is var whole && whole >= least && whole <= most;
}
