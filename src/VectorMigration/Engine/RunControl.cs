namespace VectorMigration.Engine;

/// <summary>
/// What is asked of a run while it is under way: to pause, to continue, to keep to another pace, to stop. The engine and the steps of the run look at it;
/// another session sets it. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A source without a timer holds nothing, and a run that ends may still hold its token.
internal sealed class RunControl
#pragma warning restore CA1001
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<RunControl>? follower;
    private Func<FlowSummary>? flow;
    private PaceSettings pace = PaceSettings.None;
    private bool paused;
    private int underWay;

    /// <summary>Nothing more is started until the run is resumed.</summary>
    public bool IsPaused
    {
        get
        {
            lock (gate)
            {
                return paused;
            }
        }
    }

    /// <summary>Completes at the next change. Take it before looking at what can change.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
            {
                return changed.Task;
            }
        }
    }

    /// <summary>Cancelled when the run is to stop, as Ctrl+C stops it.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>The pace that was set; another object after each change.</summary>
    public PaceSettings Pace
    {
        get
        {
            lock (gate)
            {
                return pace;
            }
        }
    }

    /// <summary>Batches that were sent and not answered yet.</summary>
    public int UnderWay
    {
        get => Volatile.Read(ref underWay);
        set => Volatile.Write(ref underWay, value);
    }

    /// <summary>Batch size and parallelism at present; null while nothing is sent.</summary>
    public FlowSummary? Flow
    {
        get
        {
            Func<FlowSummary>? now;
            lock (gate)
            {
                now = flow;
            }

            return now?.Invoke();
        }
    }

    /// <summary>Starts nothing more. False where that is so already.</summary>
    public bool Pause() => Set(isPaused: true);

    /// <summary>Continues. False where the run is not paused.</summary>
    public bool Resume() => Set(isPaused: false);

    /// <summary>Keeps to another pace from the next batch on.</summary>
    public void SetPace(PaceSettings settings)
    {
        lock (gate)
        {
            pace = settings.Over(pace);
        }

        Tell();
    }

    /// <summary>Ends the run resumable.</summary>
    public void Stop() => _ = stopping.CancelAsync();

    /// <summary>Waits while the run is paused.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change = Changed;
            if (!IsPaused)
            {
                return;
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Calls something now and after each change, until what is returned is disposed.</summary>
    public IDisposable Follow(Action<RunControl> act)
    {
        lock (gate)
        {
            follower = act;
        }

        act(this);
        return new Ending(() =>
        {
            lock (gate)
            {
                follower = null;
            }
        });
    }

    /// <summary>Says what the batch size and the parallelism are, until what is returned is disposed.</summary>
    public IDisposable Describe(Func<FlowSummary> summarize)
    {
        lock (gate)
        {
            flow = summarize;
        }

        return new Ending(() =>
        {
            lock (gate)
            {
                flow = null;
            }
        });
    }

    private bool Set(bool isPaused)
    {
        lock (gate)
        {
            if (paused == isPaused)
            {
                return false;
            }

            paused = isPaused;
        }

        Tell();
        return true;
    }

    private void Tell()
    {
        TaskCompletionSource told;
        Action<RunControl>? act;
        lock (gate)
        {
            told = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            act = follower;
        }

        act?.Invoke(this);
        told.TrySetResult();
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
