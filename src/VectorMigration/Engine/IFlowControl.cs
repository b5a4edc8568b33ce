namespace VectorMigration;

/// <summary>
/// Decides how large the next batch is and how many attempts are under way. Asked for a permit before every attempt, told of every attempt after it.
/// Thread-safe. Fixed values and adaptive control stand behind the same interface.
/// </summary>
public interface IFlowControl
{
    /// <summary>Waits for a permit for one attempt.</summary>
    ValueTask<FlowPermit> AcquireAsync(CancellationToken cancellationToken);

    /// <summary>Gives the permit back and tells what became of the attempt.</summary>
    void Release(FlowPermit permit, in FlowSample sample);

    /// <summary>Gives a permit back that was not used.</summary>
    void Abandon(FlowPermit permit);

    /// <summary>The present values, in words, for the verbose stream and the result.</summary>
    string Describe();
}

/// <summary>Leave for one attempt.</summary>
/// <param name="BatchSize">Vectors the next new batch should hold.</param>
/// <param name="Parallelism">Attempts that may be under way at once at present; batches that wait for a retry count among them.</param>
public readonly record struct FlowPermit(int BatchSize, int Parallelism);

/// <summary>What became of one attempt.</summary>
/// <param name="Outcome">The target's answer.</param>
/// <param name="Vectors">Vectors in the batch.</param>
/// <param name="Bytes">Bytes sent.</param>
/// <param name="Latency">From the start of the attempt to its answer.</param>
/// <param name="RateLimited">The target limits the rate.</param>
public readonly record struct FlowSample(WriteOutcome Outcome, int Vectors, long Bytes, TimeSpan Latency, bool RateLimited);
