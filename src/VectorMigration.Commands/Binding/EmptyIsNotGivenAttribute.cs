using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// On a parameter that may be null: an empty cell of a table (<c>''</c> of Import-Csv) or of a database means that the parameter is not given, as null does.
/// Left to itself PowerShell reads empty text as the number 0.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmptyIsNotGivenAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string text when string.IsNullOrWhiteSpace(text) => null,
            DBNull => null,
            _ => inputData,
        };
}
