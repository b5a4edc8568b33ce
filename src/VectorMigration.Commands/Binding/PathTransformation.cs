using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// Lets a path with wildcards take what stands for one file: a file of Get-ChildItem, a description of Get-FaissIndex, a result of a
/// migration or of its tuning. PowerShell would take their text, in which it would see wildcards, before it looked for their PSPath.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PathTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return bare is object?[] several ? Array.ConvertAll(several, One) : One(inputData);
    }

    private static object? One(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        FileSystemInfo file => WildcardPattern.Escape(file.FullName),
        IndexDescription index => WildcardPattern.Escape(index.Path),
        MigrationResult result => WildcardPattern.Escape(result.Path),
        MigrationTuning tuning => WildcardPattern.Escape(tuning.Path),
        // A row of a table: its text is no path. The binder goes on with its columns.
        _ when value is PSObject { BaseObject: PSCustomObject } =>
            throw new ArgumentTransformationMetadataException("It is an object without a file.", new PSInvalidCastException("no path")),
        _ => value,
    };
}
