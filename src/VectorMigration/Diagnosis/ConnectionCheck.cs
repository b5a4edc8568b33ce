using VectorMigration.Errors;

namespace VectorMigration.Diagnosis;

/// <summary>One check of a connection: an object of <c>Test-QdrantConnection</c>, and of <c>doctor --json</c>. Holds no secret.</summary>
public sealed record ConnectionCheck
{
    /// <summary>What was checked; the same words in every version.</summary>
    public required string Name { get; init; }

    /// <summary>How it came out.</summary>
    public required CheckStatus Status { get; init; }

    /// <summary>What was found, in a sentence or two.</summary>
    public required string Finding { get; init; }

    /// <summary>What to do about it; empty where nothing is to be done.</summary>
    public string Advice { get; init; } = string.Empty;

    /// <summary>The endpoint that was looked at, without secrets.</summary>
    public string Endpoint { get; init; } = string.Empty;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Status}. {Finding}";

    internal static ConnectionCheck Pass(string name, string finding) => Of(name, CheckStatus.Pass, finding, string.Empty);

    internal static ConnectionCheck Warn(string name, string finding, string advice) => Of(name, CheckStatus.Warn, finding, advice);

    internal static ConnectionCheck Fail(string name, string finding, string advice) => Of(name, CheckStatus.Fail, finding, advice);

    internal static ConnectionCheck Fail(string name, MigrationException error) => Of(name, CheckStatus.Fail, error.Message, error.RecommendedAction);

    internal static ConnectionCheck Skip(string name, string finding, string advice = "") => Of(name, CheckStatus.Skipped, finding, advice);

    private static ConnectionCheck Of(string name, CheckStatus status, string finding, string advice) =>
        new() { Name = name, Status = status, Finding = OptionNames.Here(finding), Advice = OptionNames.Here(advice) };
}
