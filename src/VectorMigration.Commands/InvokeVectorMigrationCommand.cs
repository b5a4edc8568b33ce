using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Invoke-VectorMigration: the whole job in one command: plan, create or check, upload, verify, summary.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "VectorMigration", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationResult))]
[InSets(nameof(CollectionParameters.Collection), ParameterSets.Path, ParameterSets.LiteralPath, ParameterSets.Manifest)]
public sealed partial class InvokeVectorMigrationCommand : IndexUploadCommand
{
    private RunLog? log;
    private ProgressTeller? telling;
    private ControlledRun? controlled;
    private ScriptHooks? hooks;
    private Task<MigrationResult>? running;
    private bool begun;

    /// <summary>Delete an existing collection first.</summary>
    [Parameter]
    public SwitchParameter Recreate { get; set; }

    /// <summary>When a collection that is new or empty is indexed: while it is loaded, or after it.</summary>
    [Parameter]
    public IndexingMode IndexingMode { get; set; }

    /// <summary>The proof to end with.</summary>
    private VerifyParameters Ending { get; } = new();

    /// <summary>Do not ask before an existing collection is deleted or points are pruned, and prune also after an index that has shrunk by more than
    /// half.</summary>
    private ForceParameters Forced { get; } = new();

    /// <summary>Where a run stops and the next goes on.</summary>
    private JournalParameters Journal { get; } = new();

    /// <summary>Whether what an earlier run noted there counts.</summary>
    private RestartParameters Begun { get; } = new();

    /// <summary>What becomes of an index that has changed.</summary>
    private ChangedSourceParameters Changed { get; } = new();

    /// <summary>How a created collection is indexed.</summary>
    private OptimizerParameters Optimizer { get; } = new();

    /// <summary>Which shards points go to.</summary>
    private ShardingParameters Sharding { get; } = new();

    /// <summary>What else a created collection is made with.</summary>
    private CreationParameters Creation { get; } = new();

    /// <summary>Whether its index is waited for.</summary>
    private IndexWaitParameters Indexed { get; } = new();

    /// <summary>Scripts for its phases and its end.</summary>
    private HookParameters Hooks { get; } = new();

    /// <summary>What a merge does.</summary>
    private MergeParameters Merge { get; } = new();

    /// <inheritdoc/>
    internal override string Activity => $"Migrating to {Collection}";

    /// <inheritdoc/>
    private protected override IVectorSource OpenIndex(string path, string? listPath) =>
        OnlyPlans ? Parts.PlanIndex(path, listPath) : base.OpenIndex(path, listPath);

    /// <inheritdoc/>
    private protected override IPayloadSource OpenPayload(string path, Func<IPayloadSource> open) =>
        OnlyPlans ? PlanningParts.OpenPayload(path, open) : base.OpenPayload(path, open);

    /// <inheritdoc/>
    private protected override MigrationOptions IndexOptions(QdrantConnection connection)
    {
        return Sharding.Apply(Changed.Apply(base.IndexOptions(connection), Forced.Force)) with
        {
            Recreate = Recreate,
            AddAbsent = Merge.AddAbsent,
            Verification = Proof.Sample is not null ? VerificationMode.Sample
                : plan is null || IsGiven(nameof(VerifyParameters.Verify)) ? Ending.Verify : VerificationMode.None,
            DryRun = OnlyPlans,
            LogDirectory = LogFolder,
            HeartbeatPath = Logging.Heartbeat(this),
            MetricsPath = Logging.Metrics(this),
            MetricsListen = Logging.MetricsListen,
            EventLog = Logging.EventLog,
            Restart = Begun.Restart,
            Indexing = Indexed.Options(Optimizer) with { Mode = IndexingMode },
            Creation = Creation.Options(),
        };
    }

    private string LogFolder =>
        IndexPaths.Unresolved(this, Pacing.LogDirectory ?? System.IO.Path.Combine(SessionState.Path.CurrentFileSystemLocation.Path, "logs"));

    /// <inheritdoc/>
    private protected override void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection)
    {
        (begun, running) = (true, null);
        MigrationOptions options = WithJournal(IndexOptions(connection), source.Description);
        using (controlled = new ControlledRun(new RunControl()) { Tell = Observe })
        {
            if (PlanAndRun(source, payload, connection, options, controlled.Control) is MigrationResult result)
            {
                Emit(result with { Asked = options, Source = Files });
            }
        }
    }

    private MigrationResult? PlanAndRun(
        IVectorSource source, IPayloadSource? payload, QdrantConnection connection, MigrationOptions options, RunControl control)
    {
        Migration migration = new(source, payload, Parts.OpenStore(connection), Parts.NewRetryPolicy(options.Upload.GiveUpAfter), options,
            new DelegateObserver(Observe))
        {
            History = options.LogDirectory is string logs ? new LoggedRuns(logs) : null,
            Control = control,
        };
        MigrationPlan plan = RunPumped(() => migration.PlanAsync(StopToken));
        foreach (MigrationError refusal in plan.Refusals)
        {
            WriteRowError(CommandErrors.Refusal(plan, refusal));
        }

        return Agreed(plan) && !OnlyPlans ? Run(migration, options, connection) : null;
    }

    /// <inheritdoc/>
    internal override void OnBatch(QdrantBatchResult batch)
    {
        if (batch.Status == BatchStatus.Failed)
        {
            WriteRowError(CommandErrors.Record(batch));
        }
    }

    /// <summary>A table of jobs has a result for each of its rows, and the log a line.</summary>
    private protected override void OnRefusedRow(MigrationException error)
    {
        if (OnlyPlans)
        {
            return;
        }

        MigrationResult result = new()
        {
            RunId = Guid.NewGuid(),
            Status = MigrationStatus.Refused,
            Path = string.IsNullOrEmpty(GivenPath) ? string.Empty : IndexPaths.Unresolved(this, GivenPath),
            Endpoint = Endpoint.Connection?.ToString() ?? (Endpoint.Uri is { } given ? string.Join<Uri>(',', given) : string.Empty),
            Collection = Target.Collection ?? string.Empty,
            Error = error.ToRecord(),
            LogDirectory = LogFolder,
        };
        try
        {
            using RunLog? refused = Logging.Open(LogFolder, new MigrationOptions { Collection = result.Collection }, Observer, MyInvocation);
            refused?.OnEvent(new RunEnded(result.RunId, DateTimeOffset.UtcNow, result));
        }
        catch (MigrationException unwritable) when (unwritable.ErrorId == ErrorIds.LogUnwritable)
        {
            WriteDebug($"The refused row is not in the log: {unwritable.Message}");
        }

        WriteObject(result);
    }

    private MigrationResult Run(Migration migration, MigrationOptions options, QdrantConnection connection)
    {
        using (log = Logging.Open(options.LogDirectory, options, Observer, MyInvocation))
        using (telling = Logging.StartTelling(this, options.Collection, Observer, log, connection, controlled, job?.Progress))
        {
            controlled!.Now = telling.Now;
            hooks = Hooks.Start(this);
            MigrationResult result = RunPumped(() => running = migration.RunAsync(StopToken));
            IReadOnlyList<string> failed = hooks?.Finish() ?? [];
            StopToken.ThrowIfCancellationRequested();
            foreach (string failure in failed)
            {
                log!.Note(failure);
                WriteWarning(failure);
            }

            result = log!.WithLosses(result);
            if (result.Status == MigrationStatus.Interrupted && controlled.Control.Stopping.IsCancellationRequested)
            {
                EndAsStopped();
            }

            Remember(result.Collection);
            (log, telling, hooks) = (null, null, null);
            return result;
        }
    }

    private void Emit(MigrationResult result)
    {
        WriteObject(result);
        if (result.Error is { } error)
        {
            WriteRowError(CommandErrors.Record(result, error));
        }
        else if (result.Status == MigrationStatus.Incomplete)
        {
            WriteRowError(CommandErrors.Record(IncompleteRun.Of(result)));
        }
    }

    /// <inheritdoc/>
    private protected override MigrationError? WhenStopped() => running switch
    {
        null => begun ? CommandErrors.StoppedUnsent().ToRecord() : null,
        { IsCompletedSuccessfully: true, Result: { Status: MigrationStatus.Interrupted, Error: MigrationError error } } => error,
        _ => null,
    };

    // Create the log only after the run was confirmed, so that -WhatIf leaves nothing behind.
    private void Observe(RunEvent runEvent)
    {
        log?.OnEvent(runEvent);
        telling?.OnEvent(runEvent);
        if (job is null || runEvent is not RunEnded)
        {
            hooks?.OnEvent(runEvent, result => log?.WithLosses(result) ?? result);
        }

        job?.OnEvent(runEvent);
        Observer.OnEvent(runEvent);
    }

    private bool Agreed(MigrationPlan plan) =>
        (job is not null
            || Agrees(plan, Pacing.BatchDelay, "Migrate vectors", Forced.Force || Unasked ? null : plan.RecreatesCollection ? "-Force" : "-Confirm:$false"))
        && (!plan.RecreatesCollection
            || Continues(
                $"The collection '{plan.Collection}' at {plan.Endpoint} exists. Delete it with all its points{PlanText.Losses(plan)}?", "Recreate collection",
                () => CommandErrors.RecreateNotAsked(plan)))
        && (plan.Sync is not { Deleted: > 0 }
            || Continues($"Delete {PlanText.PrunedPoints(plan)}?", "Prune points", () => CommandErrors.PruneNotAsked(plan)));

    /// <summary>
    /// Asks as a cmdlet of ConfirmImpact High does, but only for what cannot be undone: the rest of a migration is not worth a question.
    /// </summary>
    private bool Continues(string question, string caption, Func<MigrationException> unasked)
    {
        if (Forced.Force || OnlyPlans || Unasked)
        {
            return true;
        }

        try
        {
            return ShouldContinue(question, caption);
        }
        catch (Exception e) when (e is PSInvalidOperationException or System.Management.Automation.Host.HostException or NotImplementedException)
        {
            // Nobody is there who could be asked: -NonInteractive, a job, a host without a screen.
            throw unasked();
        }
    }

    private bool Unasked => (MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm) && confirm is SwitchParameter { IsPresent: false })
        || (confirm is null && GetVariableValue("ConfirmPreference") is ConfirmImpact.None);

    /// <summary>The journal is named after the index too, which is known only once it is open.</summary>
    private protected override MigrationOptions WithJournal(MigrationOptions asked, IndexDescription index) => asked with
    {
        JournalPath = Journal.JournalPath is null
            ? DefaultJournal.Find(asked.LogDirectory!, asked, index.Path, () => index)
            : IndexPaths.Unresolved(this, Journal.JournalPath),
        JournalIsDefault = Journal.JournalPath is null,
    };
}
