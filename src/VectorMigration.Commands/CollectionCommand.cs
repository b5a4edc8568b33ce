using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A cmdlet that works on a collection: the pool works, the pipeline thread tells what comes out of the pump.</summary>
public abstract class CollectionCommand : ConnectedCommand
{
    private readonly EventPump pump = new();
    private RunProgress? progress;
    private string phase = string.Empty;
    private long total;
    private long done;

    /// <summary>Collection.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CollectionCompleter))]
    public string Collection { get; set; } = string.Empty;

    /// <summary>Name of the vector in the collection; the unnamed one when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? VectorName { get; set; }

    /// <summary>How FAISS ids become point ids.</summary>
    [Parameter]
    public IdMapping IdMapping { get; set; }

    /// <summary>Field of the payload that keeps an id which became a UUID; faiss_id when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? IdField { get; set; }

    /// <summary>What becomes of whole numbers in payloads that 64 bits do not hold.</summary>
    [Parameter]
    public LargeInteger LargeInteger { get; set; }

    /// <summary>Let later vectors replace earlier ones with the same id.</summary>
    [Parameter]
    public SwitchParameter AllowDuplicateId { get; set; }

    /// <summary>Deadline of each attempt in seconds; the connection's when left out.</summary>
    [Parameter]
    [ValidateRange(1, 3_600)]
    public int TimeoutSec { get; set; }

    /// <summary>Distance to create the collection with; that of the index's metric when left out.</summary>
    [Parameter]
    [ValidateSet("Cosine", "Dot", "Euclid", "Manhattan")]
    public Distance Distance { get; set; }

    /// <summary>The distance that was asked for, or null.</summary>
    private protected Distance? AskedDistance => Distance == Distance.Unknown ? null : Distance;

    /// <summary>Observes a run from the pool.</summary>
    internal IRunObserver Observer => pump;

    /// <summary>What the progress bar says.</summary>
    internal abstract string Activity { get; }

    /// <summary>A batch has ended; on the pipeline thread.</summary>
    internal virtual void OnBatch(QdrantBatchResult batch)
    {
    }

    /// <summary>Something that only some cmdlets have work for; on the pipeline thread.</summary>
    internal virtual void OnOther(RunEvent runEvent)
    {
    }

    /// <summary>Runs work on the pool and tells its events until it has ended. When telling fails, the work is stopped and awaited first.</summary>
    internal T RunPumped<T>(Func<Task<T>> start)
    {
        Task<T> work = Task.Run(start, CancellationToken.None);
        try
        {
            T result = pump.DrainUntil(work, Tell);
            EndProgress();
            return result;
        }
        catch when (!work.IsCompleted)
        {
            EndQuietly(work);
            throw;
        }
    }

    /// <summary>Tells events until work has ended.</summary>
    internal void PumpUntil(Task work) => pump.DrainUntil(work, Tell);

    /// <summary>Tells the events that are there, without waiting.</summary>
    internal void PumpNow() => pump.Drain(Tell);

    /// <summary>Nobody will tell events any more: work that still ends can do so without waiting for the pipeline thread.</summary>
    internal void ClosePump() => pump.Close();

    /// <summary>A phase of work begins.</summary>
    internal void StartPhase(string name, long expected)
    {
        phase = name;
        total = expected;
        done = 0;
        progress ??= new RunProgress(this, Activity);
        progress.Start(name);
    }

    /// <summary>Takes the progress bar away.</summary>
    internal void EndProgress() => progress?.Complete();

    /// <summary>The deadline that was asked for, or the connection's.</summary>
    private protected TimeSpan Timeout(QdrantConnection connection) => TimeoutSec == 0 ? connection.Options.Timeout : TimeSpan.FromSeconds(TimeoutSec);

    /// <summary>The pacing that values of 0 leave to the run.</summary>
    private protected UploadOptions Pacing(QdrantConnection connection, int batchSize, int throttleLimit, TimeSpan batchDelay, int giveUpAfterSec) => UploadOptions.Paced(
        batchSize == 0 ? null : batchSize, throttleLimit == 0 ? null : throttleLimit, batchDelay) with
    {
        GiveUpAfter = TimeSpan.FromSeconds(giveUpAfterSec),
        Timeout = Timeout(connection),
    };

    private void Tell(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case PhaseStarted started:
                WriteDebug($"Phase {started.Phase}.");
                StartPhase(started.Phase, started.Total);
                break;
            case PhaseAdvanced advanced:
                progress?.Report(advanced.Done, advanced.Total);
                break;
            case BatchEnded ended:
                done += ended.Result.Count;
                OnBatch(ended.Result);
                progress?.Report(done, total);
                break;
            case RunStarted started:
                WriteVerbose(PlanText.Of(started.Plan));
                break;
            case AttemptEnded { Sample.Outcome: not WriteOutcome.Ok } attempt:
                WriteVerbose($"Batch {attempt.BatchNumber}, attempt {attempt.Attempt}: {attempt.Sample.Outcome} ({attempt.ErrorId}): {attempt.Reason}");
                break;
            case PoolPaused paused:
                WriteVerbose($"All batches wait {paused.Duration.TotalSeconds:0.###} s: {paused.Reason}");
                break;
            case FlowChanged { Change: FlowChange change }:
                WriteVerbose($"Now batches of {change.BatchSize}, {change.Parallelism} at once: {change.Reason}");
                break;
            case VectorSkipped skipped:
                WriteVerbose($"Left out: ordinal {skipped.Vector.Ordinal}, id {skipped.Vector.FaissId}: {skipped.Vector.Reason}");
                break;
            case RunWarning warning:
                WriteWarning(warning.Message);
                break;
            default:
                OnOther(runEvent);
                break;
        }
    }

    private void EndQuietly(Task work)
    {
        CancelWork();
        ClosePump();
        try
        {
            work.GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is OperationCanceledException or MigrationException)
        {
            // The pipeline ends for an earlier reason.
        }
    }
}
