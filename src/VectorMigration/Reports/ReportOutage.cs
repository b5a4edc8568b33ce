namespace VectorMigration.Reports;

/// <summary>A time in which the server did not answer.</summary>
/// <param name="Since">Begin, UTC.</param>
/// <param name="Until">When it answered again, UTC; null where the run ended before.</param>
/// <param name="Reason">What attempts ended with.</param>
internal sealed record ReportOutage(DateTime Since, DateTime? Until, string Reason);

/// <summary>What another session asked of the run.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Action"><c>pause</c>, <c>resume</c>, <c>stop</c> or <c>pace</c>.</param>
/// <param name="Text">What followed, in words.</param>
/// <param name="By">Who asked.</param>
internal sealed record ReportSteering(DateTime At, string Action, string Text, string By);

/// <summary>A phase of a run.</summary>
/// <param name="Name"><c>plan</c>, <c>scan</c>, <c>collection</c>, <c>upload</c>, <c>count</c>, <c>verify</c>, <c>index</c>.</param>
/// <param name="StartedAt">Begin, UTC.</param>
/// <param name="Duration">Until the next phase, or the end of the run.</param>
internal sealed record ReportPhase(string Name, DateTime StartedAt, TimeSpan Duration);

/// <summary>Attempts that failed for one reason.</summary>
/// <param name="ErrorId">PascalCase reason that never changes.</param>
/// <param name="Reason">The first of them, in words.</param>
/// <param name="Count">How many.</param>
internal sealed record ReportRetries(string ErrorId, string Reason, long Count);

/// <summary>Another run of the same migration: one that noted its batches in the same journal.</summary>
/// <param name="RunId">The run.</param>
/// <param name="StartedAt">Its start, UTC.</param>
/// <param name="Status">How it ended; null for one that was killed, or is under way.</param>
/// <param name="Sent">Vectors that it sent; null where it left no summary.</param>
internal sealed record ReportEarlierRun(Guid RunId, DateTimeOffset StartedAt, Runs.MigrationStatus? Status, long? Sent)
{
    /// <summary>Of a run without an end: whether it is still under way. Null where nobody has looked, or what it left does not tell.</summary>
    public bool? IsUnderWay { get; init; }
}
