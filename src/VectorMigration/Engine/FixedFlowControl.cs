using VectorMigration.Errors;

namespace VectorMigration.Engine;

/// <summary>
/// Flow control with the values the operator gave: batch size, attempts at once, and a pause between the end of one attempt and
/// the start of the next in the same place.
/// </summary>
internal sealed class FixedFlowControl : IFlowControl
{
    private readonly UploadOptions options;
    private readonly SemaphoreSlim places;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ended = new();

    /// <summary>Makes a flow control.</summary>
    /// <exception cref="MigrationException">A value is out of range.</exception>
    public FixedFlowControl(UploadOptions options, TimeProvider? time = null)
    {
        FlowControls.Check(options);
        this.options = options;
        this.time = time ?? TimeProvider.System;
        places = new SemaphoreSlim(options.ExactThrottleLimit, options.ExactThrottleLimit);
    }

    /// <inheritdoc/>
    public async ValueTask<FlowPermit> AcquireAsync(CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new FlowPermit(options.ExactBatchSize, options.ExactThrottleLimit);
    }

    /// <inheritdoc/>
    public void Release(FlowPermit permit, in FlowSample sample)
    {
        if (options.BatchDelay == TimeSpan.Zero)
        {
            places.Release();
        }
        else
        {
            _ = ReleaseLaterAsync();
        }
    }

    /// <inheritdoc/>
    public void Abandon(FlowPermit permit) => places.Release();

    /// <inheritdoc/>
    public string Describe() => Describe(options);

    /// <inheritdoc/>
    public int BatchSize => options.ExactBatchSize;

    /// <inheritdoc/>
    public FlowSummary Summarize() => new()
    {
        BatchSize = options.ExactBatchSize,
        ThrottleLimit = options.ExactThrottleLimit,
        BatchDelay = options.BatchDelay,
        Reason = "as specified",
    };

    /// <summary>Values in words, also of those that are out of range.</summary>
    internal static string Describe(UploadOptions options) => options.BatchDelay == TimeSpan.Zero
        ? $"batches of {options.ExactBatchSize}, {options.ExactThrottleLimit} in parallel"
        : $"batches of {options.ExactBatchSize}, {options.ExactThrottleLimit} in parallel, pauses of {options.BatchDelay.TotalSeconds} s";

    /// <summary>Forgets pauses that are still running.</summary>
    public void Dispose()
    {
        ended.Cancel();
        ended.Dispose();
        places.Dispose();
    }

    private async Task ReleaseLaterAsync()
    {
        try
        {
            await Task.Delay(options.BatchDelay, time, ended.Token).ConfigureAwait(false);
            places.Release();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The run has ended: nobody waits for this permit any more.
        }
    }
}
