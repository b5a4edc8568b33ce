using System.Text.Json.Serialization;
using VectorMigration.Diagnosis;

namespace VectorMigration.Support;

/// <summary>What is in a package, and what is not: <c>manifest.json</c>.</summary>
/// <param name="Tool">Version of this tool.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="Entries">The files.</param>
/// <param name="Redactions">Secrets that were taken out of all of them.</param>
/// <param name="Redacted">What counts as one.</param>
/// <param name="Omitted">Files that are not in it.</param>
internal sealed record SupportManifest(
    string Tool, DateTimeOffset CreatedAt, IReadOnlyList<SupportEntry> Entries, long Redactions, string Redacted, IReadOnlyList<SupportOmission> Omitted);

/// <summary>One file of a package.</summary>
/// <param name="Name">Its name in the archive.</param>
/// <param name="Bytes">Its size there, before compression.</param>
/// <param name="OriginalBytes">Its size on this machine; 0 for what was made for the package.</param>
/// <param name="Redactions">Secrets that were taken out of it.</param>
/// <param name="IsShortened">Its middle was left out.</param>
internal sealed record SupportEntry(string Name, long Bytes, long OriginalBytes, long Redactions, bool IsShortened);

/// <summary>A file that is not in a package.</summary>
/// <param name="Name">Its name, from the log folder on.</param>
/// <param name="Reason">Why.</param>
internal sealed record SupportOmission(string Name, string Reason);

/// <summary>The machine: <c>environment.json</c>.</summary>
internal sealed record SupportEnvironment
{
    public required string Tool { get; init; }

    public required string Runtime { get; init; }

    public required bool IsNative { get; init; }

    public required string OperatingSystem { get; init; }

    public required string Architecture { get; init; }

    public required bool IsContainer { get; init; }

    public required int Cores { get; init; }

    public required long MemoryBytes { get; init; }

    public required long? FreeDiskBytes { get; init; }

    public required string LogDirectory { get; init; }

    public required string Culture { get; init; }

    public required string TimeZone { get; init; }

    public required IReadOnlyDictionary<string, string> Variables { get; init; }
}

/// <summary>JSON of a package.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(SupportManifest))]
[JsonSerializable(typeof(SupportEnvironment))]
[JsonSerializable(typeof(IReadOnlyList<ConnectionCheck>))]
internal sealed partial class SupportJson : JsonSerializerContext;
