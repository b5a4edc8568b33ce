using System.Collections;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Lets a parameter of several TimeSpans take what <see cref="SecondsTransformationAttribute"/> takes, one by one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsListTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly SecondsTransformationAttribute One = new();

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return bare is IEnumerable several and not string
            ? several.Cast<object?>().Select(value => One.Transform(engineIntrinsics, value)).OfType<TimeSpan>().ToArray()
            : One.Transform(engineIntrinsics, inputData) is TimeSpan single ? new[] { single } : null;
    }
}
