using System.CommandLine;
using VectorMigration.Cli.Connection;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>migrate PATH</c>: the whole job.</summary>
internal sealed partial class MigrateCommand
{
    private readonly CommandContext context;
    private readonly SourceArguments source = new();
    private readonly JobArguments job = new();
    private readonly SliceArguments slice = new();
    private readonly ConnectionArguments connection = new();
    private readonly PacingArguments pacing = new();
    private readonly PartArguments part = new();
    private readonly ExistingArguments existing = new();
    private readonly ChangedSourceArguments changed = new();
    private readonly SampleArguments sample = new();
    private readonly IndexingArguments indexing = new();
    private readonly CreationArguments creation = new();
    private readonly ShardingArguments sharding = new();
    private readonly LogArguments logs = new();
    private readonly Option<bool> recreate = new("--recreate") { Description = "delete the collection with all its points, then create it again" };
    private readonly Option<bool> yes = new("--yes")
    {
        Description = "with --recreate or --prune: delete without asking; required when there is no terminal"
    };
    private readonly Option<string> logDirectory = new("--log-dir")
    {
        Description = "folder for migration.log, and for one folder per run in runs",
        HelpName = "D",
        DefaultValueFactory = _ => "logs"
    };
    private readonly Option<string> journal = new("--journal")
    {
        Description = "file that records acknowledged vectors, so that the same command resumes "
        + "(default: COLLECTION.INDEXFILE.journal in --log-dir)",
        HelpName = "F"
    };
    private readonly Option<bool> restart = new("--restart") { Description = "begin a new journal: send everything again" };
    private readonly Option<VerificationMode?> verify = Choices.Of("--verify", "verification after the upload (default full)", "V",
        ("full", VerificationMode.Full), ("count", VerificationMode.Count), ("sample", VerificationMode.Sample), ("none", VerificationMode.None));

    private readonly Option<bool> dryRun = new("--dry-run")
    {
        Description = "show the plan and every reason for a refusal (exit code 2); "
        + "change nothing"
    };
    private readonly Option<bool> verbose = Switches.Verbose();

    private MigrateCommand(CommandContext context) => this.context = context;

    private Screen Screen => context.Screen;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        MigrateCommand migrate = new(context);
        Command command = new("migrate", "Sends every vector of an index to a collection, then verifies the collection.");
        migrate.source.TakeSeveral();
        migrate.source.AddTo(command);
        migrate.slice.AddTo(command);
        migrate.job.AddTo(command, migrate.source, migrate.slice.Plan);
        migrate.part.AddTo(command);
        migrate.existing.AddTo(command, merges: true);
        migrate.changed.AddTo(command);
        migrate.connection.AddTo(command);
        migrate.pacing.AddTo(command);
        foreach (Option option in (Option[])[migrate.recreate, migrate.yes, migrate.logDirectory, migrate.journal, migrate.restart, migrate.verify,
            migrate.dryRun,
            Switches.Json(), migrate.verbose])
        {
            command.Add(option);
        }

        migrate.logs.AddTo(command);
        migrate.logs.AddHooksTo(command);
        migrate.sample.AddTo(command);
        migrate.indexing.AddTo(command);
        migrate.creation.AddTo(command);
        migrate.sharding.AddTo(command);
        migrate.source.TakePlan(command, migrate.slice.Plan);
        command.SetAction(migrate.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Screen.Verbose = parsed.GetValue(verbose);
        MigrationOptions options = Options(parsed);
        EndProgram? atEnd = logs.AtEnd(parsed);
        MigrationResult result;
        try
        {
            result = slice.Of(parsed) is { } planned ? await MigrateSliceAsync(parsed, options, planned, cancellationToken).ConfigureAwait(false)
                : job.Of(parsed, source) is { } parts ? await MigrateAllAsync(parsed, options, parts, cancellationToken).ConfigureAwait(false)
                : await MigrateAsync(parsed, options, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException error)
        {
            result = Unstarted(parsed, options, error);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            result = Unstarted(parsed, options, CliErrors.InterruptedUnsent());
        }

        result = slice.IsGiven(parsed) && !options.DryRun ? Retryable(result) : result;
        Report(result, options, parsed.GetValue(yes));
        if (atEnd is not null && !options.DryRun && await atEnd.RunAsync(result, ResultJson.Of(result)).ConfigureAwait(false) is string failed)
        {
            Screen.Warn(failed);
        }

        return result.ExitCode;
    }

    private async Task<MigrationResult> MigrateAsync(ParseResult parsed, MigrationOptions options, CancellationToken cancellationToken)
    {
        using QdrantConnection server = connection.Connect(parsed, context);
        // Open the connections for planning while the index is being read.
        _ = Parts.OpenStore(server).WarmAsync(TargetSurvey.Calls, cancellationToken);
        using IVectorSource index = source.OpenIndex(parsed, plans: options.DryRun);
        using OpenedPart one = new(index, source.OpenPayload(parsed, options, index.Description, Screen.Warn), options);
        RunProgress progress = RunProgress.Start(Screen);
        await using (progress.ConfigureAwait(false))
        {
            return await RunOneAsync(parsed, one, server, [progress], job: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<MigrationResult> RunOneAsync(
        ParseResult parsed, OpenedPart one, QdrantConnection server, IRunObserver[] watchers, MigrationJob? job, CancellationToken cancellationToken)
    {
        MigrationOptions options = one.Options;
        using RunLog? log = logs.Open(parsed, options.DryRun ? null : options.LogDirectory, options, context);
        using ControlledRun controlled = new(new RunControl());
        using ProgressTeller telling = logs.StartTelling(parsed, options, log, Screen, server, controlled, job?.Progress);
        controlled.Now = telling.Now;
        CompositeObserver observer = new([.. log is null ? [] : (IRunObserver[])[log], telling, new RunReporter(Screen), .. watchers]);
        controlled.Tell = observer.OnEvent;
        Migration migration = new(
            one.Source, one.Payload, Parts.OpenStore(server), Parts.NewRetryPolicy(options.Upload.GiveUpAfter), options, observer)
        {
            History = options.LogDirectory is string folder ? new LoggedRuns(folder) : null,
            Control = controlled.Control,
        };
        if (options is { DryRun: false } and ({ Recreate: true } or { Prune: true }))
        {
            RequireConsent(await migration.PlanAsync(cancellationToken).ConfigureAwait(false), parsed.GetValue(yes));
        }

        MigrationResult result = await migration.RunAsync(cancellationToken).ConfigureAwait(false);
        return log?.WithLosses(result) ?? result;
    }

    /// <summary>Several indexes as one job: a run for each, over one plan.</summary>
    private async Task<MigrationResult> MigrateAllAsync(
        ParseResult parsed, MigrationOptions options, IReadOnlyList<JobPart> parts, CancellationToken cancellationToken)
    {
        source.RefuseForSeveral(parsed);
        using QdrantConnection server = connection.Connect(parsed, context);
        MigrationJob whole = new(parts, options, (part, asked) => source.OpenPart(parsed, part, asked, Screen.Warn), job.OnBadPart(parsed));
        JobPlan plan = whole.Plan(cancellationToken);
        Screen.Note($"{plan}.");
        MigrationResult total = await RunAllAsync(parsed, options, whole, plan, server, run => whole.RunAsync(plan, run, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return total with { ReportPath = options.DryRun ? null : Parts.WriteJobReport(total, plan.RecordPath, Screen.Warn) };
    }

    private async Task<MigrationResult> RunAllAsync(
        ParseResult parsed, MigrationOptions options, MigrationJob whole, JobPlan plan, QdrantConnection server,
        Func<Func<PlannedPart, Task<MigrationResult>>, Task<MigrationResult>> runAll, CancellationToken cancellationToken)
    {
        RunProgress progress = RunProgress.Start(Screen, () => whole.Progress);
        await using (progress.ConfigureAwait(false))
        {
            DelegateObserver figures = new(whole.OnEvent);
            return await runAll(async part =>
            {
                Screen.Note($"{plan.Place(part)}: {plan.Name(part)}, {JobPlan.Line(part)}");
                try
                {
                    using OpenedPart opened = whole.Open(plan, part);
                    return await RunOneAsync(parsed, opened, server, [figures, progress], whole, cancellationToken).ConfigureAwait(false);
                }
                catch (MigrationException error)
                {
                    return Unstarted(parsed, options, error);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    return Unstarted(parsed, options, CliErrors.InterruptedUnsent());
                }
            }).ConfigureAwait(false);
        }
    }

    /// <summary>What is gone with a collection cannot be had back: somebody says yes to it, now or by an option.</summary>
    private static void RequireConsent(MigrationPlan plan, bool agreed)
    {
        if (PlanText.Deletion(plan) is null || agreed)
        {
            return;
        }

        bool prunes = !plan.RecreatesCollection;
        bool canAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected;
        if (canAsk)
        {
            Console.Error.Write(prunes ? $"Delete {PlanText.PrunedPoints(plan)}? [y/N] "
                : $"Delete the collection '{plan.Collection}' at {plan.Endpoint} with "
                    + $"{Units.Of(plan.PresentBefore, "point", "points")}{PlanText.Losses(plan)}? [y/N] ");
        }

        if (!canAsk || Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
        {
            throw prunes ? CliErrors.PruneNotAgreed(plan, canAsk) : CliErrors.RecreateNotAgreed(plan, canAsk);
        }
    }

    private MigrationOptions Options(ParseResult parsed)
    {
        string folder = FileNames.Full(parsed.GetRequiredValue(logDirectory));
        SlicePlan? plan = slice.Of(parsed)?.Plan;
        bool several = plan is not null || job.Of(parsed, source) is not null;
        MigrationOptions asked = changed.Apply(
            parsed, existing.Apply(parsed, plan?.Options.Options(plan.Collection) ?? part.Apply(parsed, source.Options(parsed, several))));
        MigrationOptions options = sample.Apply(parsed, sharding.Apply(parsed, logs.Apply(parsed, asked)) with
        {
            Recreate = parsed.GetValue(recreate),
            Verification = parsed.GetValue(verify) ?? (plan is null ? VerificationMode.Full : VerificationMode.None),
            LogDirectory = folder,
            JournalPath = parsed.GetValue(journal) is { Length: > 0 } file ? FileNames.Full(file)
                : several ? null
                : DefaultJournal.Find(folder, asked, source.Path(parsed), () => Parts.Describe(source.Path(parsed), source.ListPath(parsed))),
            JournalIsDefault = parsed.GetValue(journal) is not { Length: > 0 },
            Restart = parsed.GetValue(restart),
            DryRun = parsed.GetValue(dryRun),
            Indexing = indexing.Options(parsed),
            Creation = creation.Options(parsed),
            Upload = pacing.Options(parsed, connection.Timeout(parsed)),
        });
        return plan is null ? options : SliceJob.Options(plan, options, journalGiven: !options.JournalIsDefault);
    }

    private MigrationResult Unstarted(ParseResult parsed, MigrationOptions options, MigrationException error) => new()
    {
        RunId = Guid.Empty,
        Status = CliErrors.StatusOf(error),
        Path = slice.Of(parsed) is { } planned ? planned.Plan.Path
            : job.Of(parsed, source) is { } parts ? job.Manifest(parsed) ?? Path.GetDirectoryName(parts[0].Path)! : source.Path(parsed),
        Endpoint = EndpointText(parsed),
        Collection = options.Collection,
        LogDirectory = options.DryRun ? null : options.LogDirectory,
        Error = error.ToRecord(),
    };

    private string EndpointText(ParseResult parsed)
    {
        try
        {
            return connection.EndpointText(parsed);
        }
        catch (MigrationException)
        {
            // This error is already being reported. Do not repeat what cannot be read as an endpoint: it may hold a key.
            return string.Empty;
        }
    }

    private void Report(MigrationResult result, MigrationOptions options, bool agreed)
    {
        Screen.Show(result.Parts is { } rows ? JobSheet.Of(result, rows)
            : options.DryRun && result.Plan is MigrationPlan plan ? PlanSheet.Of(plan, agreed) : ResultSheet.Of(result));
        if (result.Plan is { Refusals: { Count: > 1 } refusals })
        {
            foreach (MigrationError refusal in refusals)
            {
                Screen.ShowError(refusal);
            }
        }
        else if (result.Error is MigrationError error)
        {
            Screen.ShowError(ResumeAdvice.Add(error, result, options));
        }
        else if (result.Status == MigrationStatus.Incomplete)
        {
            Screen.ShowError(IncompleteRun.Of(result).ToRecord());
        }

        Screen.WriteJson(result, ResultJson.Context.MigrationResult);
    }
}
