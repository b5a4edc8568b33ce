namespace VectorMigration.Commands;

/// <summary>Names of parameter sets that several cmdlets have.</summary>
internal static class ParameterSets
{
    /// <summary>With wildcards.</summary>
    public const string Path = "Path";

    /// <summary>A run of a log folder.</summary>
    public const string Run = "Run";

    /// <summary>Objects of the pipeline.</summary>
    public const string InputObject = "InputObject";

    /// <summary>Without wildcards.</summary>
    public const string LiteralPath = "LiteralPath";
}
