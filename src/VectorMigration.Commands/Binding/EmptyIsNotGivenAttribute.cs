using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// On a parameter that may be null: an empty cell of a table (<c>''</c> of Import-Csv) or of a database means that the parameter is not given, as null does.
/// Left to itself PowerShell reads empty text as the number 0.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmptyIsNotGivenAttribute : ArgumentTransformationAttribute, IRowAttribute
{
    /// <summary>What the parameter has instead where it cannot be null; null otherwise.</summary>
    public object? Instead { get; set; }

    /// <summary>
    /// What text is read as, for a parameter that is bound by the properties of objects: a text that cannot be is an error of its own then. Left to itself the
    /// binder would pass over a parameter whose property it cannot convert, as if that had not been given.
    /// </summary>
    public Type? As { get; set; }

    RowFaults? IRowAttribute.Faults { get; set; }

    string IRowAttribute.Parameter { get; set; } = string.Empty;

    private IRowAttribute Row => this;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string text when string.IsNullOrWhiteSpace(text) => Instead,
            null or DBNull => Instead,
            string text when As is not null => Read(text),
            _ => inputData,
        };

    private object? Read(string text)
    {
        string trimmed = text.Trim();
        if (LanguagePrimitives.TryConvertTo(trimmed, As, CultureInfo.InvariantCulture, out object? read))
        {
            return read;
        }

        string fault = As!.IsEnum ? $"'{trimmed}' is not one of {string.Join(", ", Enum.GetNames(As))}." : $"'{trimmed}' is not a whole number.";
        return Row.Faults?.Note(Row.Parameter, fault) == true ? Instead : throw new ArgumentTransformationMetadataException(fault);
    }
}
