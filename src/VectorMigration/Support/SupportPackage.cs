using VectorMigration.Vectors;

namespace VectorMigration.Support;

/// <summary>A support package that was written: the output of <c>New-MigrationSupportPackage</c>.</summary>
public sealed record SupportPackage
{
    /// <summary>Full path of the archive, which only its owner can read.</summary>
    public required string Path { get; init; }

    /// <summary>Size of the archive in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Runs whose files are in it, the last one first.</summary>
    public required IReadOnlyList<Guid> Runs { get; init => field = Listed<Guid>.Of(value, ", "); }

    /// <summary>Files in it, the manifest included.</summary>
    public required int FileCount { get; init; }

    /// <summary>Secrets that were taken out.</summary>
    public required long RedactionCount { get; init; }

    /// <summary>What was left out, with the reason.</summary>
    public required IReadOnlyList<string> Omitted { get; init => field = Listed<string>.Of(value); }

    /// <inheritdoc/>
    public override string ToString() => Path;
}
