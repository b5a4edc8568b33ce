using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Send-QdrantBatch: takes vectors from the pipeline, batches, uploads in parallel, emits one result a batch.</summary>
[Cmdlet(VerbsCommunications.Send, "QdrantBatch", SupportsShouldProcess = true)]
[OutputType(typeof(QdrantBatchResult))]
public sealed class SendQdrantBatchCommand : UploadCommand, IDynamicParameters
{
    private readonly List<SkippedVector> early = [];
    private PipelineReader? reader;
    private PipelineRun? run;
    private RunLog? log;
    private bool declined;

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
        reader = new PipelineReader(IdMapping, AllowDuplicateId);
        _ = Indexing.Options();
        if (Restart && JournalPath is null)
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
                reader!.PassOver();
            }
            else if (reader!.TryRead(item, out MigrationException? refusal) is not InputVector vector)
            {
                (run is null ? early.Add : (Action<SkippedVector>)run.LeaveOut)(reader.LeftOut(item, refusal!));
                WriteError(refusal!);
            }
            else if (run is not null || Begin(vector))
            {
                Add(vector);
            }
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (run is null || declined)
        {
            WriteVerbose(declined ? $"{reader!.Position} objects came through the pipeline; nothing was sent." : "Nothing came through the pipeline.");
            return;
        }

        MigrationResult result = Finish();
        EndProgress();
        Remember(Collection);
        string passed = result.Counts.Skipped > 0 ? $", {result.Counts.Skipped} acknowledged by an earlier run and not sent again" : string.Empty;
        WriteVerbose($"{result.Counts.Sent} vectors sent, {result.Counts.Failed} failed{passed}.");
        if (result.Indexing is { } indexed)
        {
            WriteVerbose(indexed.Message);
        }

        if (result.Indexing?.Status == IndexingStatus.Unfinished && run.Failure is { } unfinished)
        {
            // The vectors are there: their index can be waited for again.
            WriteError(unfinished);
        }
        else if (run.Failure is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    protected override void Abandon()
    {
        ClosePump();
        run?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        log?.Dispose();
        base.Abandon();
    }

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
        run = new PipelineRun(Parts.OpenStore(connection), Parts.NewRetryPolicy(options.Upload.GiveUpAfter), options, new DelegateObserver(Observe));
        early.ForEach(run.LeaveOut);
        MigrationPlan plan = Wait(run.PlanAsync(first, StopToken));
        reader!.Dimension = plan.Settings.Dimension;
        declined = !Agrees(plan, BatchDelay, "Send vectors");
        if (!declined)
        {
            log = options.LogDirectory is null ? null : new RunLog(options.LogDirectory, options.Upload.SlowThreshold);
            PumpUntil(run.BeginAsync(StopToken));
        }

        return !declined;
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
            // Nothing is taken any more: the server is lost, or has refused for good.
            Finish();
            throw run.Failure ?? CommandErrors.UploadEnded(Collection);
        }
    }

    private MigrationResult Finish()
    {
        Task<MigrationResult> ending = run!.CompleteAsync(StopToken);
        PumpUntil(ending);
        return Wait(ending);
    }

    // Vectors that are left out are told by an error of their own.
    private void Observe(RunEvent runEvent)
    {
        log?.OnEvent(runEvent);
        if (runEvent is not VectorSkipped)
        {
            Observer.OnEvent(runEvent);
        }
    }

    private MigrationOptions Options(QdrantConnection connection) => new()
    {
        Collection = Collection,
        VectorName = VectorName,
        Distance = AskedDistance,
        IdMapping = IdMapping,
        AllowDuplicateIds = AllowDuplicateId,
        Verification = VerificationMode.None,
        Indexing = Indexing.Options(),
        Upload = Pacing(connection),
        LogDirectory = LogDirectory is null ? null : IndexPaths.Unresolved(this, LogDirectory),
        JournalPath = JournalPath is null ? null : IndexPaths.Unresolved(this, JournalPath),
        Restart = Restart,
    };
}
