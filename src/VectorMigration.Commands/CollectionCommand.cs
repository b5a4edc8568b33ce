using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A cmdlet that works on a collection: the pool works, the pipeline thread tells what comes out of the pump.</summary>
public abstract class CollectionCommand : ConnectedCommand
{
    private readonly EventPump pump = new();
    private RunProgressBar? progress;
    private string phase = string.Empty;
    private long total;
    private long done;

    /// <summary>Where the server is. What comes down the pipeline are vectors and files, not servers.</summary>
    [NotFromPipeline]
    private protected EndpointParameters Endpoint { get; } = new();

    /// <summary>The collection.</summary>
    private protected CollectionParameters Target { get; } = new();

    /// <summary>Deadline of each attempt; the connection's when left out.</summary>
    private protected TimeoutParameters Deadline { get; } = new();

    /// <summary>Which vector of a point.</summary>
    private protected VectorNameParameters Named { get; } = new();

    /// <summary>What becomes of ids.</summary>
    private protected IdParameters Ids { get; } = new();

    /// <summary>Which part of several.</summary>
    private protected PartParameters Part { get; } = new();

    /// <summary>Where an id stays that became a UUID.</summary>
    private protected IdFieldParameters KeptId { get; } = new();

    /// <summary>What becomes of numbers in payloads that Qdrant cannot keep.</summary>
    private protected PayloadNumberParameters PayloadNumbers { get; } = new();

    /// <summary>Name of the collection.</summary>
    /// <exception cref="MigrationException">It cannot be one; nothing has been asked of the server.</exception>
    private protected string Collection
    {
        get
        {
            CollectionNames.Require(Target.Collection);
            return Target.Collection;
        }
    }

    /// <inheritdoc/>
    private protected sealed override EndpointParameters Where() => Endpoint;

    /// <summary>Observes a run from the pool.</summary>
    internal IRunObserver Observer => pump;

    /// <summary>What the progress bar says.</summary>
    internal abstract string Activity { get; }

    /// <summary>How far the job of several indexes is; null where there is none.</summary>
    private protected virtual JobProgress? Whole => null;

    /// <summary>A batch has ended; on the pipeline thread.</summary>
    internal virtual void OnBatch(QdrantBatchResult batch)
    {
    }

    /// <summary>Something that only some cmdlets have work for; on the pipeline thread.</summary>
    internal virtual void OnOther(RunEvent runEvent)
    {
    }

    /// <summary>What was done, and how to go on, for whoever stopped the cmdlet; null where nothing is to be said.</summary>
    private protected virtual MigrationError? WhenStopped() => null;

    /// <inheritdoc/>
    protected override void Abandon()
    {
        base.Abandon();
        if (IsStopped && WhenStopped() is MigrationError stopped)
        {
            // A stopped pipeline takes nothing more; the host does.
            Host?.UI?.WriteWarningLine($"{stopped.Message} {stopped.RecommendedAction}");
        }
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

    /// <summary>Tells the events that are there, and further ones until work has ended.</summary>
    internal void PumpUntil(ValueTask work)
    {
        if (work.IsCompletedSuccessfully)
        {
            pump.Drain(Tell);
        }
        else
        {
            pump.DrainUntil(work.AsTask(), Tell);
        }
    }

    /// <summary>Asks whether a plan is meant. Under -WhatIf its warnings are told here, because no run will tell them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="batchDelay">Pause between batches that was asked for.</param>
    /// <param name="caption">Caption of the question.</param>
    /// <param name="consent">The parameter that confirms beforehand what the plan deletes; null where that is confirmed.</param>
    private protected bool Agrees(MigrationPlan plan, TimeSpan? batchDelay, string caption, string? consent = null)
    {
        if (OnlyPlans)
        {
            foreach (string warning in plan.Warnings)
            {
                WriteWarning(warning);
            }
        }

        string action = PlanText.Of(plan);
        return ShouldProcess(OnlyPlans ? PlanRows.Table(plan, batchDelay, consent, Columns()) : $"{action}.", $"{action}?", caption);
    }

    /// <summary>Columns of the screen that shows a plan; null where its lines stay whole, because the output goes to a file or a program.</summary>
    private int? Columns()
    {
        try
        {
            return TextLines.Screen(() => Host.UI.RawUI.BufferSize.Width);
        }
        catch (Exception e) when (e is System.Management.Automation.Host.HostException or NotImplementedException or IOException)
        {
            // A host without a screen.
            return null;
        }
    }

    // A cmdlet's -WhatIf is not in its own scope: it is either bound, or the preference of the session.
    private protected bool OnlyPlans => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? whatIf)
        ? whatIf is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Nobody will tell events any more: work that still ends can do so without waiting for the pipeline thread.</summary>
    internal void ClosePump() => pump.Close();

    /// <summary>A phase of work begins.</summary>
    internal void StartPhase(string name, long expected)
    {
        phase = name;
        total = expected;
        done = 0;
        progress ??= new RunProgressBar(this, Activity) { Job = () => Whole };
        progress.Start(name);
    }

    /// <summary>Takes the progress bar away.</summary>
    internal void EndProgress() => progress?.Complete();

    /// <summary>The deadline that was asked for, or the connection's.</summary>
    private protected TimeSpan Timeout(QdrantConnection connection) => Deadline.Given ?? connection.Options.Timeout;

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
                if (PlanText.Resuming(started.Plan) is string resuming)
                {
                    Say(resuming);
                }

                break;
            case AttemptEnded { Sample.Outcome: not WriteOutcome.Ok } attempt:
                WriteVerbose($"Batch {attempt.BatchNumber}, attempt {attempt.Attempt}: {attempt.Sample.Outcome} ({attempt.ErrorId}): {attempt.Reason}");
                break;
            case PoolPaused paused:
                WriteVerbose($"Pausing for {paused.Duration.TotalSeconds:0.###} s: {paused.Reason}");
                progress?.Wait(OutageText.Waiting(paused, TimeZoneInfo.Local));
                break;
            case FlowChanged { Change: FlowChange change }:
                WriteVerbose($"Pace: batches of {change.BatchSize}, {change.Parallelism} in parallel: {change.Reason}");
                break;
            case VectorSkipped skipped:
                WriteVerbose($"Skipped: ordinal {skipped.Vector.Ordinal}, id {skipped.Vector.FaissId}: {skipped.Vector.Reason}");
                break;
            case RunWarning warning:
                WriteWarning(warning.Message);
                break;
            case ProgressLine line:
                Say(line.Text);
                break;
            case RunSteered steered:
                Say(SteeringText.Of(steered));
                if (steered.Action is SteeringAction.Pause or SteeringAction.Resume)
                {
                    progress?.Pause(SteeringText.Brief(steered, TimeZoneInfo.Local));
                }

                break;
            case ServerUnreachable outage:
                WriteWarning(OutageText.Lost(outage, TimeZoneInfo.Local));
                progress?.Lose(OutageText.Brief(outage, TimeZoneInfo.Local));
                break;
            case ServerReachable back:
                WriteVerbose(OutageText.Back(back));
                progress?.Find();
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
