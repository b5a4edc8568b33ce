using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// Lets a path with wildcards take what stands for one file: a file of Get-ChildItem, a description of Get-FaissIndex, a result of a
/// migration or of its tuning. PowerShell would take their text, in which it would see wildcards, before it looked for their PSPath.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PathTransformationAttribute : ArgumentTransformationAttribute, IRowAttribute
{
    RowFaults? IRowAttribute.Faults { get; set; }

    string IRowAttribute.Parameter { get; set; } = string.Empty;

    /// <summary>The parameter takes one path.</summary>
    public bool IsOne { get; set; }

    private IRowAttribute Row => this;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (IsOne)
        {
            return One(OnePathAttribute.One(Row, inputData));
        }

        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return bare is object?[] several ? Array.ConvertAll(several, One) : One(inputData);
    }

    private object? One(object? value)
    {
        if (Row.Faults is { } faults)
        {
            faults.Row = null;
            faults.Migration = (value is PSObject wrapped ? wrapped.BaseObject : value) as MigrationResult;
        }

        return PathOf(value);
    }

    private object? PathOf(object? value) => value is PSObject { BaseObject: PSCustomObject } row ? OfRow(row) : PathOfFile(value);

    /// <summary>The path that a file, a description or a result stands for; every other value as it is.</summary>
    internal static object? PathOfFile(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        FileSystemInfo file => WildcardPattern.Escape(file.FullName),
        IndexDescription index => WildcardPattern.Escape(index.Path),
        MigrationResult result => WildcardPattern.Escape(result.Path),
        MigrationTuning tuning => WildcardPattern.Escape(tuning.Path),
        _ => value,
    };

    // A row of a table, or a result out of a file or a job. The binder takes an empty cell for a value, and cannot choose between two columns.
    private string OfRow(PSObject row)
    {
        if (Row.Faults is { } faults)
        {
            faults.Clear();
            faults.Row = row;
        }

        if (Cell(row, "Path") is string path)
        {
            return path;
        }

        if (Cell(row, "LiteralPath") is string literal)
        {
            return WildcardPattern.Escape(literal);
        }

        // The binder finds the aliases of -LiteralPath by itself.
        const string Fault = "The object has neither Path nor LiteralPath.";
        return Cell(row, "PSPath") is null && Cell(row, "LP") is null && Row.Faults?.Note("Path", Fault) == true ? string.Empty
            : throw new ArgumentTransformationMetadataException(Fault, new PSInvalidCastException("no path"));
    }

    private static string? Cell(PSObject row, string name) => row.Properties[name]?.Value?.ToString() is string text && !string.IsNullOrWhiteSpace(text)
        ? text : null;
}
