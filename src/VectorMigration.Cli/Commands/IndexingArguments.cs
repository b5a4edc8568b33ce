using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>When and how the server indexes, and whether to wait for it.</summary>
internal sealed class IndexingArguments
{
    private const int MostWait = 604_800;

    private readonly Option<IndexingMode?> indexing = Choices.Of("--indexing", "when to index a new or empty collection: during or after the upload "
        + "(default immediate)", "W",
        ("immediate", IndexingMode.Immediate), ("deferred", IndexingMode.Deferred));

    private readonly Option<int?> shards = Numbers.WholeOrNone("--shard-number", "shards of a created collection, 1 to 1,000", 1, 1_000);
    private readonly Option<long?> threshold = Numbers.Count("--indexing-threshold",
        "segment size in kilobytes from which a created collection is indexed; 0 disables the index", 0);
    private readonly Option<int?> segments = Numbers.WholeOrNone(
        "--default-segment-number", "target number of segments of a created collection; 0 means one per core of the server", 0, 1_000);
    private readonly Option<long?> segmentSize = Numbers.Count("--max-segment-size",
        "largest segment of a created collection in kilobytes", 1);
    private readonly Option<bool> wait = new("--wait-indexed") { Description = "wait until the server has indexed the collection" };
    private readonly Option<int?> waitTimeout = Numbers.WholeOrNone(
        "--wait-indexed-timeout", $"longest wait for the index in seconds, 1 to {Units.Count(MostWait)} (default: as long as indexing makes "
            + "progress)", 1, MostWait);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[indexing, shards, threshold, segments, segmentSize, wait, waitTimeout])
        {
            command.Add(option);
        }
    }

    /// <summary>The options as a run takes them.</summary>
    /// <exception cref="MigrationException">A longest wait was given, but no wait.</exception>
    public IndexingOptions Options(ParseResult parsed) => parsed.GetValue(waitTimeout) is not null && !parsed.GetValue(wait)
        ? throw IndexingErrors.WaitMissing()
        : new()
        {
            Mode = parsed.GetValue(indexing) ?? IndexingMode.Immediate,
            ShardNumber = parsed.GetValue(shards),
            Optimizer = new OptimizerSettings
            {
                IndexingThreshold = (ulong?)parsed.GetValue(threshold),
                DefaultSegmentNumber = (ulong?)parsed.GetValue(segments),
                MaxSegmentSize = (ulong?)parsed.GetValue(segmentSize),
            },
            Wait = parsed.GetValue(wait),
            WaitTimeout = parsed.GetValue(waitTimeout) is int seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
}
