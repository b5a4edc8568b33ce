namespace VectorMigration.Commands;

/// <summary>Several indexes as one job: a run for each, over one plan.</summary>
public sealed partial class InvokeVectorMigrationCommand
{
    private MigrationJob? job;

    /// <inheritdoc/>
    private protected override JobProgress? Whole => job?.Progress;

    /// <inheritdoc/>
    private protected override string InsteadForOneIndex =>
        "Name the store or the payload file of each part in a manifest, or move each file by a command of its own.";

    /// <inheritdoc/>
    private protected override void OnParts(IReadOnlyList<JobPart> parts)
    {
        QdrantConnection connection = FindConnection();
        MigrationOptions options = IndexOptions(connection) with
        {
            JournalPath = Journal.JournalPath is null ? null : IndexPaths.Unresolved(this, Journal.JournalPath),
            JournalIsDefault = Journal.JournalPath is null,
        };
        MigrationJob whole = NewJob(parts, options, options.LogDirectory);
        JobPlan plan = whole.Plan(StopToken);
        string lines = string.Concat(plan.Parts.Select(part =>
            $"{Environment.NewLine}  part {part.Number}: {plan.Name(part)}, {JobPlan.Line(part)}"));
        if (!ShouldProcess($"{plan}.{lines}", $"{plan}?{lines}", "Migrate vectors") && !OnlyPlans)
        {
            return;
        }

        job = whole;
        try
        {
            MigrationResult total = whole.RunAsync(plan, part => Task.FromResult(RunPart(whole, plan, part, connection)), StopToken).GetAwaiter().GetResult();
            if (!OnlyPlans)
            {
                EndAll(total with { ReportPath = Parts.WriteJobReport(total, plan.RecordPath, WriteWarning) });
            }
        }
        finally
        {
            job = null;
        }
    }

    private MigrationResult RunPart(MigrationJob whole, JobPlan plan, PlannedPart part, QdrantConnection connection)
    {
        WriteVerbose($"Migrating {plan.Place(part)}: {part.Path}, {JobPlan.Line(part)}");
        MigrationResult unstarted = new()
        {
            RunId = Guid.Empty,
            Status = MigrationStatus.Planned,
            Path = part.Path,
            Endpoint = connection.ToString(),
            Collection = plan.Collection,
        };
        try
        {
            using OpenedPart opened = whole.Open(plan, part);
            (begun, running) = (true, null);
            using (controlled = new ControlledRun(new RunControl()) { Tell = Observe })
            {
                return PlanAndRun(opened.Source, opened.Payload, connection, opened.Options, controlled.Control)
                    ?? unstarted with { Status = OnlyPlans ? MigrationStatus.Planned : MigrationStatus.Interrupted };
            }
        }
        catch (MigrationException error) when (part != plan.Readable.First() || OnlyPlans)
        {
            // Earlier parts have been sent: the result of the job tells of them.
            return unstarted with { Status = error.Resumable ? MigrationStatus.Interrupted : MigrationStatus.Refused, Error = error.ToRecord() };
        }
    }

    private void EndAll(MigrationResult total)
    {
        if (Hooks.Start(this) is ScriptHooks ending)
        {
            ending.OnEvent(new RunEnded(total.RunId, DateTimeOffset.UtcNow, total), static result => result);
            IReadOnlyList<string> failed = ending.Finish();
            foreach (string failure in failed)
            {
                WriteWarning(failure);
            }

            total = total with { Warnings = [.. total.Warnings, .. failed] };
        }

        Emit(total);
    }
}
