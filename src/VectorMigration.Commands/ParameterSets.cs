namespace VectorMigration.Commands;

/// <summary>Names of parameter sets that several cmdlets have.</summary>
internal static class ParameterSets
{
    /// <summary>With wildcards.</summary>
    public const string Path = "Path";

    /// <summary>Without wildcards.</summary>
    public const string LiteralPath = "LiteralPath";
}
