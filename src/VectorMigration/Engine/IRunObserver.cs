using VectorMigration.Vectors;

namespace VectorMigration.Engine;

/// <summary>
/// Watches a run: journal, logs, metrics, progress and report are observers of the same events; the engine knows none of them.
/// Events of one run come one at a time, in order; only vectors that a pipeline leaves out (<see cref="VectorSkipped"/>) are told from its own thread, and
/// outages of the server (<see cref="ServerUnreachable"/>, <see cref="ServerReachable"/>) from that of a timer, what another session asked for
/// (<see cref="RunSteered"/>) from that of its message.
/// An observer that throws ends the run.
/// </summary>
public interface IRunObserver
{
    /// <summary>Something happened.</summary>
    void OnEvent(RunEvent runEvent);
}

/// <summary>Something that happened in a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When, UTC.</param>
public abstract record RunEvent(Guid RunId, DateTimeOffset At);

/// <summary>An attempt was answered.</summary>
public sealed record AttemptEnded(Guid RunId, DateTimeOffset At, long BatchNumber, int Attempt, FlowSample Sample, string ErrorId, string Reason)
    : RunEvent(RunId, At);

/// <summary>The whole pool waits because the target asked for it.</summary>
public sealed record PoolPaused(Guid RunId, DateTimeOffset At, TimeSpan Duration, string Reason) : RunEvent(RunId, At);

/// <summary>An attempt began or ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When, UTC.</param>
/// <param name="InFlight">Attempts under way from now on.</param>
internal sealed record InFlightChanged(Guid RunId, DateTimeOffset At, int InFlight) : RunEvent(RunId, At)
{
    /// <summary>Attempts that may be under way at once at present; null before the first one.</summary>
    public int? Parallelism { get; init; }
}

/// <summary>An attempt started later, to keep to a rate limit that is known or was found.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When that is told, UTC.</param>
/// <param name="From">When the wait began, UTC.</param>
/// <param name="Duration">How long it was.</param>
internal sealed record RateKept(Guid RunId, DateTimeOffset At, DateTimeOffset From, TimeSpan Duration) : RunEvent(RunId, At);

/// <summary>Flow control changed its values; told at most about once a second.</summary>
public sealed record FlowChanged(Guid RunId, DateTimeOffset At, FlowChange Change) : RunEvent(RunId, At);

/// <summary>A batch has ended: acknowledged, failed for good or skipped.</summary>
public sealed record BatchEnded(Guid RunId, DateTimeOffset At, QdrantBatchResult Result) : RunEvent(RunId, At)
{
    /// <summary>Exactly the ordinals of the batch; vectors that were left out between its first and last are not among them.</summary>
    public IReadOnlyList<OrdinalRange> Ordinals { get; init; } = [new OrdinalRange(Result.FirstOrdinal, Result.LastOrdinal)];
}

/// <summary>A vector was left out.</summary>
public sealed record VectorSkipped(Guid RunId, DateTimeOffset At, SkippedVector Vector) : RunEvent(RunId, At);

/// <summary>Something worth a warning.</summary>
public sealed record RunWarning(Guid RunId, DateTimeOffset At, string Message) : RunEvent(RunId, At);

/// <summary>The server has not answered for some seconds. Attempts go on.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When that was noticed, UTC.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="Until">When the run gives up unless it answers before, UTC.</param>
/// <param name="Reason">What attempts end with.</param>
public sealed record ServerUnreachable(Guid RunId, DateTimeOffset At, DateTimeOffset Since, DateTimeOffset Until, string Reason) : RunEvent(RunId, At);

/// <summary>The server answers again.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When that was noticed, UTC.</param>
/// <param name="Since">Since when it had not answered, UTC.</param>
public sealed record ServerReachable(Guid RunId, DateTimeOffset At, DateTimeOffset Since) : RunEvent(RunId, At);

/// <summary>A phase began: <c>plan</c>, <c>scan</c>, <c>collection</c>, <c>upload</c>, <c>count</c>, <c>verify</c>, <c>index</c>.</summary>
public sealed record PhaseStarted(Guid RunId, DateTimeOffset At, string Phase, long Total) : RunEvent(RunId, At);

/// <summary>A phase other than the upload advanced.</summary>
public sealed record PhaseAdvanced(Guid RunId, DateTimeOffset At, string Phase, long Done, long Total) : RunEvent(RunId, At);

/// <summary>A vector that was left out, and why.</summary>
/// <param name="Ordinal">Its place.</param>
/// <param name="FaissId">Its id.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedVector(long Ordinal, long FaissId, string Reason)
{
    /// <summary>The reason of a vector that the payload file has nothing for.</summary>
    internal const string NoPayload = "the payload file has no entry for it";

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"id {FaissId}, ordinal {Ordinal}: {Reason}");
}
