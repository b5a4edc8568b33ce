using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Test-VectorMigration: is everything there, bit for bit; with -Repair, what is not is sent again.</summary>
[Cmdlet(VerbsDiagnostic.Test, "VectorMigration", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(bool), typeof(VerificationResult))]
public sealed partial class TestVectorMigrationCommand : IndexUploadCommand
{
    private RunLog? log;
    private ProgressTeller? telling;
    private bool begun;
    private bool mending;

    /// <summary>Ask the index and the collection the same queries for so many neighbours.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 1_000)]
    public int? Recall { get; set; }

    /// <summary>Queries for -Recall; 100 when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 10_000)]
    public int? RecallQueryCount { get; set; }

    /// <summary>Send again exactly what is missing or different, and verify that again.</summary>
    [Parameter]
    public SwitchParameter Repair { get; set; }

    /// <summary>The journal that tells which points are this migration's, and whether they have payloads.</summary>
    private JournalParameters Journal { get; } = new();

    /// <summary>Emit the differences instead of true or false.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    internal override string Activity => $"Verifying {Collection}";

    /// <inheritdoc/>
    private protected override MigrationOptions IndexOptions(QdrantConnection connection)
    {
        MigrationOptions given = base.IndexOptions(connection);
        return GivenMigration?.Asked is { } run ? AdoptedRun.Options(given, run, IsGiven) : given;
    }

    /// <summary>A repair continues a migration: what its journal began without, it goes on without.</summary>
    private protected override MigrationOptions WithJournal(MigrationOptions asked, IndexDescription index) =>
        asked with { JournalPath = Repair ? KnownJournal(asked, index) : null, OnlyCompares = !Repair };

    /// <inheritdoc/>
    private protected override void OnStaysBehind(string store, string journal) => WriteWarning(VerificationText.StaysBehind(store, journal));

    /// <inheritdoc/>
    private protected override RunSource AdoptedFiles(RunSource given) =>
        GivenMigration?.Source is { } run ? AdoptedRun.Source(given, run, IsGiven) : given;

    /// <inheritdoc/>
    private protected override void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection)
    {
        MigrationOptions options = IndexOptions(connection);
        options = options with
        {
            RecallK = Recall,
            RecallQueries = RecallQueryCount ?? options.RecallQueries,
            JournalPath = KnownJournal(options, source.Description),
        };
        if (GivenMigration?.Plan?.PayloadPath is string sent && payload is null && !File.Exists(options.JournalPath))
        {
            WriteWarning($"The migration sent payloads from {sent}. They are not compared.");
        }

        IVectorStore store = Parts.OpenStore(connection);
        MigrationCheck check = new(source, payload, store, Parts.NewRetryPolicy(options.Upload.GiveUpAfter), options, new DelegateObserver(Observe))
        {
            PayloadIsFound = PayloadIsFound,
        };
        (begun, mending) = (true, false);
        using ProgressTeller telling = this.telling = Logging.StartTelling(this, options.Collection, Observer, log, connection);
        try
        {
            VerificationResult result = RunPumped(() => check.VerifyAsync(Repair, StopToken));
            if (Repair && result is { Passed: false, NotVerifiable: null }
                && (check.Repairable == 0 || Agreed(result, check.Repairable, store.Endpoint)))
            {
                // Where nothing may be repaired, nothing is sent, and the result says why.
                result = Mend(check, options);
                if (VerificationErrors.Advice(result, options.JournalPath) is string advice)
                {
                    WriteWarning(advice);
                }
            }

            begun = false;
            int code = ExitCodes.Of(result.Passed && result.Invalid == 0 ? MigrationStatus.Completed : MigrationStatus.Incomplete);
            PumpUntil(Task.Run(() => telling.End(code, result)));
            Write(result);
        }
        catch (MigrationException error) when (!Detailed && error.ErrorId is ErrorIds.CollectionMissing or ErrorIds.CollectionDiffers)
        {
            // Either error means for certain that something is missing.
            WriteError(error);
            WriteObject(false);
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

    /// <inheritdoc/>
    private protected override MigrationError? WhenStopped() =>
        begun ? (mending ? VerificationErrors.RepairInterrupted() : VerificationErrors.Interrupted()).ToRecord() : null;

    private string? KnownJournal(MigrationOptions options, IndexDescription index)
    {
        return Journal.JournalPath is null && GivenMigration?.JournalPath is string ofRun ? ofRun
            : Journal.JournalPath is null ? DefaultJournal.FindExisting(LogFolders(), options, index.Path, () => index)
            : IndexPaths.Unresolved(this, Journal.JournalPath);
    }

    /// <summary>Where a migration may have left its journals.</summary>
    private string[] LogFolders() =>
    [
        .. ((string?[])[Pacing.LogDirectory, System.IO.Path.Combine(SessionState.Path.CurrentFileSystemLocation.Path, "logs")]).OfType<string>()
            .Select(folder => IndexPaths.Unresolved(this, folder)),
    ];

    private bool Agreed(VerificationResult result, long points, string endpoint)
    {
        string target = $"collection '{Collection}' at {endpoint}";
        string action = string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Send {points:N0} points again ({result.Missing:N0} are missing, {result.Different:N0} "
            + $"different){(Files?.NoStore == true ? ", without payloads" : string.Empty)}");
        return ShouldProcess($"{action} → {target}.", $"{action} → {target}?", "Repair a migration");
    }

    private VerificationResult Mend(MigrationCheck check, MigrationOptions options)
    {
        mending = true;
        string? folder = Pacing.LogDirectory is null ? null : IndexPaths.Unresolved(this, Pacing.LogDirectory);
        using (log = Logging.Open(folder, options, Observer, MyInvocation))
        {
            VerificationResult result = RunPumped(() => check.RepairAsync(StopToken));
            log = null;
            return result;
        }
    }

    private void Observe(RunEvent runEvent)
    {
        log?.OnEvent(runEvent);
        telling?.OnEvent(runEvent);
        Observer.OnEvent(runEvent);
    }

    private void Write(VerificationResult result)
    {
        WriteVerbose($"{Units.Count(result.Compared)} of {Units.Of(result.Expected, "point", "points")} compared ({result.Comparison}): "
            + $"{Units.Count(result.Missing)} missing, {Units.Count(result.Different)} different, "
            + $"{(result.Extra is long extra ? Units.Count(extra) : "unknown")} extra.");
        if (VerificationErrors.NotCompared(result) is string left)
        {
            WriteWarning(left + ".");
        }

        if (VerificationText.Range(result) is string range)
        {
            WriteVerbose($"Verified: {range}.");
        }

        foreach (PointDifference difference in PointDifference.SomeOfEach(result.Differences, 10))
        {
            WriteVerbose($"Point {difference.Id} (ordinal {difference.Ordinal}): {difference.Reason}");
        }

        foreach (object? told in (object?[])[result.Sample, result.Repair, result.Recall])
        {
            if (told is not null)
            {
                WriteVerbose(told.ToString());
            }
        }

        if (result.NotVerifiable is { } reason)
        {
            WriteError(CommandErrors.NotVerifiable(reason));
        }
        else if (!Detailed && !result.Passed)
        {
            WriteWarning(string.Join(' ', ((string?[])
            [
                VerificationText.NotPassed(result, Collection),
                result.Missing + result.Different > 0 ? "To list them, add -Detailed." : null,
                Repair ? null : VerificationErrors.Advice(result),
            ]).OfType<string>()));
        }

        WriteObject(Detailed ? result : result.Passed);
    }
}
