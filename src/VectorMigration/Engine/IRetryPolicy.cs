namespace VectorMigration.Engine;

/// <summary>Backoff delays and the circuit breaker, without the library that computes them.</summary>
public interface IRetryPolicy
{
    /// <summary>Starts the delays of one batch.</summary>
    IRetryDelays Begin();

    /// <summary>Told of every attempt that the target applied; closes the circuit.</summary>
    void RecordSuccess();

    /// <summary>Told of every attempt that is to be retried without the target having asked for a wait.</summary>
    void RecordFailure();

    /// <summary>Sending begins again after a pause: failures before it count no longer.</summary>
    void Restart()
    {
    }

    /// <summary>True when so much has failed for so long that the run should end, resumable.</summary>
    bool IsOpen { get; }
}

/// <summary>The delays before the retries of one batch.</summary>
public interface IRetryDelays
{
    /// <summary>The delay before the next retry; false when there have been enough.</summary>
    bool TryNext(out TimeSpan delay);
}
