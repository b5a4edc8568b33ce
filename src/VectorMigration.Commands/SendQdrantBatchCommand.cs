using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Send-QdrantBatch: takes vectors from the pipeline, batches, uploads in parallel, emits one result a batch.</summary>
[Cmdlet(VerbsCommunications.Send, "QdrantBatch", SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(QdrantBatchResult))]
[NotFromPipeline]
public sealed class SendQdrantBatchCommand : CollectionCommand
{
    private readonly List<SkippedVector> early = [];
    private PipelineReader? reader;
    private PipelineRun? run;
    private RunLog? log;
    private ProgressTeller? telling;
    private ControlledRun? controlled;
    private ScriptHooks? hooks;
    private bool declined;

    /// <summary>Vectors of Get-FaissVector, or objects with Id, Vector and perhaps Payload.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <summary>Read every batch back and compare it with what was sent.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>How fast is sent.</summary>
    private PacingParameters Pacing { get; } = new();

    /// <summary>What is told meanwhile, and how long logs stay.</summary>
    private LoggingParameters Logging { get; } = new();

    /// <summary>Where a pipeline stops and the next goes on; for vectors of Get-FaissVector.</summary>
    private JournalParameters Journal { get; } = new();

    /// <summary>Whether what an earlier run noted there counts.</summary>
    private RestartParameters Begun { get; } = new();

    /// <summary>How a created collection is indexed.</summary>
    private OptimizerParameters Optimizer { get; } = new();

    /// <summary>Which shards points go to.</summary>
    private ShardingParameters Sharding { get; } = new();

    /// <summary>What else a created collection is made with.</summary>
    private CreationParameters Creation { get; } = new();

    /// <summary>Whether its index is waited for.</summary>
    private IndexWaitParameters Indexed { get; } = new();

    /// <summary>What becomes of points of others.</summary>
    private ExistingParameters Existing { get; } = new();

    /// <summary>Scripts for its phases and its end.</summary>
    private HookParameters Hooks { get; } = new();

    /// <summary>What a merge does.</summary>
    private MergeParameters Merge { get; } = new();

    /// <summary>Fields of a payload beside those of others.</summary>
    private MergePayloadParameters MergePayload { get; } = new();

    /// <inheritdoc/>
    internal override string Activity => $"Sending to {Collection}";

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        reader = new PipelineReader(
            new InputRules(Ids.IdMapping, KeptId.IdField, PayloadNumbers.LargeInteger), Target.AllowDuplicateId,
            new IdMap(Ids.IdMapping, Part.IdOffset ?? 0, Part.IdNamespace));
        _ = Indexed.Options(Optimizer);
        if (Verify && Target.AllowDuplicateId)
        {
            throw CommandErrors.VerifyWithDuplicates();
        }

        if (Verify && MergePayload.MergePayload)
        {
            throw CommandErrors.VerifyWithMergePayload();
        }

        if (Begun.Restart && Journal.JournalPath is null)
        {
            throw CommandErrors.RestartWithoutJournal();
        }
    }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (object? item in PipelineReader.Items(InputObject))
        {
            if (declined)
            {
                reader!.Skip();
            }
            else if (reader!.TryRead(item, out MigrationException? refusal) is not InputVector vector)
            {
                (run is null ? early.Add : (Action<SkippedVector>)run.LeaveOut)(reader.LeftOut(item, refusal!));
                WriteError(refusal!);
            }
            else if ((run is not null || Begin(vector)) && Send(vector) is MigrationException unusable)
            {
                run!.LeaveOut(reader.LeftOut(item, unusable));
                WriteError(unusable);
            }
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (run is null || declined)
        {
            SayNothingSent();
            return;
        }

        MigrationResult result = Finish();
        EndProgress();
        Remember(Collection);
        WriteVerbose(Summary(result.Counts));
        if (result is { Counts.LeftThere: > 0, Error: null })
        {
            // Batches that failed, and vectors that cannot be sent, have errors of their own.
            WriteError(IncompleteRun.OfPipeline(result, Existing.OnExisting));
        }

        if (result.Indexing is { } indexed)
        {
            WriteVerbose(indexed.Message);
        }

        if (result.Indexing?.Status == IndexingStatus.Unfinished && run.Failure is { } unfinished)
        {
            // The vectors are stored; the wait for their index can be repeated.
            WriteError(unfinished);
        }
        else if (run.Failure is { } failure)
        {
            throw failure;
        }
    }

    private string Summary(MigrationCounts counts) =>
        $"{Units.Of(counts.Sent, "vector", "vectors")} sent{(Verify ? " and read back" : string.Empty)}, {Units.Count(counts.Failed)} failed"
        + (counts.LeftThere > 0 ? $", {Units.Count(counts.LeftThere)} skipped" : string.Empty)
        + (counts.AlreadyThere > 0 ? $", {Units.Count(counts.AlreadyThere)} already in the collection" : string.Empty)
        + (counts.Skipped > 0 ? $", {Units.Count(counts.Skipped)} already acknowledged in an earlier run" : string.Empty) + ".";

    /// <inheritdoc/>
    protected override void Abandon()
    {
        ClosePump();
        run?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        telling?.Dispose();
        controlled?.Dispose();
        log?.Dispose();
        base.Abandon();
    }

    /// <inheritdoc/>
    private protected override MigrationError? WhenStopped() =>
        run?.Result is { Status: MigrationStatus.Interrupted, Error: MigrationError error }
            ? error with { RecommendedAction = CommandErrors.ResumePipeline(Journal.JournalPath) }
            : null;

    /// <inheritdoc/>
    internal override void OnBatch(QdrantBatchResult batch)
    {
        WriteObject(batch);
        if (batch.Status == BatchStatus.Failed)
        {
            WriteError(CommandErrors.Record(batch));
        }
    }

    /// <summary>Plans by the first vector, asks whether that is meant, and begins; false where it is not.</summary>
    private bool Begin(in InputVector first)
    {
        QdrantConnection connection = FindConnection();
        MigrationOptions options = Options(connection);
        controlled = new ControlledRun(new RunControl()) { Tell = Observe };
        run = new PipelineRun(Parts.OpenStore(connection), Parts.NewRetryPolicy(options.Upload.GiveUpAfter), options, new DelegateObserver(Observe),
            control: controlled.Control);
        early.ForEach(run.LeaveOut);
        MigrationPlan plan = Wait(run.PlanAsync(first, StopToken));
        reader!.Dimension = plan.Settings.Dimension;
        reader.KeepsHalves = plan.StoredDatatype == VectorDatatype.Float16;
        reader.Normalizes = plan.Settings.Distance == Distance.Cosine;
        declined = !Agrees(plan, Pacing.BatchDelay, "Send vectors");
        if (!declined)
        {
            log = Logging.Open(options.LogDirectory, options, Observer, MyInvocation);
            telling = Logging.StartTelling(this, options.Collection, Observer, log, connection, controlled);
            controlled.Now = telling.Now;
            hooks = Hooks.Start(this);
            PumpUntil(run.BeginAsync(StopToken));
        }

        return !declined;
    }

    /// <summary>Hands a vector over; what the collection cannot store is not, and its error is returned.</summary>
    private MigrationException? Send(in InputVector vector)
    {
        if (reader!.Refusal(vector) is MigrationException unusable)
        {
            return unusable;
        }

        Add(vector);
        return null;
    }

    private void Add(in InputVector vector)
    {
        PumpUntil(run!.AddAsync(vector, StopToken));
        if (reader!.TakeWarning() is string warning)
        {
            WriteWarning(warning);
        }

        if (run.HasEnded)
        {
            // The run accepts no more vectors: the server is lost or has refused for good.
            Finish();
            throw run.Failure ?? CommandErrors.UploadEnded(Collection);
        }
    }

    // Of a filter that lets nothing through, nothing else tells.
    private void SayNothingSent()
    {
        if (declined)
        {
            WriteVerbose($"Nothing of {Units.Of(reader!.Position, "object", "objects")} was sent.");
            return;
        }

        string received = early.Count == 0 ? "0 vectors were received"
            : $"0 vectors could be sent, {Units.Of(early.Count, "object was", "objects were")} refused";
        WriteWarning($"{received}. Nothing was sent to '{Collection}', and the server was not contacted.");
    }

    private MigrationResult Finish()
    {
        Task<MigrationResult> ending = run!.CompleteAsync(StopToken);
        PumpUntil(ending);
        MigrationResult result = Wait(ending);
        foreach (string failure in hooks?.Finish() ?? [])
        {
            log?.Note(failure);
            WriteWarning(failure);
        }

        if (reader!.RepeatedFields() is string repeated)
        {
            WriteWarning(repeated);
        }

        if (result.Status == MigrationStatus.Interrupted && controlled!.Control.Stopping.IsCancellationRequested)
        {
            EndAsStopped();
        }

        return result;
    }

    // Vectors that are left out are told by an error of their own.
    private void Observe(RunEvent runEvent)
    {
        log?.OnEvent(runEvent);
        telling?.OnEvent(runEvent);
        hooks?.OnEvent(runEvent, result => log?.WithLosses(result) ?? result);
        if (runEvent is not VectorSkipped)
        {
            Observer.OnEvent(runEvent);
        }
    }

    private MigrationOptions Options(QdrantConnection connection) => Sharding.Apply(Existing.Apply(Part.Apply(new MigrationOptions
    {
        Collection = Collection,
        VectorName = Named.VectorName,
        Distance = Target.Distance,
        IdMapping = Ids.IdMapping,
        IdField = KeptId.IdField,
        LargeInteger = PayloadNumbers.LargeInteger,
        AllowDuplicateIds = Target.AllowDuplicateId,
        Verification = VerificationMode.None,
        Indexing = Indexed.Options(Optimizer),
        Creation = Creation.Options(),
        Upload = Pacing.Options(Timeout(connection)),
        LogDirectory = Pacing.LogDirectory is null ? null : IndexPaths.Unresolved(this, Pacing.LogDirectory),
        JournalPath = Journal.JournalPath is null ? null : IndexPaths.Unresolved(this, Journal.JournalPath),
        Restart = Begun.Restart,
        AddAbsent = Merge.AddAbsent,
        MergePayload = MergePayload.MergePayload,
        VerifySent = Verify,
    })));
}
