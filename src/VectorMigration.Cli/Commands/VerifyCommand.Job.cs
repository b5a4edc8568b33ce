using System.CommandLine;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary>Several indexes that one job has moved.</summary>
internal sealed partial class VerifyCommand
{
    private async Task<int> CheckAllAsync(ParseResult parsed, IReadOnlyList<JobPart> parts, CancellationToken cancellationToken)
    {
        source.RefuseForSeveral(parsed);
        RefuseForSeveral(parsed);
        MigrationOptions options = sample.Apply(parsed, existing.Apply(parsed, part.Apply(parsed, source.Options(parsed, several: true)))) with
        {
            OnlyCompares = true,
            Upload = pacing.Options(parsed, connection.Timeout(parsed)),
        };
        string[] folders = [.. ((string?[])[parsed.GetValue(logDirectory), "logs"]).OfType<string>().Select(FileNames.Full)];
        MigrationJob whole = new(parts, options, (one, asked) => source.OpenPart(parsed, one, asked, Screen.Warn), job.OnBadPart(parsed))
        {
            Folder = Array.Find(folders, folder => File.Exists(JobRecord.PathOf(folder, options.Collection, options.VectorName))),
        };
        JobPlan plan = whole.Plan(cancellationToken);
        using QdrantConnection server = connection.Connect(parsed, context);
        VerificationResult verification;
        RunProgress progress = RunProgress.Start(Screen, () => whole.Progress);
        await using (progress.ConfigureAwait(false))
        {
            verification = await whole.VerifyAsync(plan, async (one, opened) =>
            {
                CompositeObserver observer = new(
                    [new DelegateObserver(whole.OnEvent), new RunReporter(Screen), progress, new DelegateObserver(told => comparing |= told is PhaseStarted)]);
                MigrationCheck check = new(opened.Source, opened.Payload, Parts.OpenStore(server), Parts.NewRetryPolicy(opened.Options.Upload.GiveUpAfter),
                    opened.Options, observer)
                {
                    PayloadIsFound = one.Part.StorePath is null,
                };
                VerificationResult proof = await check.VerifyAsync(forRepair: false, cancellationToken).ConfigureAwait(false);
                Screen.Note($"{plan.Place(one)}: {plan.Name(one)}: {proof}");
                return proof;
            }).ConfigureAwait(false);
        }

        MigrationStatus status = StatusOf(verification);
        IndexDescription index = plan.Readable.First().Index! with
        {
            Path = plan.Folder,
            Kind = string.Join(", ", plan.Readable.Select(static one => one.Index!.Kind).Distinct()),
            Count = plan.Count,
        };
        Screen.Show(VerificationSheet.Of(verification, index, server.ToString(), options.Collection, verification.PayloadPath is not null));
        if (plan.Skipped.Count > 0)
        {
            Screen.ShowError(JobErrors.Skipped(plan.Skipped, options.Collection).ToRecord());
        }
        else if (verification is { Passed: false, NotVerifiable: null })
        {
            Screen.ShowNext(JobErrors.Repair(verification));
        }

        Screen.WriteJson(
            new VerifyOutput(status, ExitCodes.Of(status), plan.Folder, server.ToString(), options.Collection, verification), ResultJson.Context.VerifyOutput);
        return ExitCodes.Of(status);
    }

    private void RefuseForSeveral(ParseResult parsed)
    {
        string? option = parsed.GetValue(repair) ? "-Repair" : parsed.GetValue(recall) is not null ? "-Recall"
            : parsed.GetValue(journal) is not null ? "-JournalPath" : null;
        if (option is not null)
        {
            throw JobErrors.NotForSeveral(option, "Verify each part by a command of its own, with its id offset, which the result of the migration shows.");
        }
    }
}
