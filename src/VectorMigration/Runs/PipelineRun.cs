using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>
/// A run whose vectors come one by one, as a pipeline delivers them: planned by the first, begun once that is agreed to, fed, completed. One thread calls it;
/// the run itself goes on the pool, and its events come from there. Dispose interrupts what is under way and waits for it, so that nothing is on the wire
/// afterwards.
/// </summary>
internal sealed class PipelineRun : IAsyncDisposable
{
    private readonly FeedRun run;
    private readonly PipelineInput input;
    private readonly RunPlanning planning;
    private readonly CancellationTokenSource cancel = new();
    private readonly List<SkippedVector> early = [];
    private PlannedRun? agreed;
    private Task<MigrationResult>? running;
    private bool isDisposed;

    /// <summary>Sets a run up; nothing is asked or sent yet. The store stays the caller's to dispose.</summary>
    public PipelineRun(IVectorStore store, IRetryPolicy retry, MigrationOptions options, IRunObserver observer, TimeProvider? time = null,
        RunControl? control = null)
    {
        input = new PipelineInput(store, options, RunId);
        time ??= TimeProvider.System;
        planning = new RunPlanning(input, store, options, time);
        run = new FeedRun(input, store, retry, options, RunId, observer, time) { Control = control };
    }

    /// <summary>Id of this run.</summary>
    public Guid RunId { get; } = Guid.NewGuid();

    /// <summary>True when the run has ended, by itself or because it had to: further vectors are dropped.</summary>
    public bool HasEnded => running?.IsCompleted == true;

    /// <summary>Why the run ended before its time, or null; known when it has ended.</summary>
    public MigrationException? Failure => run.Failure;

    /// <summary>What the run came to; null until it has ended.</summary>
    public MigrationResult? Result => running is { IsCompletedSuccessfully: true } ended ? ended.Result : null;

    /// <summary>Plans by the first vector, without changing anything.</summary>
    /// <exception cref="MigrationException">The run is refused.</exception>
    public async Task<MigrationPlan> PlanAsync(InputVector first, CancellationToken cancellationToken)
    {
        input.Begin(first);
        agreed = await planning.PlanAsync(cancellationToken).ConfigureAwait(false);
        return agreed.Plan;
    }

    /// <summary>Begins what was planned: opens the journal, makes sure of the collection, and takes vectors from then on.</summary>
    /// <exception cref="MigrationException">The run is refused.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; the run goes on until it is disposed.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        running = Task.Run(() => run.RunAsync(agreed, cancel.Token), CancellationToken.None);
        await Task.WhenAny(input.Opened, running).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!input.Opened.IsCompleted)
        {
            await running.ConfigureAwait(false);
            throw Failure ?? throw new OperationCanceledException(cancel.Token);
        }

        foreach (SkippedVector vector in early)
        {
            run.LeaveOut(vector);
        }
    }

    /// <summary>
    /// Hands one vector over. Completes at once unless the run has enough to do; a caller that must also tell events does so until this has completed.
    /// </summary>
    /// <exception cref="MigrationException">The vector cannot be part of this run.</exception>
    public ValueTask AddAsync(in InputVector vector, CancellationToken cancellationToken) => input.AddAsync(vector, cancellationToken);

    /// <summary>Leaves a vector out that cannot be sent; it is counted and told.</summary>
    public void LeaveOut(SkippedVector vector)
    {
        input.LeaveOut(vector);
        if (running is null)
        {
            early.Add(vector);
        }
        else if (!HasEnded)
        {
            run.LeaveOut(vector);
        }
    }

    /// <summary>Says that no more vectors come and waits for the end.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up; the run goes on until it is disposed.</exception>
    public async Task<MigrationResult> CompleteAsync(CancellationToken cancellationToken)
    {
        await input.CompleteAsync(cancellationToken).ConfigureAwait(false);
        return await running!.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        await cancel.CancelAsync().ConfigureAwait(false);
        if (running is not null)
        {
            await running.ConfigureAwait(false);
        }

        input.Dispose();
        cancel.Dispose();
    }
}
