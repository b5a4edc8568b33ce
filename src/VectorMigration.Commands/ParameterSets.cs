namespace VectorMigration.Commands;

/// <summary>Names of parameter sets that several cmdlets have.</summary>
internal static class ParameterSets
{
    /// <summary>With wildcards.</summary>
    public const string Path = "Path";

    /// <summary>A list of the parts of an index.</summary>
    public const string Manifest = "Manifest";

    /// <summary>A plan that is divided anew.</summary>
    public const string From = "From";

    /// <summary>A slice of a plan.</summary>
    public const string Plan = "Plan";

    /// <summary>A run of a log folder.</summary>
    public const string Run = "Run";

    /// <summary>Objects of the pipeline.</summary>
    public const string InputObject = "InputObject";

    /// <summary>A server whose key is in QDRANT_API_KEY, or that needs none.</summary>
    public const string EnvironmentKey = "KeyFromEnvironment";

    /// <summary>A server whose key is given.</summary>
    public const string Key = "Key";

    /// <summary>A server whose key is in a file.</summary>
    public const string KeyFile = "KeyFile";

    /// <summary>A server whose key is a secret of a vault.</summary>
    public const string Secret = "Secret";

    /// <summary>Without wildcards.</summary>
    public const string LiteralPath = "LiteralPath";
}
