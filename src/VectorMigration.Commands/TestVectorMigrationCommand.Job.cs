namespace VectorMigration.Commands;

/// <summary>Several indexes that one job has moved.</summary>
public sealed partial class TestVectorMigrationCommand
{
    private MigrationJob? job;

    /// <inheritdoc/>
    private protected override JobProgress? Whole => job?.Progress;

    /// <inheritdoc/>
    private protected override string[] ForOneIndex => [.. base.ForOneIndex, nameof(Repair), nameof(Recall), nameof(JournalParameters.JournalPath)];

    /// <inheritdoc/>
    private protected override string InsteadForOneIndex =>
        "Verify each part by a command of its own, with its id offset, which the result of the migration shows.";

    /// <inheritdoc/>
    private protected override void OnParts(IReadOnlyList<JobPart> parts)
    {
        QdrantConnection connection = FindConnection();
        MigrationOptions options = IndexOptions(connection) with { OnlyCompares = true };
        MigrationJob whole = NewJob(
            parts, options, Array.Find(LogFolders(), folder => File.Exists(JobRecord.PathOf(folder, options.Collection, options.VectorName))));
        JobPlan plan = whole.Plan(StopToken);
        (job, begun) = (whole, true);
        VerificationResult result = whole.VerifyAsync(plan, (part, opened) =>
        {
            WriteVerbose($"Verifying {plan.Place(part)}: {part.Path}");
            MigrationCheck check = new(opened.Source, opened.Payload, Parts.OpenStore(connection), Parts.NewRetryPolicy(opened.Options.Upload.GiveUpAfter),
                opened.Options, new CompositeObserver([new DelegateObserver(whole.OnEvent), new DelegateObserver(Observe)]))
            {
                PayloadIsFound = part.Part.StorePath is null,
            };
            return Task.FromResult(RunPumped(() => check.VerifyAsync(forRepair: false, StopToken)));
        }).GetAwaiter().GetResult();
        (job, begun) = (null, false);
        if (plan.Skipped.Count > 0)
        {
            WriteError(JobErrors.Skipped(plan.Skipped, options.Collection));
        }

        if (Detailed || result.Passed || result.NotVerifiable is not null)
        {
            Write(result);
            return;
        }

        if (plan.Skipped.Count == 0)
        {
            WriteWarning($"{VerificationText.NotPassed(result, Collection)} {JobErrors.Repair(result)}");
        }

        WriteObject(false);
    }
}
