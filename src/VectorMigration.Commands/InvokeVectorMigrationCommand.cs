using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Invoke-VectorMigration: the whole job in one command: plan, create or check, upload, verify, summary.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "VectorMigration", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(MigrationResult))]
public sealed class InvokeVectorMigrationCommand : IndexUploadCommand, IDynamicParameters
{
    private RunLog? log;

    /// <summary>Delete an existing collection first.</summary>
    [Parameter]
    public SwitchParameter Recreate { get; set; }

    /// <summary>Do not ask before an existing collection is deleted.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>File that remembers what was acknowledged, so that the same command goes on where a run stopped.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JournalCompleter))]
    public string? JournalPath { get; set; }

    /// <summary>Begin the journal anew and send everything again.</summary>
    [Parameter]
    public SwitchParameter Restart { get; set; }

    /// <summary>The proof to end with.</summary>
    [Parameter]
    public VerificationMode Verify { get; set; }

    /// <summary>When a collection that is new or empty is indexed: while it is loaded, or after it.</summary>
    [Parameter]
    public IndexingMode IndexingMode { get; set; }

    /// <summary>Parameters that other cmdlets take too.</summary>
    internal IndexingParameters Indexing { get; } = new();

    /// <inheritdoc/>
    public object GetDynamicParameters() => Indexing;

    /// <inheritdoc/>
    internal override string Activity => $"Migrating to {Collection}";

    /// <inheritdoc/>
    private protected override IVectorSource OpenIndex(string path) => OnlyPlans ? PlanningParts.OpenIndex(path) : base.OpenIndex(path);

    /// <inheritdoc/>
    private protected override IPayloadSource OpenPayload(string path) =>
        OnlyPlans ? PlanningParts.OpenPayload(path, () => base.OpenPayload(path)) : base.OpenPayload(path);

    /// <inheritdoc/>
    private protected override void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection)
    {
        MigrationOptions options = Options(connection);
        IRetryPolicy retry = Parts.NewRetryPolicy(options.Upload.GiveUpAfter);
        Migration migration = new(source, payload, Parts.OpenStore(connection), retry, options, new DelegateObserver(Observe))
        {
            History = options.LogDirectory is string logs ? new LoggedRuns(logs) : null,
        };
        MigrationPlan plan = RunPumped(() => migration.PlanAsync(StopToken));
        foreach (MigrationError refusal in plan.Refusals)
        {
            WriteError(CommandErrors.Refusal(plan, refusal));
        }

        if (Agreed(plan) && !OnlyPlans)
        {
            Run(migration, options);
        }
    }

    /// <inheritdoc/>
    internal override void OnBatch(QdrantBatchResult batch)
    {
        if (batch.Status == BatchStatus.Failed)
        {
            WriteError(CommandErrors.Record(batch));
        }
    }

    private void Run(Migration migration, MigrationOptions options)
    {
        using (log = new RunLog(options.LogDirectory!, options.Upload.SlowThreshold))
        {
            MigrationResult result = RunPumped(() => migration.RunAsync(StopToken));
            StopToken.ThrowIfCancellationRequested();
            Remember(result.Collection);
            WriteObject(result);
            if (result.Error is { } error)
            {
                WriteError(CommandErrors.Record(result, error));
            }
            else if (result.Status == MigrationStatus.Incomplete)
            {
                WriteError(CommandErrors.Incomplete(result));
            }
        }

        log = null;
    }

    // The log exists only once the run has been agreed to, so that -WhatIf leaves nothing behind.
    private void Observe(RunEvent runEvent)
    {
        log?.OnEvent(runEvent);
        Observer.OnEvent(runEvent);
    }

    private bool Agreed(MigrationPlan plan) =>
        Agrees(plan, BatchDelay, "Migrate vectors")
        && (!plan.RecreatesCollection || Force || Unasked
            || ShouldContinue($"The collection '{plan.Collection}' at {plan.Endpoint} exists. Delete it with all its points?", "Recreate collection"));

    private bool Unasked => MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm) && confirm is SwitchParameter { IsPresent: false };

    private MigrationOptions Options(QdrantConnection connection)
    {
        string logs = IndexPaths.Unresolved(this, LogDirectory ?? System.IO.Path.Combine(SessionState.Path.CurrentFileSystemLocation.Path, "logs"));
        return IndexOptions(connection) with
        {
            Recreate = Recreate,
            Verification = Sample > 0 ? VerificationMode.Sample : Verify,
            DryRun = OnlyPlans,
            LogDirectory = logs,
            JournalPath = JournalPath is null ? JournalPaths.Default(logs, Collection) : IndexPaths.Unresolved(this, JournalPath),
            Restart = Restart,
            Indexing = Indexing.Options() with { Mode = IndexingMode },
        };
    }
}
