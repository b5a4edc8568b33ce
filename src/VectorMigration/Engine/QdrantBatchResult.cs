using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Engine;

/// <summary>How a batch ended.</summary>
public enum BatchStatus : long
{
    /// <summary>Every point of it was acknowledged.</summary>
    Completed,

    /// <summary>It failed for good; <see cref="QdrantBatchResult.Error"/> says why.</summary>
    Failed,

    /// <summary>Nothing of it was sent: its points were there already, or it was left out on purpose.</summary>
    Skipped,
}

/// <summary>One batch of an upload: the output of <c>Send-QdrantBatch</c>.</summary>
public sealed record QdrantBatchResult
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Number of the batch in its run, from 1; the parts of a split batch share it.</summary>
    public required long Number { get; init; }

    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>Ordinal of the first vector (position in the pipeline where there is no index).</summary>
    public required long FirstOrdinal { get; init; }

    /// <summary>Ordinal of the last vector.</summary>
    public required long LastOrdinal { get; init; }

    /// <summary>Point ids in the order of the vectors, as ranges: <c>0-99</c>, <c>105</c>, UUIDs one by one.</summary>
    public IReadOnlyList<string> Ids => Listed<string>.Of([.. IdRanges.Of(PointIds)], ", ");

    /// <summary>Number of vectors.</summary>
    public required int Count { get; init; }

    /// <summary>Vectors among them that were not sent, because points of others have their ids, or because a merge found no point for them.</summary>
    public int LeftThere { get; init; }

    /// <summary>Vectors among them that were not sent, because points equal to them were there already.</summary>
    public int AlreadyThere { get; init; }

    /// <summary>Bytes of the request, of the last attempt.</summary>
    public long Bytes { get; init; }

    /// <summary>Start of the first attempt, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the start of the first attempt to the last answer.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Attempts made.</summary>
    public int Attempts { get; init; }

    /// <summary>Attempts that the target refused for its rate limit.</summary>
    public int RateLimited { get; init; }

    /// <summary>How it ended.</summary>
    public required BatchStatus Status { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public string? Error { get; init; }

    /// <summary>PascalCase reason that never changes, or null.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Kind of error, or null.</summary>
    public ErrorKind? ErrorKind { get; init; }

    /// <summary>What the operator does next, or null.</summary>
    public string? RecommendedAction { get; init; }

    /// <summary>Point ids in the order of the vectors.</summary>
    internal IReadOnlyList<PointId> PointIds { get; init; } = [];
}
