using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// A text that must be given, with AllowNull and AllowEmptyString beside it: PowerShell's own check does not say which object of a pipeline lacks it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValidateGivenAttribute : ValidateArgumentsAttribute, IRowAttribute
{
    RowFaults? IRowAttribute.Faults { get; set; }

    string IRowAttribute.Parameter { get; set; } = string.Empty;

    private IRowAttribute Row => this;

    /// <inheritdoc/>
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        const string Fault = "A value is required.";
        if (string.IsNullOrEmpty(arguments?.ToString()) && Row.Faults?.Note(Row.Parameter, Fault) != true)
        {
            throw new ValidationMetadataException(Fault);
        }
    }
}
