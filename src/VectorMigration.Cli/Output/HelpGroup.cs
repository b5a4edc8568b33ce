namespace VectorMigration.Cli.Output;

/// <summary>Options that stand under one heading in a long help.</summary>
/// <param name="Heading">The heading, without its colon.</param>
/// <param name="Options">Their names, in the order in which they are shown.</param>
internal sealed record HelpGroup(string Heading, params string[] Options)
{
    /// <summary>All groups in the order in which they are shown.</summary>
    public static IReadOnlyList<HelpGroup> All { get; } =
    [
        new("Common options", "--collection", "--payload", "--payload-key", "--url", "--api-key-file", "--log-dir", "--dry-run", "--verify", "--repair",
            "--recreate", "--restart", "--yes", "--json", "--verbose", "--help"),
        new("Server", "--protocol", "--allow-plaintext-key", "--ca-certificate", "--skip-certificate-check", "--timeout"),
        new("Vectors", "--vector-name", "--distance", "--limit", "--offset", "--list-path", "--allow-decoded", "--original-vectors", "--binary-as",
            "--skip-invalid"),
        new("Ids", "--id-from", "--id-mapping", "--id-field", "--id-offset", "--id-namespace", "--allow-duplicate-ids"),
        new("Payloads", "--store-path", "--no-store", "--payload-by-row", "--drop-payload-key", "--on-missing-payload", "--on-surplus-payload",
            "--large-integer", "--payload-field", "--exclude-payload-field", "--rename-payload", "--flatten-payload", "--payload-type", "--payload-layout"),
        new("Journal, existing points and changed sources", "--journal", "--on-existing", "--add-absent", "--merge-payload", "--on-changed", "--prune",
            "--force"),
        new("Verification", "--sample", "--seed", "--recall", "--recall-queries"),
        new("Pace", "--batch-size", "--parallel", "--batch-delay", "--give-up-after", "--no-progress-timeout"),
        new("Tuning", "--sizes", "--budget", "--region", "--region-key-file"),
        new("Several index files", "--manifest", "--on-bad-part"),
        new("Slices", "--slices", "--out", "--from", "--plan", "--slice"),
        new("Cluster", "--shard-key", "--shard-key-field", "--write-ordering"),
        new("Progress, logs and metrics", "--progress-interval", "--heartbeat", "--metrics-file", "--metrics-listen", "--event-log",
            "--log-retention-days", "--log-max-size-mb", "--on-end"),
        new("New collection", "--indexing", "--wait-indexed", "--wait-indexed-timeout", "--hnsw-m", "--hnsw-ef-construct",
            "--indexing-threshold", "--default-segment-number", "--max-segment-size", "--on-disk", "--on-disk-payload", "--quantization",
            "--match-quantization", "--quantile", "--compression", "--turbo-bits", "--quantization-always-ram", "--shard-number", "--replication-factor",
            "--write-consistency-factor", "--payload-index"),
    ];

    /// <summary>The groups whose options are in a plan of slices.</summary>
    public static IReadOnlyList<HelpGroup> InPlan { get; } =
        [.. All.Where(static group => group.Heading is "Vectors" or "Ids" or "Payloads" or "Several index files")];

    /// <summary>The group of an option; null where it has none.</summary>
    public static HelpGroup? Of(string option) => All.FirstOrDefault(group => group.Options.Contains(option));
}
