using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Send-QdrantBatch: takes vectors from the pipeline, batches, uploads in parallel, emits one result a batch.</summary>
[Cmdlet(VerbsCommunications.Send, "QdrantBatch", SupportsShouldProcess = true)]
[OutputType(typeof(QdrantBatchResult))]
public sealed class SendQdrantBatchCommand : UploadCommand, IDynamicParameters
{
    private readonly Guid runId = Guid.NewGuid();
    private readonly SeenIds seen = new();
    private readonly PerfAccumulator figures = new();
    private PipelineTarget? target;
    private InputRules? rules;
    private RunLog? log;
    private PipelineJournal? journal;
    private IndexingOptions asked = new();
    private RunIndexing? indexing;
    private IndexDescription? index;
    private long position;
    private long refused;
    private string endpoint = string.Empty;
    private bool declined;
    private bool forgetting;

    /// <summary>Vectors of Get-FaissVector, or objects with Id, Vector and perhaps Payload.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <summary>File that remembers what was acknowledged, so that the same pipeline goes on where it stopped; for vectors of Get-FaissVector.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JournalCompleter))]
    public string? JournalPath { get; set; }

    /// <summary>Begin the journal anew and send everything again.</summary>
    [Parameter]
    public SwitchParameter Restart { get; set; }

    /// <summary>Parameters that other cmdlets take too.</summary>
    internal IndexingParameters Indexing { get; } = new();

    /// <inheritdoc/>
    public object GetDynamicParameters() => Indexing;

    /// <inheritdoc/>
    internal override string Activity => $"Sending to {Collection}";

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        asked = Indexing.Options();
        if (LogDirectory is not null)
        {
            LogDirectory = IndexPaths.Unresolved(this, LogDirectory);
        }

        if (JournalPath is not null)
        {
            JournalPath = IndexPaths.Unresolved(this, JournalPath);
        }
        else if (Restart)
        {
            throw CommandErrors.RestartWithoutJournal();
        }
    }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        object? bare = InputObject is PSObject wrapped ? wrapped.BaseObject : InputObject;
        if (bare is FaissVector[] several)
        {
            foreach (FaissVector vector in several)
            {
                ProcessOne(vector);
            }
        }
        else if (bare is object?[] array)
        {
            foreach (object? item in array)
            {
                ProcessOne(item);
            }
        }
        else
        {
            ProcessOne(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (target is null)
        {
            WriteVerbose(declined ? $"{position} objects came through the pipeline; nothing was sent." : "Nothing came through the pipeline.");
            return;
        }

        UploadOutcome outcome = FinishUpload();
        EndProgress();
        Remember(Collection);
        string passed = journal is { Skipped: > 0 } ? string.Create(CultureInfo.InvariantCulture, $", {journal.Skipped} acknowledged by an earlier run and not sent again") : string.Empty;
        WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"{outcome.Sent} vectors sent, {outcome.Failed} failed{passed}."));
        EndJournal();
        if (outcome.Stop is { } stop)
        {
            throw stop;
        }

        if (asked.Wait)
        {
            AwaitIndex(complete: outcome.Failed + refused == 0);
        }
    }

    /// <inheritdoc/>
    protected override void Abandon()
    {
        ClosePump();
        target?.End();
        log?.Dispose();
        journal?.Dispose();
        base.Abandon();
    }

    /// <inheritdoc/>
    internal override void OnBatch(QdrantBatchResult batch)
    {
        figures.Add(batch);
        WriteObject(batch);
        if (batch.Status == BatchStatus.Failed)
        {
            WriteError(CommandErrors.Record(batch));
        }
    }

    private void ProcessOne(object? item)
    {
        position++;
        if (declined)
        {
            return;
        }

        InputVector vector;
        try
        {
            vector = InputReader.Read(item, position, rules ??= new InputRules(IdMapping, IdField, LargeInteger));
            Check(vector);
        }
        catch (MigrationException error)
        {
            Refuse(error, item);
            return;
        }

        if (target is null && !TryOpen(vector))
        {
            declined = true;
            return;
        }

        if (journal?.Passes(vector) != true)
        {
            Send(vector);
        }
    }

    /// <summary>What can be wrong with a single vector; each is one error, and the others go on.</summary>
    private void Check(in InputVector vector)
    {
        if (target is not null && vector.Components.Length != target.Dimension)
        {
            throw CommandErrors.WrongDimension(position, vector.Id.Value, vector.Components.Length, target.Dimension);
        }

        int bad = FiniteCheck.IndexOfNonFinite(vector.Components);
        if (bad >= 0)
        {
            throw CommandErrors.NonFinite(position, vector.Id.Value, bad, vector.Components[bad]);
        }

        if (!AllowDuplicateId && !seen.Add(vector.Id))
        {
            throw CommandErrors.DuplicateId(position, vector.Id);
        }
    }

    private void Refuse(MigrationException error, object? item)
    {
        refused++;
        FaissVector? vector = (item is PSObject wrapped ? wrapped.BaseObject : item) as FaissVector;
        Observe(new VectorSkipped(runId, DateTimeOffset.UtcNow, new SkippedVector(vector?.Ordinal ?? position - 1, vector?.FaissId ?? 0, error.ErrorId)));
        WriteError(error);
    }

    private bool TryOpen(in InputVector first)
    {
        QdrantConnection connection = FindConnection();
        IVectorStore store = Parts.OpenStore(connection);
        endpoint = store.Endpoint;
        PipelinePlanner planner = new(store, Collection, VectorName, AskedDistance, runId, asked);
        index = first.Index;
        int dimension = first.Components.Length;
        PipelinePlan plan = Wait(planner.PlanAsync(index, dimension, StopToken)) ?? throw CommandErrors.DistanceMissing(Collection);
        foreach (string warning in plan.Warnings)
        {
            WriteWarning(warning);
        }

        UploadOptions pacing = Pacing(connection);
        string what = PlanText.What(plan.Settings, plan.Creates, recreates: false);
        string where = $"'{Collection}' at {store.Endpoint}";
        string how = $"{(FlowControls.IsAdaptive(pacing) ? "at a pace that is found while sending: " : string.Empty)}{FlowControls.Describe(pacing)}";
        string plain = $"Send the vectors of the pipeline (as many as come: the number is not known before) ({how}), {what} → collection {where}.";
        if (!ShouldProcess(plain, plain, "Send vectors"))
        {
            return false;
        }

        journal = OpenJournal(store, plan, first);
        CollectionSettings settings = plan.Creates ? Wait(CreateAsync(store, planner, plan.Settings, dimension)) : plan.Settings;
        journal?.Begin(plan.Creates ? JournalTarget.RunOf(Wait(store.GetCollectionAsync(Collection, StopToken))) : plan.CollectionRun);

        log = LogDirectory is null ? null : new RunLog(LogDirectory, pacing.SlowThreshold);
        indexing = new RunIndexing(store, Collection, asked, pacing.GiveUpAfter, Warn, TimeProvider.System);
        StartPhase("upload", 0);
        target = new PipelineTarget(store, settings, Collection, pacing, plan.Limit, runId, index, new DelegateObserver(Observe));
        return true;
    }

    private PipelineJournal? OpenJournal(IVectorStore store, PipelinePlan plan, in InputVector first)
    {
        if (JournalPath is not string path)
        {
            return null;
        }

        JournalKey key = PipelineJournal.KeyOf(path, first, IdMapping, store.Endpoint, Collection, VectorName) with
        {
            IdField = IdMapping == IdMapping.Uuid5 && IdField != Feeds.IdField.Default ? IdField : null,
            LargeInteger = first.Payload.IsEmpty ? LargeInteger.Fail : LargeInteger,
        };
        JournalTarget found = new(!plan.Creates, plan.CollectionRun, checked((long)plan.PresentBefore));
        return PipelineJournal.Open(path, Restart, first, key, found);
    }

    /// <summary>The batches are told and the journal is closed: what is waited for here can be waited for again at any time.</summary>
    private void AwaitIndex(bool complete)
    {
        const string phase = "index";
        StartPhase(phase, 0);
        IndexingResult indexed = RunPumped(() => indexing!.WaitAsync(
            (done, total) => Observer.OnEvent(new PhaseAdvanced(runId, DateTimeOffset.UtcNow, phase, done, total)), StopToken));
        WriteVerbose(indexed.Message);
        if (complete && indexed.Status == IndexingStatus.Unfinished)
        {
            WriteError(IndexingErrors.Unfinished(Collection, indexed, $"Wait-QdrantCollection '{Collection}' goes on waiting."));
        }
    }

    // From the pool: the pipeline thread writes it.
    private void Warn(string message) => Observer.OnEvent(new RunWarning(runId, DateTimeOffset.UtcNow, message));

    private void EndJournal()
    {
        journal?.Complete();
        journal?.Dispose();
        journal = null;
    }

    private async Task<CollectionSettings> CreateAsync(IVectorStore store, PipelinePlanner planner, CollectionSettings settings, int dimension)
    {
        try
        {
            await store.CreateCollectionAsync(Collection, settings, StopToken).ConfigureAwait(false);
            return settings;
        }
        catch (MigrationException error) when (error.ErrorId == "CollectionExists")
        {
            // A parallel upload has created it since it was looked for: it is checked like any that was there.
            PipelinePlan? found = await planner.PlanAsync(index, dimension, StopToken).ConfigureAwait(false);
            return found?.Settings ?? settings;
        }
    }

    // The summary beside the logs is made of it; the pipeline itself has no result but its batches.
    private void TellEnd(UploadOutcome outcome)
    {
        if (log is not { } open)
        {
            return;
        }

        MigrationPerf perf = figures.ToPerf();
        var result = new MigrationResult
        {
            RunId = runId,
            Status = outcome.Stop is { } stop ? stop.Resumable ? MigrationStatus.Interrupted : MigrationStatus.Failed
                : outcome.Failed + refused > 0 ? MigrationStatus.Incomplete : MigrationStatus.Completed,
            Path = index?.Path ?? "pipeline",
            Endpoint = endpoint,
            Collection = Collection,
            Counts = new MigrationCounts { Source = position, Sent = outcome.Sent, Skipped = journal?.Skipped ?? 0, Failed = outcome.Failed, Invalid = refused },
            Perf = perf.Batches == 0 ? null : perf,
            Duration = perf.Duration,
            Error = outcome.Stop?.ToRecord(),
        };
        lock (open)
        {
            open.OnEvent(new RunEnded(runId, DateTimeOffset.UtcNow, result));
        }
    }

    private void Send(in InputVector vector)
    {
        target!.CheckNorm(vector);
        if (seen.IsFull && !forgetting)
        {
            forgetting = true;
            WriteWarning($"More than {seen.Capacity} ids that are not consecutive: ids that repeat are not noticed among the further ones.");
        }

        ValueTask adding = target.Upload.AddAsync(vector.Ordinal, vector.FaissId, vector.Id, vector.Components, vector.Payload, StopToken);
        if (adding.IsCompletedSuccessfully)
        {
            PumpNow();
        }
        else
        {
            PumpUntil(adding.AsTask());
        }

        if (target.Upload.Completion.IsCompleted)
        {
            // Nothing is taken any more: the server is lost, or has refused for good.
            throw FinishUpload().Stop ?? CommandErrors.UploadEnded(Collection);
        }
    }

    private UploadOutcome FinishUpload()
    {
        Task<UploadOutcome> work = target!.Upload.CompleteAsync(StopToken);
        PumpUntil(work);
        UploadOutcome outcome = Wait(work);
        TellEnd(outcome);
        return outcome;
    }

    private void Observe(RunEvent runEvent)
    {
        // Acknowledged batches are told by the pool alone, one after the other.
        journal?.OnEvent(runEvent);
        // The pool tells of batches while the pipeline thread tells of vectors it refused.
        if (log is { } open)
        {
            lock (open)
            {
                open.OnEvent(runEvent);
            }
        }

        if (runEvent is not VectorSkipped)
        {
            Observer.OnEvent(runEvent);
        }
    }
}
