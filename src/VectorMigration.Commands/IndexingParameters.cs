using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// Parameters of cmdlets that create a collection and load it: how it is divided and indexed, and whether its index is waited for. A class of
/// their own, because the cmdlets that take them have no base that only they share; they give it as their dynamic parameters.
/// </summary>
public sealed class IndexingParameters
{
    /// <summary>Shards of a collection that the run creates.</summary>
    [Parameter]
    [ValidateRange(1, 1_000)]
    public int ShardNumber { get; set; }

    /// <summary>Kilobytes of vectors from which on a segment is indexed, in a collection that the run creates.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long IndexingThreshold { get; set; } = -1;

    /// <summary>Segments that the server merges towards, in a collection that the run creates.</summary>
    [Parameter]
    [ValidateRange(0, 1_000)]
    public int DefaultSegmentNumber { get; set; } = -1;

    /// <summary>Kilobytes of vectors beyond which no segments are merged into one, in a collection that the run creates.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxSegmentSize { get; set; }

    /// <summary>Wait until the server has indexed all that it will ever index.</summary>
    [Parameter]
    public SwitchParameter WaitIndexed { get; set; }

    /// <summary>Longest wait for the index in seconds; as long as the server gets anywhere when left out.</summary>
    [Parameter]
    [ValidateRange(1, 604_800)]
    public int WaitIndexedTimeoutSec { get; set; }

    /// <summary>What the parameters ask for.</summary>
    /// <exception cref="MigrationException">A limit for a wait that is not asked for.</exception>
    internal IndexingOptions Options() => WaitIndexedTimeoutSec > 0 && !WaitIndexed
        ? throw CommandErrors.WaitMissing()
        : new IndexingOptions
        {
            ShardNumber = ShardNumber == 0 ? null : ShardNumber,
            Optimizer = new OptimizerSettings
            {
                IndexingThreshold = IndexingThreshold < 0 ? null : (ulong)IndexingThreshold,
                DefaultSegmentNumber = DefaultSegmentNumber < 0 ? null : (ulong)DefaultSegmentNumber,
                MaxSegmentSize = MaxSegmentSize == 0 ? null : (ulong)MaxSegmentSize,
            },
            Wait = WaitIndexed,
            WaitTimeout = WaitIndexedTimeoutSec == 0 ? null : TimeSpan.FromSeconds(WaitIndexedTimeoutSec),
        };
}
