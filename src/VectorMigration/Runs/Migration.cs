using System.Diagnostics;
using System.Runtime.CompilerServices;
using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Files;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// The whole job: plan → create or check the collection → upload → count → read back. The one command, the pipeline and the command line are all this.
/// </summary>
public sealed class Migration
{
    private readonly IVectorSource source;
    private readonly IPayloadSource? payload;
    private readonly IVectorStore store;
    private readonly IRetryPolicy retry;
    private readonly MigrationOptions options;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;
    private PlannedRun? agreed;

    /// <summary>Sets a migration up; nothing is read or sent yet. Source, payload and store stay the caller's to dispose.</summary>
    public Migration(IVectorSource source, IPayloadSource? payload, IVectorStore store, IRetryPolicy retry, MigrationOptions options, IRunObserver observer, TimeProvider? time = null)
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

    /// <summary>Id of this run.</summary>
    public Guid RunId { get; } = Guid.NewGuid();

    /// <summary>
    /// Plans: checks index, ids, options and target against each other without changing anything.
    /// A run of this migration that follows does what was planned here, so that ids are scanned once.
    /// With <see cref="MigrationOptions.DryRun"/> the plan tells every reason for which the run would be refused.
    /// </summary>
    /// <exception cref="MigrationException">The run would be refused; the first reason. Not with <see cref="MigrationOptions.DryRun"/>.</exception>
    public async Task<MigrationPlan> PlanAsync(CancellationToken cancellationToken)
    {
        agreed = await NewPlanner().PlanAsync(cancellationToken).ConfigureAwait(false);
        return agreed.Plan;
    }

    /// <summary>Runs to the end and answers with the result, errors and cancellation included: it throws neither <see cref="MigrationException"/> nor <see cref="OperationCanceledException"/>.</summary>
    public async Task<MigrationResult> RunAsync(CancellationToken cancellationToken)
    {
        var state = new RunState(options.Upload.SlowThreshold);
        long started = Stopwatch.GetTimestamp();
        try
        {
            await RunStepsAsync(state, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            state.Status = MigrationStatus.Interrupted;
        }
        catch (Exception e)
        {
            MigrationException error = ChangeBehind(e as MigrationException ?? CommonErrors.Unexpected(e), state);
            state.Error = error;
            state.Status = !state.Uploading ? MigrationStatus.Refused : error.Resumable ? MigrationStatus.Interrupted : MigrationStatus.Failed;
        }

        MigrationResult result = state.ToResult(RunId, source, store, options) with { Duration = Stopwatch.GetElapsedTime(started) };
        try
        {
            observer.OnEvent(new RunEnded(RunId, time.GetUtcNow(), result));
        }
        catch (MigrationException e) when (result.Status is MigrationStatus.Completed or MigrationStatus.Planned)
        {
            result = result with { Status = MigrationStatus.Failed, Error = e.ToRecord() };
        }
        catch (MigrationException)
        {
            // The run failed for an earlier reason, which the result tells.
        }

        return result;
    }

    /// <summary>Verifies what is in the collection against the source, without sending anything.</summary>
    /// <exception cref="MigrationException">The collection is missing or cannot be compared.</exception>
    public Task<VerificationResult> VerifyAsync(CancellationToken cancellationToken) =>
        new MigrationCheck(source, payload, store, retry, options, observer, time).VerifyAsync(forRepair: false, cancellationToken);

    private MigrationPlanner NewPlanner(Action? beforeCreating = null) => new(source, payload, store, options, RunId, beforeCreating, History);

    private async Task RunStepsAsync(RunState state, CancellationToken cancellationToken)
    {
        Tell(new PhaseStarted(RunId, time.GetUtcNow(), "plan", source.Description.Count));
        (PlannedRun planned, MigrationJournal? opened) = await PlanAndOpenAsync(cancellationToken).ConfigureAwait(false);
        state.Planned = planned;
        using MigrationJournal? journal = opened;
        if (journal is not null && journal.Acknowledged.Count != planned.Journal!.Acknowledged.Count)
        {
            // Another run wrote to it between the plan and the lock.
            planned = await NewPlanner().PlanAsync(cancellationToken).ConfigureAwait(false);
            state.Planned = planned;
        }

        MigrationPlan plan = planned.Plan;
        Tell(new RunStarted(RunId, time.GetUtcNow(), plan));
        foreach (string warning in plan.Warnings)
        {
            Tell(new RunWarning(RunId, time.GetUtcNow(), warning));
        }

        if (options.DryRun)
        {
            state.Status = plan.Refusals.Count > 0 ? MigrationStatus.Refused : MigrationStatus.Planned;
            return;
        }

        await PrepareCollectionAsync(planned, cancellationToken).ConfigureAwait(false);
        // Servers that keep no metadata drop the run id in silence: where that may be so, what counts is what the collection says.
        state.CollectionRun = !plan.CreatesCollection ? planned.CollectionRun
            : planned.KeepsMetadata ? RunId.ToString()
            : JournalTarget.RunOf(await store.GetCollectionAsync(options.Collection, cancellationToken).ConfigureAwait(false));
        BeginJournal(journal, planned, state.CollectionRun);
        RunIndexing indexing = new(store, options.Collection, options.Indexing, options.Upload.GiveUpAfter, message => Tell(new RunWarning(RunId, time.GetUtcNow(), message)), time);
        try
        {
            await indexing.BeginAsync(new LoadTarget(plan.CreatesCollection || plan.PresentBefore == 0, planned.IndexingMarked, planned.KeepsMetadata), cancellationToken).ConfigureAwait(false);
            await SendAndProveAsync(state, journal, indexing, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (journal is not null && ChangeBehind(e, state).VoidsProgress)
        {
            journal.Forget();
            throw;
        }
        finally
        {
            await indexing.AbandonAsync(hurried: cancellationToken.IsCancellationRequested).ConfigureAwait(false);
            state.Indexing = indexing.Result;
        }
    }

    private async Task SendAndProveAsync(RunState state, MigrationJournal? journal, RunIndexing indexing, CancellationToken cancellationToken)
    {
        await UploadAsync(state, journal, cancellationToken).ConfigureAwait(false);
        if (state.Outcome!.Cancelled)
        {
            state.Status = MigrationStatus.Interrupted;
            return;
        }

        if (state.Outcome.Stop is MigrationException stop)
        {
            throw stop;
        }

        RefuseChangedSources();
        await indexing.EndAsync(cancellationToken).ConfigureAwait(false);
        await ProveAsync(state, cancellationToken).ConfigureAwait(false);
        RefuseChangedSources();
        bool complete = state.Outcome.Failed == 0 && state.LeftOut == 0 && state.Verification is null or { Passed: true };
        if (options.Indexing.Wait)
        {
            await AwaitIndexAsync(indexing, complete, state.Planned!.Plan.Count, cancellationToken).ConfigureAwait(false);
        }

        state.Status = complete ? MigrationStatus.Completed : MigrationStatus.Incomplete;
    }

    /// <summary>An index that is not done in time leaves a complete migration resumable: run again, it goes on waiting.</summary>
    private async Task AwaitIndexAsync(RunIndexing indexing, bool complete, long expected, CancellationToken cancellationToken)
    {
        const string phase = "index";
        Tell(new PhaseStarted(RunId, time.GetUtcNow(), phase, expected));
        IndexingResult indexed = await indexing.WaitAsync((done, total) => Tell(new PhaseAdvanced(RunId, time.GetUtcNow(), phase, done, total)), cancellationToken).ConfigureAwait(false);
        if (complete && indexed.Status == IndexingStatus.Unfinished)
        {
            throw IndexingErrors.Unfinished(options.Collection, indexed);
        }
    }

    /// <summary>Looks whether it is still the same collection, and verifies meanwhile what is in it.</summary>
    private async Task ProveAsync(RunState state, CancellationToken cancellationToken)
    {
        PlannedRun planned = state.Planned!;
        using var proving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long already = planned.Plan.RecreatesCollection ? 0 : planned.Plan.PresentBefore;
        Task<VerificationResult>? proof = options.Verification == VerificationMode.None ? null : VerifyAsync(planned, options.Verification, already, state.LeftOut, proving.Token);
        try
        {
            await RefuseReplacedCollectionAsync(state, cancellationToken).ConfigureAwait(false);
        }
        catch when (proof is not null)
        {
            await proving.CancelAsync().ConfigureAwait(false);
            await ((Task)proof).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        state.Verification = proof is null ? null : await proof.ConfigureAwait(false);
    }

    private async Task PrepareCollectionAsync(PlannedRun planned, CancellationToken cancellationToken)
    {
        MigrationPlan plan = planned.Plan;
        if (!plan.CreatesCollection)
        {
            return;
        }

        Tell(new PhaseStarted(RunId, time.GetUtcNow(), "collection", 1));
        if (planned.Created)
        {
            return;
        }

        if (plan.RecreatesCollection)
        {
            await store.DeleteCollectionAsync(plan.Collection, cancellationToken).ConfigureAwait(false);
        }

        await store.CreateCollectionAsync(plan.Collection, plan.Settings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The journal is opened before anything is created; of a run that is refused it leaves nothing.</summary>
    private async Task<(PlannedRun Planned, MigrationJournal? Journal)> PlanAndOpenAsync(CancellationToken cancellationToken)
    {
        MigrationJournal? journal = null;
        try
        {
            PlannedRun planned = agreed ?? await NewPlanner(() => journal = OpenJournal()).PlanAsync(cancellationToken).ConfigureAwait(false);
            return (planned, journal ?? OpenJournal());
        }
        catch
        {
            journal?.Withdraw();
            throw;
        }
    }

    private MigrationJournal? OpenJournal() =>
        options is { DryRun: false, JournalPath: string path } ? MigrationJournal.Open(path, options.Restart || options.Recreate, time) : null;

    /// <summary>Goes on with the journal, or begins it where it says nothing that could be gone on with.</summary>
    private void BeginJournal(MigrationJournal? journal, PlannedRun planned, string? collectionRun)
    {
        if (journal is null)
        {
            return;
        }

        if (journal.Acknowledged.Count > 0)
        {
            journal.GoOn();
            return;
        }

        SourceIdentity index = source.Description.Identity;
        journal.Begin(new JournalHeader(planned.Key!, collectionRun, time.GetUtcNow(), source.Description.Path, index.LastWriteTimeUtc));
    }

    private async Task UploadAsync(RunState state, MigrationJournal? journal, CancellationToken cancellationToken)
    {
        MigrationPlan plan = state.Planned!.Plan;
        Tell(new PhaseStarted(RunId, time.GetUtcNow(), "upload", plan.Count - plan.Acknowledged));
        state.Uploading = true;
        var feed = new IndexFeed(source, payload, options.Feed, plan.Offset, plan.Count, state.Planned.Ids.Superseded, vector =>
        {
            state.Leave(vector);
            Tell(new VectorSkipped(RunId, time.GetUtcNow(), vector));
        }, journal?.Acknowledged.Copy());
        await using ConfiguredAsyncDisposable feeding = feed.ConfigureAwait(false);
        using IFlowControl flow = NewFlow(state.Planned);
        IPointTarget target = store.OpenTarget(plan.Collection, options.VectorName);
        var watch = new CompositeObserver([.. journal is null ? [] : (IRunObserver[])[new JournalObserver(journal, state.Planned.Ids.Superseded)], new DelegateObserver(state.OnEvent), observer]);
        var engine = new UploadEngine(target, flow, retry, options.Upload, RunId, watch, time);
        state.Outcome = await engine.RunAsync(feed, cancellationToken).ConfigureAwait(false);
        state.Flow = flow.Summarize();
        journal?.Complete();
    }

    private IFlowControl NewFlow(PlannedRun planned)
    {
        MigrationPlan plan = planned.Plan;
        var start = new FlowStart
        {
            Dimension = plan.Index.Dimension,
            Vectors = plan.Count - plan.Acknowledged - planned.Ids.Duplicates,
            RoundTrip = planned.RoundTrip,
            Limit = planned.Limit,
            ReadLimit = WriteRateLimits.Reader(store, plan.Collection),
        };
        return FlowControls.For(options.Upload, start, time);
    }

    private async Task<VerificationResult> VerifyAsync(PlannedRun planned, VerificationMode mode, long presentBefore, long leftOut, CancellationToken cancellationToken)
    {
        MigrationPlan plan = planned.Plan;
        string phase = mode == VerificationMode.Count ? "count" : "verify";
        long total = mode == VerificationMode.Sample ? Math.Min(options.SampleSize, plan.Count) : plan.Count;
        Tell(new PhaseStarted(RunId, time.GetUtcNow(), phase, total));
        var gate = new Lock();
        var verifier = new Verifier(source, payload, store, planned.Scope(options));
        return await verifier.RunAsync(
            new VerificationTask(mode, presentBefore, leftOut, new Findings(forRepair: false, upsertsWholePoints: false)) { SampleSize = options.SampleSize },
            done =>
            {
                // Readers finish side by side; observers are told one at a time.
                lock (gate)
                {
                    Tell(new PhaseAdvanced(RunId, time.GetUtcNow(), phase, done, total));
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Somebody may have deleted the collection while vectors were sent, and made one of the same name: what was acknowledged before is gone then.</summary>
    private async Task RefuseReplacedCollectionAsync(RunState state, CancellationToken cancellationToken)
    {
        CollectionDescription? now = await store.GetCollectionAsync(options.Collection, cancellationToken).ConfigureAwait(false);
        if (now is null || JournalTarget.RunOf(now) != state.CollectionRun)
        {
            throw CollectionErrors.Replaced(options.Collection, store.Endpoint, now is null);
        }
    }

    /// <summary>Every batch is read under a check of length and time; their content is compared once more where it counts.</summary>
    private void RefuseChangedSources()
    {
        (source as ISteadyFile)?.ThrowIfContentChanged();
        (payload as ISteadyFile)?.ThrowIfContentChanged();
    }

    /// <summary>The change of a source, where that is what led to an error while vectors were sent; otherwise the error itself.</summary>
    private MigrationException ChangeBehind(MigrationException error, RunState state)
    {
        if (!state.Uploading || error.VoidsProgress)
        {
            return error;
        }

        try
        {
            RefuseChangedSources();
            return error;
        }
        catch (MigrationException change) when (change.VoidsProgress)
        {
            return change;
        }
        catch (MigrationException)
        {
            // The source cannot be read at all; the first error tells more.
            return error;
        }
    }

    private void Tell(RunEvent runEvent) => observer.OnEvent(runEvent);
}
