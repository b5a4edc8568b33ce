using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>How a collection that is created is divided and indexed.</summary>
internal sealed class OptimizerParameters : ParameterGroup
{
    /// <summary>Shards.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 1_000)]
    public int? ShardNumber { get; set; }

    /// <summary>Kilobytes of vectors from which on a segment is indexed; 0 indexes nothing.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0, long.MaxValue)]
    public long? IndexingThreshold { get; set; }

    /// <summary>Segments that the server merges towards; 0 takes one for each of its cores.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0, 1_000)]
    public int? DefaultSegmentNumber { get; set; }

    /// <summary>Kilobytes of vectors beyond which no segments are merged into one.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, long.MaxValue)]
    public long? MaxSegmentSize { get; set; }

    /// <summary>What is asked for.</summary>
    internal OptimizerSettings Settings() => new()
    {
        IndexingThreshold = (ulong?)IndexingThreshold,
        DefaultSegmentNumber = (ulong?)DefaultSegmentNumber,
        MaxSegmentSize = (ulong?)MaxSegmentSize,
    };
}
