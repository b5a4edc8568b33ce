using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>What the server is told about indexing, and whether a run waits for it. What is not set is left to the server.</summary>
public sealed record IndexingOptions
{
    /// <summary>When a collection that the run creates, or finds empty, is indexed. Not deferred where it is searched while it is loaded: everything is
    /// compared with everything then.</summary>
    public IndexingMode Mode { get; init; }

    /// <summary>Shards of a collection that the run creates. More than one gains nothing on one machine; it cannot be changed later on a single node.</summary>
    public int? ShardNumber { get; init; }

    /// <summary>When segments of a collection that the run creates are merged and indexed.</summary>
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <summary>Wait, after the verification, until the server has indexed all that it will ever index.</summary>
    public bool Wait { get; init; }

    /// <summary>Longest wait; null waits as long as the server gets anywhere.</summary>
    public TimeSpan? WaitTimeout { get; init; }

    /// <summary>The run is one of several that load the collection, and does not know which of them is the last: it puts the indexing off where that is asked
    /// for, and never takes it up.</summary>
    internal bool OnlyDefers { get; init; }

    /// <summary>The settings of a collection, with what is asked for here.</summary>
    internal CollectionSettings Apply(CollectionSettings settings) =>
        settings with { ShardNumber = ShardNumber ?? settings.ShardNumber, Optimizer = Optimizer };
}
