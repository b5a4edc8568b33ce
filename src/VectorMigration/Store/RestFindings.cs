namespace VectorMigration.Store;

/// <summary>The answer of the REST interface to one request.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The text of the answer, at most some megabytes of it.</param>
public sealed record RestFindings(int Status, string Body)
{
    /// <summary>The server's clock, in whole seconds; null where the answer does not tell it.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>This machine's clock at the middle of the call.</summary>
    public DateTimeOffset AskedAt { get; init; }

    /// <summary>The call's duration.</summary>
    public TimeSpan Duration { get; init; }
}
