namespace VectorMigration.Collections;

/// <summary>How long a wait for the index may take.</summary>
internal readonly record struct IndexWaitLimits
{
    public IndexWaitLimits()
    {
    }

    /// <summary>The whole wait; null for no end but the others.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Without any change that the server tells. Long: one large segment is one step, and can take the server an hour.</summary>
    public TimeSpan NoProgress { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Without an answer of the server; longer than a restart takes.</summary>
    public TimeSpan Outage { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>A state must stand that long to count: between two optimisations a server looks done for a moment.</summary>
    public TimeSpan Settled { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same where the counts do not account for what is in no index.</summary>
    public TimeSpan Unexplained { get; init; } = TimeSpan.FromSeconds(30);
}
