using System.Globalization;
using VectorMigration.Diagnosis;
using VectorMigration.Store;

namespace VectorMigration.Support;

/// <summary>What goes into a support package.</summary>
internal sealed record SupportRequest
{
    /// <summary>Megabytes of files that a package holds where nobody says another number.</summary>
    public const int UsualMegabytes = 50;

    /// <summary>Runs that a package holds where none is named.</summary>
    public const int UsualRuns = 5;

    /// <summary>Full path of the log folder.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>The run; null for the last ones.</summary>
    public Guid? RunId { get; init; }

    /// <summary>Full path of the archive.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Whole journals; otherwise their first lines.</summary>
    public bool WithJournals { get; init; }

    /// <summary>Most bytes of files, before they are compressed.</summary>
    public long MostBytes { get; init; } = UsualMegabytes * 1_000_000L;

    /// <summary>Secrets by their value, to be looked for in everything.</summary>
    public IReadOnlyList<string?> Secrets { get; init; } = [];

    /// <summary>Checks of the server; empty where none were made.</summary>
    public IReadOnlyList<ConnectionCheck> Checks { get; init; } = [];

    /// <summary>The variables of the environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
        .ToDictionary(static variable => (string)variable.Key, static variable => (string?)variable.Value ?? string.Empty);

    /// <summary>Full path of a package whose name says when it was made.</summary>
    public static string NewPath(string folder, TimeProvider time) => Path.Combine(
        folder, string.Create(CultureInfo.InvariantCulture, $"vector-migration-support-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.zip"));

    /// <summary>The secrets of a connection.</summary>
    public static IReadOnlyList<string?> SecretsOf(QdrantConnectionOptions options, string? apiKey) =>
        [apiKey, .. SecretVariables.OfUser(options.Proxy?.UserInfo ?? string.Empty)];
}
