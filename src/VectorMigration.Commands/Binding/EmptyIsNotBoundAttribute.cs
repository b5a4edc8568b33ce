using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// On one of two parameters of which an object of the pipeline has one: an empty cell does not choose it, so that a table may have a column for each.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmptyIsNotBoundAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;

        // Of all errors the binder takes this one alone for "not this parameter" and goes on with the others.
        return bare is null or DBNull || (bare is string text && string.IsNullOrWhiteSpace(text))
            ? throw new ArgumentTransformationMetadataException("It is empty: expected a path.", new PSInvalidCastException("empty"))
            : inputData;
    }
}
