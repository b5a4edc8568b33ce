using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// The whole job in one: an index as it lies in its file, planned, sent, counted and read back. The one command and the command line are this.
/// </summary>
public sealed class Migration
{
    private readonly IVectorSource source;
    private readonly IPayloadSource? payload;
    private readonly IVectorStore store;
    private readonly IRetryPolicy retry;
    private MigrationOptions options;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;
    private IndexInput? input;
    private PlannedRun? agreed;

    /// <summary>Sets a migration up; nothing is read or sent yet. Source, payload and store stay the caller's to dispose.</summary>
    public Migration(IVectorSource source, IPayloadSource? payload, IVectorStore store, IRetryPolicy retry, MigrationOptions options, IRunObserver observer,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(retry);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        this.source = source;
        this.payload = payload;
        this.store = store;
        this.retry = retry;
        this.options = options;
        this.observer = observer;
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Earlier runs, by which the plan tells how long this one will take; null for none.</summary>
    public IRunHistory? History { get; init; }

    /// <summary>By what the run is paused, paced and stopped from outside; null where nobody can.</summary>
    internal RunControl? Control { get; init; }

    /// <summary>Id of this run.</summary>
    public Guid RunId { get; } = Guid.NewGuid();

    // What the planning has read of the index holds for the run too.
    private IndexInput Input => input ??= new IndexInput(source, payload, store, options, RunId, History) { OnLook = observer.OnEvent };

    /// <summary>
    /// Plans: checks index, ids, options and target against each other without changing anything.
    /// A run of this migration that follows does what was planned here, so that ids are scanned once.
    /// With <see cref="MigrationOptions.DryRun"/> the plan tells every reason for which the run would be refused.
    /// </summary>
    /// <exception cref="MigrationException">The run would be refused; the first reason. Not with <see cref="MigrationOptions.DryRun"/>.</exception>
    public async Task<MigrationPlan> PlanAsync(CancellationToken cancellationToken)
    {
        using OutageEvents outages = new(store, options.Upload, RunId, observer, time);
        options = await MovedJournal.ApplyAsync(options, source.Description, store, cancellationToken).ConfigureAwait(false);
        agreed = await new RunPlanning(Input, store, options, time).PlanAsync(cancellationToken).ConfigureAwait(false);
        return agreed.Plan;
    }

    /// <summary>Runs to the end and answers with the result, errors and cancellation included: it throws neither <see cref="MigrationException"/> nor
    /// <see cref="OperationCanceledException"/>.</summary>
    public async Task<MigrationResult> RunAsync(CancellationToken cancellationToken)
    {
        if (agreed is null)
        {
            try
            {
                options = await MovedJournal.ApplyAsync(options, source.Description, store, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The run says that it was interrupted.
            }
        }

        FeedRun run = new(Input, store, retry, options, RunId, observer, time) { Control = Control };
        return await run.RunAsync(agreed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Verifies what is in the collection against the source, without sending anything.</summary>
    /// <exception cref="MigrationException">The collection is missing or cannot be compared.</exception>
    public Task<VerificationResult> VerifyAsync(CancellationToken cancellationToken) =>
        new MigrationCheck(source, payload, store, retry, options, observer, time).VerifyAsync(forRepair: false, cancellationToken);
}
