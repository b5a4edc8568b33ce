namespace VectorMigration.Collections;

/// <summary>How far a collection's index has come.</summary>
public enum IndexingStatus : long
{
    /// <summary>All that will ever be indexed is.</summary>
    Complete,

    /// <summary>The server has nothing left to do, yet more vectors are outside its index than small segments account for (points without that vector, for
    /// example).</summary>
    Settled,

    /// <summary>The collection is told to build no index (m or indexing_threshold 0).</summary>
    Off,

    /// <summary>The server is not done, and the wait is over.</summary>
    Unfinished,

    /// <summary>A run put the indexing off, and has not taken it up again.</summary>
    Deferred,
}

/// <summary>The index of a collection after a run.</summary>
public sealed record IndexingResult
{
    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>How far it has come.</summary>
    public required IndexingStatus Status { get; init; }

    /// <summary>Vectors in an index, as the server counts them.</summary>
    public long Indexed { get; init; }

    /// <summary>Vectors of the collection: its points (approximate, as the server keeps them) times the vectors of a point.</summary>
    public long Vectors { get; init; }

    /// <summary>Vectors in no index.</summary>
    public long Unindexed => Math.Max(0, Vectors - Indexed);

    /// <summary>Segments.</summary>
    public long Segments { get; init; }

    /// <summary>green, yellow, grey, red: what the server says of the collection.</summary>
    public string CollectionStatus { get; init; } = string.Empty;

    /// <summary>How long was waited.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The same in a sentence.</summary>
    public string Message { get; init; } = string.Empty;

    /// <inheritdoc/>
    public override string ToString() => Message;
}
