using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>
/// Decides how large the next batch is and how many attempts are under way. Asked for a permit before every attempt, told of every attempt after it.
/// Thread-safe. Fixed values and adaptive control stand behind the same interface.
/// </summary>
internal interface IFlowControl : IDisposable
{
    /// <summary>Waits for a permit for one attempt.</summary>
    ValueTask<FlowPermit> AcquireAsync(CancellationToken cancellationToken);

    /// <summary>Gives the permit back and tells what became of the attempt.</summary>
    void Release(FlowPermit permit, in FlowSample sample);

    /// <summary>Gives a permit back that was not used.</summary>
    void Abandon(FlowPermit permit);

    /// <summary>The present values, in words, for the verbose stream and the result.</summary>
    string Describe();

    /// <summary>Vectors that a batch should hold whose filling begins now, before there is a permit for it.</summary>
    int BatchSize { get; }

    /// <summary>What is set at present, and why: for the result.</summary>
    FlowSummary Summarize();

    /// <summary>Sending was paused: what is being measured says nothing of the server.</summary>
    void Interrupt()
    {
    }

    /// <summary>The next change that is worth telling; null where there is none. At most about one a second.</summary>
    FlowChange? TakeChange() => null;
}

/// <summary>Leave for one attempt.</summary>
/// <param name="BatchSize">Vectors the next new batch should hold.</param>
/// <param name="Parallelism">Attempts that may be under way at once at present; batches that wait for a retry count among them.</param>
internal readonly record struct FlowPermit(int BatchSize, int Parallelism)
{
    /// <summary>Mark of the flow control that gave it: under which of its settings.</summary>
    internal int Round { get; init; }

    /// <summary>When it was given, by the flow control's clock.</summary>
    internal long GivenAt { get; init; }

    /// <summary>Points charged to the budget of a limited rate.</summary>
    internal int Charged { get; init; }

    /// <summary>How long it was held back by that budget, before it was given.</summary>
    internal TimeSpan KeptBack { get; init; }

    /// <summary>Who gave it, where another flow control may have taken over since; null otherwise.</summary>
    internal IFlowControl? Giver { get; init; }
}

/// <summary>What became of one attempt.</summary>
/// <param name="Outcome">The target's answer.</param>
/// <param name="Vectors">Vectors in the batch.</param>
/// <param name="Bytes">Bytes sent.</param>
/// <param name="Latency">From the start of the attempt to its answer.</param>
/// <param name="RateLimited">The target limits the rate.</param>
public readonly record struct FlowSample(WriteOutcome Outcome, int Vectors, long Bytes, TimeSpan Latency, bool RateLimited)
{
    /// <summary>How long the target asks to wait; null where it does not say.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>Nobody tells the rate; the engine finds how far apart attempts start.</summary>
    public bool Paced { get; init; }
}

/// <summary>A change of flow control.</summary>
/// <param name="BatchSize">Vectors in a batch from now on.</param>
/// <param name="Parallelism">Attempts at once from now on.</param>
/// <param name="Reason">Why, with the figures that led to it.</param>
public sealed record FlowChange(int BatchSize, int Parallelism, string Reason);

/// <summary>
/// What flow control came to and why. The names of its values are those of the parameters, so that it can be piped to a further run.
/// </summary>
public sealed record FlowSummary
{
    /// <summary>True where the values were found while running, false where they were given.</summary>
    public bool Adaptive { get; init; }

    /// <summary>Vectors in a batch.</summary>
    public int BatchSize { get; init; }

    /// <summary>Batches under way at once.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Pause between the end of a batch and the start of the next.</summary>
    public TimeSpan BatchDelay { get; init; }

    /// <summary>Vectors a second that were measured with these values; null where nothing was measured.</summary>
    public double? VectorsPerSecond { get; init; }

    /// <summary>Why these values.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>Something was measured or refused long enough to lead to these values; otherwise they are those of the begin.</summary>
    internal bool IsMeasured => !Reason.StartsWith(InitialFlow.Unmeasured, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"batches of {BatchSize:N0}, {ThrottleLimit} in parallel");
}
