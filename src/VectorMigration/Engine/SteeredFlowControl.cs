using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>
/// The flow control of a run whose pace can be set from outside: the one that the options ask for, replaced by another when the pace is set. Permits go back
/// to whoever gave them, so nothing is counted twice.
/// </summary>
internal sealed class SteeredFlowControl : IFlowControl
{
    private readonly UploadOptions options;
    private readonly FlowStart start;
    private readonly RunControl control;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly List<IFlowControl> replaced = [];
    private IFlowControl inner;
    private PaceSettings applied = PaceSettings.None;
    private FlowChange? news;
    private long taken;

    /// <summary>Makes it; the pace that was set before holds from the begin.</summary>
    /// <exception cref="Errors.MigrationException">A value is out of range.</exception>
    public SteeredFlowControl(UploadOptions options, FlowStart start, RunControl control, TimeProvider time)
    {
        this.options = options;
        this.start = start;
        this.control = control;
        this.time = time;
        inner = FlowControls.For(options, start, time);
    }

    /// <inheritdoc/>
    public int BatchSize => Current().BatchSize;

    /// <inheritdoc/>
    public async ValueTask<FlowPermit> AcquireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change = control.Changed;
            IFlowControl current = Current();
            using var looking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<FlowPermit> permit = current.AcquireAsync(looking.Token).AsTask();
            if (!permit.IsCompleted)
            {
                await Task.WhenAny(permit, change).ConfigureAwait(false);
                await looking.CancelAsync().ConfigureAwait(false);
            }

            FlowPermit granted;
            try
            {
                granted = (await permit.ConfigureAwait(false)) with { Giver = current };
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Something was set meanwhile: ask again, perhaps another one.
                continue;
            }

            if (ReferenceEquals(current, Current()))
            {
                return granted;
            }

            current.Abandon(granted);
        }
    }

    /// <inheritdoc/>
    public void Release(FlowPermit permit, in FlowSample sample)
    {
        if (sample.Outcome == WriteOutcome.Ok)
        {
            Interlocked.Add(ref taken, sample.Vectors);
        }

        Giver(permit).Release(permit, sample);
    }

    /// <inheritdoc/>
    public void Abandon(FlowPermit permit) => Giver(permit).Abandon(permit);

    /// <inheritdoc/>
    public string Describe() => Current().Describe();

    /// <inheritdoc/>
    public FlowSummary Summarize() => Current().Summarize();

    /// <inheritdoc/>
    public void Interrupt() => Current().Interrupt();

    /// <inheritdoc/>
    public FlowChange? TakeChange()
    {
        IFlowControl current = Current();
        lock (gate)
        {
            if (news is FlowChange told)
            {
                news = null;
                return told;
            }
        }

        return current.TakeChange();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            inner.Dispose();
            replaced.ForEach(static flow => flow.Dispose());
            replaced.Clear();
        }
    }

    private long? Left() => start.Vectors is long all ? Math.Max(0, all - Interlocked.Read(ref taken)) : null;

    private IFlowControl Giver(FlowPermit permit) => permit.Giver ?? Current();

    private IFlowControl Current()
    {
        PaceSettings pace = control.Pace;
        lock (gate)
        {
            if (ReferenceEquals(pace, applied))
            {
                return inner;
            }

            bool changesFlow = pace with { RequestsPerSecond = null } != applied with { RequestsPerSecond = null };
            applied = pace;
            if (changesFlow)
            {
                UploadOptions asked = pace.Apply(options, inner.Summarize());
                replaced.Add(inner);
                inner = FlowControls.For(asked, start with { Vectors = Left() }, time);
                FlowSummary now = inner.Summarize();
                news = new FlowChange(now.BatchSize, now.ThrottleLimit, "set while the run was under way");
            }

            return inner;
        }
    }
}
