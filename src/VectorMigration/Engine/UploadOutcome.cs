using VectorMigration.Errors;

namespace VectorMigration.Engine;

/// <summary>How an upload ended. Batches were told one by one to the observers.</summary>
internal sealed record UploadOutcome
{
    /// <summary>Vectors acknowledged.</summary>
    public long Sent { get; init; }

    /// <summary>Vectors that were not sent, because points of others have their ids, or because a merge found no point for them.</summary>
    public long LeftThere { get; init; }

    /// <summary>Vectors that were not sent, because points equal to them were there.</summary>
    public long AlreadyThere { get; init; }

    /// <summary>Vectors in batches that failed for good.</summary>
    public long Failed { get; init; }

    /// <summary>Why the upload stopped before the end of its feed; null when it reached the end.</summary>
    public MigrationException? Stop { get; init; }

    /// <summary>True when it was cancelled.</summary>
    public bool Cancelled { get; init; }

    /// <summary>The first ordinal that was not acknowledged: everything before it was. Null when all was.</summary>
    public long? ResumeOrdinal { get; init; }
}
