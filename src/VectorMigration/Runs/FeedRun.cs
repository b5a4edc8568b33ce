using System.Diagnostics;
using System.Runtime.CompilerServices;
using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// One run, whatever feeds it: plan → journal → collection → upload → index → proof → result. The one command and the pipeline are both this, with
/// another <see cref="IRunInput"/>.
/// </summary>
internal sealed partial class FeedRun
{
    private readonly IRunInput input;
    private readonly IVectorStore store;
    private IVectorStore writing;
    private ShardKeys? shards;
    private readonly IRetryPolicy retry;
    private readonly MigrationOptions options;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;
    private readonly RunPlanning planning;
    private readonly RunMarks marks;
    private readonly CollectionStep collection;
    private readonly RunProof proof;
    private readonly RunState state;

    /// <summary>Sets a run up; nothing is read or sent yet.</summary>
    public FeedRun(IRunInput input, IVectorStore store, IRetryPolicy retry, MigrationOptions options, Guid runId, IRunObserver observer, TimeProvider time)
    {
        this.input = input;
        this.store = store;
        writing = options.WriteOrdering is { } ordering && store is IClusterStore cluster ? cluster.Writing(ordering, null) : store;
        this.retry = retry;
        this.options = options;
        this.observer = observer;
        this.time = time;
        RunId = runId;
        planning = new RunPlanning(input, store, options, time);
        marks = new RunMarks(store, options.Collection, () => input.Mark(time.GetUtcNow()), options.OnExisting != ExistingPoints.Overwrite, time);
        collection = new CollectionStep(store, options.Collection, runId, marks);
        state = new RunState(options.Upload.SlowThreshold);
        proof = new RunProof(input, store, options, state, marks, Tell, runId, time) { Turn = token => Control?.WaitAsync(token) ?? default };
    }

    /// <summary>Id of this run.</summary>
    public Guid RunId { get; }

    /// <summary>Why it ended before its time, or null; known when it has ended.</summary>
    public MigrationException? Failure => state.Error;

    /// <summary>A vector is left out. From any thread.</summary>
    public void LeaveOut(SkippedVector vector)
    {
        state.Leave(vector);
        Tell(new VectorSkipped(RunId, time.GetUtcNow(), vector));
    }

    private async Task<MigrationResult> RunToEndAsync(PlannedRun? agreed, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using OutageEvents outages = new(store, options.Upload, RunId, observer, time);
        try
        {
            await RunStepsAsync(agreed, outages, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            state.Status = MigrationStatus.Interrupted;
        }
        catch (Exception e)
        {
            MigrationException error = ChangeBehind(e as MigrationException ?? CommonErrors.Unexpected(e));
            state.Error = error;
            state.Status = !state.Uploading ? MigrationStatus.Refused : error.Resumable ? MigrationStatus.Interrupted : MigrationStatus.Failed;
        }

        outages.Dispose();
        if (state.NoteEmptyCollection(collection.IsDone, options.Collection) is string empty)
        {
            Warn(empty);
        }

        return End(Stopwatch.GetElapsedTime(started));
    }

    private MigrationResult End(TimeSpan duration)
    {
        state.Planned = state.Planned is null ? null : input.Finished(state.Planned);
        MigrationResult result = state.ToResult(RunId, input.Path, store, options) with { Duration = duration };
        try
        {
            Tell(new RunEnded(RunId, time.GetUtcNow(), result));
        }
        catch (MigrationException e) when (result.Status is MigrationStatus.Completed or MigrationStatus.Planned)
        {
            state.Error = e;
            result = result with { Status = MigrationStatus.Failed, Error = e.ToRecord() };
        }
        catch (MigrationException)
        {
            // The run failed for an earlier reason, which the result tells.
        }

        return result;
    }

    private async Task RunStepsAsync(PlannedRun? agreed, OutageEvents outages, CancellationToken cancellationToken)
    {
        Tell(new PhaseStarted(RunId, time.GetUtcNow(), "plan", input.Expected));
        if (agreed is null)
        {
            input.Survey(cancellationToken);
        }

        // Open the journal before anything is created: nothing is sent unless it can be recorded.
        using var journal = RunJournal.Open(options, time);
        await PlanAsync(agreed, journal, cancellationToken).ConfigureAwait(false);
        TellPlan();
        if (options.DryRun)
        {
            state.Status = state.Planned!.Plan.Refusals.Count > 0 ? MigrationStatus.Refused : MigrationStatus.Planned;
            return;
        }

        store.SetPatience(options.Upload.Patience);
        outages.IsPatient = true;
        await PrepareCollectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RunMarkedAsync(journal, outages, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // A server that was given up on is not asked for long: the run ends when it said that it would.
            await marks.EndAsync(hurried: cancellationToken.IsCancellationRequested || outages.IsLost).ConfigureAwait(false);
        }
    }

    /// <summary>What the run does once its collection is there.</summary>
    private async Task RunMarkedAsync(RunJournal journal, OutageEvents outages, CancellationToken cancellationToken)
    {
        await MarkAsync(cancellationToken).ConfigureAwait(false);
        PlannedRun planned = state.Planned!;
        journal.Begin(() => input.HeaderOf(planned, state.CollectionRun, time.GetUtcNow()), planned.Owned, planned.Attempted,
            planned.BeginsAnew, () => input.RecordIds(planned, state.CollectionRun, cancellationToken), planned.Plan.FromPipeline, planned.Sent);
        if (planned.Existing is { } there)
        {
            journal.Own(there.Equal, planned.Owned);
        }

        RunIndexing indexing = new(store, options.Collection, options.Indexing, options.Upload.GiveUpAfter, Warn, time);
        try
        {
            await indexing.BeginAsync(planned.Load, cancellationToken).ConfigureAwait(false);
            await SendAndProveAsync(journal, indexing, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (ChangeBehind(e).VoidsProgress)
        {
            input.KeepIds();
            journal.Invalidate();
            throw;
        }
        finally
        {
            if (input.IsChanged && planned.KeepsMetadata)
            {
                await ChangedMark.PutAsync(store, options.Collection, RunId, CancellationToken.None).ConfigureAwait(false);
            }

            await indexing.AbandonAsync(hurried: cancellationToken.IsCancellationRequested || outages.IsLost).ConfigureAwait(false);
            state.Indexing = indexing.Result;
        }
    }

    /// <summary>Leaves the mark of this run in its collection, where there is something to send and the server keeps it.</summary>
    private async Task MarkAsync(CancellationToken cancellationToken)
    {
        PlannedRun planned = state.Planned!;
        MigrationPlan plan = planned.Plan;
        bool sends = plan.FromPipeline || plan.Count - plan.Acknowledged - (planned.Existing?.Held ?? 0) > 0;
        if (sends && planned.KeepsMetadata
            && await marks.BeginAsync(plan.CreatesCollection, cancellationToken).ConfigureAwait(false) is long present)
        {
            state.Planned = planned with { Plan = plan with { PresentBefore = present } };
        }
    }

    /// <summary>Plans, where that was not done before, or what was planned holds no longer.</summary>
    private async Task PlanAsync(PlannedRun? agreed, RunJournal journal, CancellationToken cancellationToken)
    {
        if (agreed is not null && (journal.Acknowledged is not long acknowledged || acknowledged == agreed.Journal!.Acknowledged.Count))
        {
            state.Planned = agreed;
            return;
        }

        // There was no plan, or another run wrote to the journal between the plan and the lock.
        // Whether several endpoints are one cluster has to be known before anything is created.
        bool mayCreate = options is { DryRun: false, Recreate: false, SliceCollection: null } && store is not IClusterStore { HasSeveralNodes: true };
        CollectionSettings? atOnce = mayCreate && journal.Acknowledged is null or 0 ? input.SettingsAtOnce : null;
        state.Planned = await planning.PlanAgainAsync(
            token => atOnce is null ? planning.AskAsync(token) : collection.AskAndCreateAsync(planning.AskAsync, atOnce, token), cancellationToken)
                .ConfigureAwait(false);
    }

    private void TellPlan()
    {
        Tell(new RunStarted(RunId, time.GetUtcNow(), state.Planned!.Plan));
        foreach (string warning in state.Planned.Plan.Warnings)
        {
            Warn(warning);
        }
    }

    private async Task PrepareCollectionAsync(CancellationToken cancellationToken)
    {
        PlannedRun planned = state.Planned!;
        if (planned.Plan.CreatesCollection)
        {
            Tell(new PhaseStarted(RunId, time.GetUtcNow(), "collection", 1));
            if (!await collection.TryPrepareAsync(planned.Plan, cancellationToken).ConfigureAwait(false))
            {
                // Somebody else has created the collection meanwhile: check it like any that exists.
                planned = await planning.PlanAgainAsync(planning.AskAsync, cancellationToken).ConfigureAwait(false);
                string[] told = [.. state.Planned!.Plan.Warnings];
                state.Planned = planned;
                foreach (string warning in planned.Plan.Warnings.Except(told))
                {
                    Warn(warning);
                }
            }
        }

        if (!planned.Plan.CreatesCollection)
        {
            await collection.PrepareExistingAsync(planned.Plan, cancellationToken).ConfigureAwait(false);
        }

        if (options.HasShardKeys)
        {
            shards = new ShardKeys(store, options.Collection);
            writing = options.ShardKey is not { } text ? writing
                : shards.Writing(options.WriteOrdering, await shards.EnsureAsync(text, cancellationToken).ConfigureAwait(false));
        }

        // Older servers drop metadata silently. Where that is possible, read the run id back from the collection.
        state.CollectionRun = !planned.Plan.CreatesCollection ? planned.CollectionRun
            : planned.KeepsMetadata ? RunId.ToString()
            : JournalTarget.RunOf(await store.GetCollectionAsync(options.Collection, cancellationToken).ConfigureAwait(false));
    }

    private async Task SendAndProveAsync(RunJournal journal, RunIndexing indexing, CancellationToken cancellationToken)
    {
        await UploadAsync(journal, cancellationToken).ConfigureAwait(false);
        if (state.Outcome!.Cancelled)
        {
            state.Status = MigrationStatus.Interrupted;
            return;
        }

        if (state.Outcome.Stop is MigrationException stop)
        {
            throw stop;
        }

        input.ThrowIfChanged();
        state.Pruned = await SettleAsync(cancellationToken).ConfigureAwait(false);
        await indexing.EndAsync(cancellationToken).ConfigureAwait(false);
        await proof.RunAsync(cancellationToken).ConfigureAwait(false);
        input.ThrowIfChanged();
        bool complete = state.Outcome.Failed == 0 && state.LeftOut == 0 && state.LeftThere == 0 && state.Verification is null or { Passed: true };
        await marks.EndAsync(hurried: false).ConfigureAwait(false);
        if (options.Indexing.Wait)
        {
            await AwaitIndexAsync(indexing, complete, cancellationToken).ConfigureAwait(false);
        }

        state.Status = complete ? MigrationStatus.Completed : MigrationStatus.Incomplete;
    }

    private async Task UploadAsync(RunJournal journal, CancellationToken cancellationToken)
    {
        PlannedRun planned = state.Planned!;
        MigrationPlan plan = planned.Plan;
        long notSent = planned.Existing?.Held ?? 0;
        Tell(new PhaseStarted(RunId, time.GetUtcNow(), "upload", plan.Count - plan.Acknowledged - notSent));
        state.Uploading = true;
        using IFlowControl flow = NewFlow(planned);
        using IDisposable? described = Control?.Describe(flow.Summarize);
        input.UseRecord(journal.Sent, journal.Header);
        IRunFeed feed = input.OpenFeed(planned, flow, NotSent(journal.CopyAcknowledged(), planned.Existing), LeaveOut);
        await using ConfiguredAsyncDisposable feeding = feed.ConfigureAwait(false);
        using UploadWay way = UploadWay.Open(
            writing, options, planned, journal, input.HasOwnId, marks.MetOthers, time, shards);
        var watch = new CompositeObserver([.. way.Before(journal.Observer(planned.Noted)) is { } notes ? (IRunObserver[])[notes] : [],
            new DelegateObserver(state.OnEvent), observer]);
        var engine = new UploadEngine(way.Target, flow, retry, options.Upload, RunId, watch, time, Control);
        state.Outcome = await engine.RunAsync(feed, cancellationToken).ConfigureAwait(false);
        state.Flow = flow.Summarize();
        way.Warnings.ToList().ForEach(Warn);
        state.LeftThere = way.IsGuarded ? state.Outcome.LeftThere : planned.Existing is { } there ? there.Plan.Conflicts + there.Plan.Absent : 0;
        if (state.Outcome is { Stop: null, Cancelled: false })
        {
            await way.FinishAsync(cancellationToken).ConfigureAwait(false);
        }

        journal.Complete();
    }

    /// <summary>Nothing is deleted while vectors are missing for which their points may have been meant.</summary>
    private async Task<long> SettleAsync(CancellationToken cancellationToken)
    {
        PlannedRun planned = state.Planned!;
        if (planned.Plan.Sync is not { Recorded: > 0 } sync || state.Outcome!.Failed > 0)
        {
            return 0;
        }

        if (sync.Deleted > 0)
        {
            Tell(new PhaseStarted(RunId, time.GetUtcNow(), "prune", sync.Deleted));
        }

        return await input.SettleAsync(planned, cancellationToken).ConfigureAwait(false);
    }

    private static OrdinalSet? NotSent(OrdinalSet? acknowledged, ExistingFindings? existing)
    {
        if (existing is null || existing.NotSent.Count == 0)
        {
            return acknowledged;
        }

        OrdinalSet all = acknowledged ?? new OrdinalSet();
        all.AddAll(existing.NotSent);
        return all;
    }

    private IFlowControl NewFlow(PlannedRun planned)
    {
        MigrationPlan plan = planned.Plan;
        var start = new FlowStart
        {
            Dimension = plan.Settings.Dimension,
            Vectors = plan.FromPipeline ? null : plan.Count - plan.Acknowledged - planned.Ids.Duplicates - (planned.Existing?.Held ?? 0),
            RoundTrip = planned.RoundTrip,
            Limit = planned.Limit,
            ReadLimit = WriteRateLimits.Reader(store, plan.Collection),
        };
        return Control is null ? FlowControls.For(options.Upload, start, time) : new SteeredFlowControl(options.Upload, start, Control, time);
    }

    /// <summary>An index that is not done in time leaves a complete migration resumable: run again, it goes on waiting.</summary>
    private async Task AwaitIndexAsync(RunIndexing indexing, bool complete, CancellationToken cancellationToken)
    {
        const string phase = "index";
        Tell(new PhaseStarted(RunId, time.GetUtcNow(), phase, state.Planned!.Plan.Count));
        IndexingResult indexed = await indexing.WaitAsync((done, total) => Tell(new PhaseAdvanced(RunId, time.GetUtcNow(), phase, done, total)),
            cancellationToken).ConfigureAwait(false);
        if (complete && indexed.Status == IndexingStatus.Unfinished)
        {
            throw IndexingErrors.Unfinished(options.Collection, indexed, input.WaitAdvice);
        }
    }

    /// <summary>The change of a source, where that is what led to an error while vectors were sent; otherwise the error itself.</summary>
    private MigrationException ChangeBehind(MigrationException error)
    {
        if (!state.Uploading || error.VoidsProgress)
        {
            return error;
        }

        try
        {
            input.ThrowIfChanged();
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

    private void Warn(string message) => Tell(new RunWarning(RunId, time.GetUtcNow(), message));

    private void Tell(RunEvent runEvent) => observer.OnEvent(runEvent);
}
