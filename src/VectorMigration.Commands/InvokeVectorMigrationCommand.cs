using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Invoke-VectorMigration: the whole job in one command: plan, create or check, upload, verify, summary.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "VectorMigration", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(MigrationResult))]
public sealed class InvokeVectorMigrationCommand : UploadCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private RunLog? log;

    /// <summary>Index file; a wildcard must stand for exactly one.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [PathTransformation]
    [ArgumentCompleter(typeof(IndexFileCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Index file, taken as written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>File with one JSON object a line, in the order of the index.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PayloadPath { get; set; }

    /// <summary>Most vectors to send.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    /// <summary>Vectors to leave out at the beginning: the ordinal to begin at.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    /// <summary>Leave vectors with non-finite components out instead of stopping.</summary>
    [Parameter]
    public SwitchParameter SkipInvalid { get; set; }

    /// <summary>Delete an existing collection first.</summary>
    [Parameter]
    public SwitchParameter Recreate { get; set; }

    /// <summary>Do not ask before an existing collection is deleted.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The proof to end with.</summary>
    [Parameter]
    public VerificationMode Verify { get; set; }

    /// <inheritdoc/>
    internal override string Activity => $"Migrating to {Collection}";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        bool literal = ParameterSetName == LiteralPathSet;
        string path = IndexPaths.ResolveOne(this, literal ? LiteralPath : Path, literal);
        using IVectorSource source = OnlyPlans ? PlanningParts.OpenIndex(path) : Parts.OpenIndex(path);
        using IPayloadSource? payload = PayloadPath is null ? null : OpenPayload(PayloadPath);
        QdrantConnection connection = FindConnection();
        MigrationOptions options = Options(connection);
        Migration migration = new(source, payload, Parts.OpenStore(connection), Parts.NewRetryPolicy(), options, new DelegateObserver(Observe));
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

    // A cmdlet's -WhatIf is not in its own scope: it is either bound, or the preference of the session.
    private bool OnlyPlans => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? whatIf)
        ? whatIf is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    private IPayloadSource OpenPayload(string path)
    {
        string Resolve() => IndexPaths.ResolveOne(this, path, literal: false);
        return OnlyPlans ? PlanningParts.OpenPayload(path, () => Parts.OpenPayload(Resolve())) : Parts.OpenPayload(Resolve());
    }

    private void Run(Migration migration, MigrationOptions options)
    {
        using (log = new RunLog(options.LogDirectory!, options.Upload.SlowThreshold))
        {
            MigrationResult result = RunPumped(() => migration.RunAsync(StopToken));
            StopToken.ThrowIfCancellationRequested();
            SessionMemory.Current.Remember(result.Collection);
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

    private bool Agreed(MigrationPlan plan)
    {
        string target = $"collection '{plan.Collection}' at {plan.Endpoint}";
        string action = PlanText.Of(plan, BatchDelay);
        return ShouldProcess($"{action} → {target}.", $"{action} → {target}?", "Migrate vectors")
            && (!plan.RecreatesCollection || Force || Unasked
                || ShouldContinue($"The collection '{plan.Collection}' at {plan.Endpoint} exists. Delete it with all its points?", "Recreate collection"));
    }

    private bool Unasked => MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm) && confirm is SwitchParameter { IsPresent: false };

    private MigrationOptions Options(QdrantConnection connection) => new()
    {
        Collection = Collection,
        VectorName = VectorName,
        Distance = AskedDistance,
        Offset = Skip,
        Limit = First == long.MaxValue ? null : First,
        IdMapping = IdMapping,
        AllowDuplicateIds = AllowDuplicateId,
        SkipInvalid = SkipInvalid,
        Recreate = Recreate,
        Verification = Verify,
        Upload = Pacing(connection),
        DryRun = OnlyPlans,
        LogDirectory = IndexPaths.Unresolved(this, LogDirectory ?? System.IO.Path.Combine(SessionState.Path.CurrentFileSystemLocation.Path, "logs")),
    };
}
