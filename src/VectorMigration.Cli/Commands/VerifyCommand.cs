using System.CommandLine;
using VectorMigration.Cli.Connection;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>verify PATH</c>: is everything there, bit for bit.</summary>
internal sealed partial class VerifyCommand
{
    private readonly CommandContext context;
    private readonly SourceArguments source = new();
    private readonly JobArguments job = new();
    private readonly ConnectionArguments connection = new();
    private readonly PacingArguments pacing = new();
    private readonly PartArguments part = new();
    private readonly ExistingArguments existing = new();
    private readonly Option<string?> journal = new("--journal")
    {
        Description = "the journal of the migration: it identifies the points that --repair may replace, and shows whether payloads were sent (default: the "
            + "journal of migrate, in --log-dir or in logs)",
        HelpName = "F",
    };

    private readonly SampleArguments sample = new();
    private readonly LogArguments logs = new();
    private readonly Option<int?> recall = Numbers.WholeOrNone("--recall", "send the same queries to the index and the collection, and compare this "
        + "many neighbors", 1,
        1_000);
    private readonly Option<int> queries = Numbers.Whole("--recall-queries", "number of queries for --recall", 1, 10_000, 100);
    private readonly Option<bool> repair = new("--repair") { Description = "send missing and different points again, and verify them" };
    private readonly Option<string?> logDirectory = new("--log-dir")
    {
        Description = "with --repair: folder for the logs (default: none); also searched for the journal",
        HelpName = "D"
    };
    private readonly Option<bool> verbose = Switches.Verbose();
    private bool sending;
    private bool comparing;

    private VerifyCommand(CommandContext context) => this.context = context;

    private Screen Screen => context.Screen;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        VerifyCommand verify = new(context);
        Command command = new("verify", "Reads every vector back from a collection and compares it with the index. Changes nothing unless --repair is given.");
        verify.source.TakeSeveral();
        verify.source.AddTo(command);
        verify.job.AddTo(command, verify.source);
        verify.source.TellFor(
            "distance of the collection (default: that of the index)", "compare only vectors, although texts of a store are next to the index");
        verify.part.AddTo(command);
        verify.existing.AddTo(command, merges: false);
        verify.connection.AddTo(command);
        verify.sample.AddTo(command);
        foreach (Option option in (Option[])[verify.recall, verify.queries, verify.repair, verify.journal, verify.logDirectory])
        {
            command.Add(option);
        }

        verify.logs.AddTo(command);
        verify.pacing.AddTo(command);
        command.Add(Switches.Json());
        command.Add(verify.verbose);
        command.SetAction(verify.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Screen.Verbose = parsed.GetValue(verbose);
        try
        {
            return job.Of(parsed, source) is { } parts ? await CheckAllAsync(parsed, parts, cancellationToken).ConfigureAwait(false)
                : await CheckAsync(parsed, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException error) when (sending || (comparing && error.Resumable))
        {
            return Refuse(error.Resumable ? MigrationStatus.Interrupted : MigrationStatus.Failed, error);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Refuse(MigrationStatus.Interrupted, sending ? VerificationErrors.RepairInterrupted() : VerificationErrors.Interrupted());
        }
    }

    private async Task<int> CheckAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        MigrationOptions options = Options(parsed);
        string path = source.Path(parsed);
        using IVectorSource index = source.OpenIndex(parsed);
        using IPayloadSource? payload = source.OpenPayload(parsed, options, index.Description, Screen.Warn);
        if (source.LeftBehind(parsed, options) is string store)
        {
            Screen.Warn(VerificationText.StaysBehind(store, options.JournalPath!));
        }

        using QdrantConnection server = connection.Connect(parsed, context);
        VerificationResult verification;
        RunProgress progress = RunProgress.Start(Screen);
        await using (progress.ConfigureAwait(false))
        {
            using RunLog? log = logs.Open(parsed, options.LogDirectory, options, context);
            using ProgressTeller telling = logs.StartTelling(parsed, options, log, Screen, server);
            CompositeObserver observer = new([.. log is null ? [] : (IRunObserver[])[log], telling, new RunReporter(Screen), progress,
                new DelegateObserver(told => comparing |= told is PhaseStarted)]);
            MigrationCheck check = new(index, payload, Parts.OpenStore(server), Parts.NewRetryPolicy(options.Upload.GiveUpAfter), options, observer)
            {
                PayloadIsFound = source.PayloadIsFound(parsed),
            };
            verification = await check.VerifyAsync(parsed.GetValue(repair), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(repair) && verification is { Passed: false, NotVerifiable: null })
            {
                sending = true;
                verification = await check.RepairAsync(cancellationToken).ConfigureAwait(false);
            }

            telling.End(ExitCodes.Of(StatusOf(verification)), verification);
        }

        MigrationStatus status = StatusOf(verification);
        Screen.Show(VerificationSheet.Of(verification, index.Description, server.ToString(), options.Collection, payload is not null));
        if ((VerificationErrors.Advice(verification, options.JournalPath) ?? verification.NotVerifiable?.RecommendedAction) is string advice)
        {
            Screen.ShowNext(advice);
        }

        Screen.WriteJson(
            new VerifyOutput(status, ExitCodes.Of(status), path, server.ToString(), options.Collection, verification), ResultJson.Context.VerifyOutput);
        return ExitCodes.Of(status);
    }

    private static MigrationStatus StatusOf(VerificationResult verification) =>
        verification.Passed && verification.Invalid == 0 ? MigrationStatus.Completed : MigrationStatus.Incomplete;

    private MigrationOptions Options(ParseResult parsed)
    {
        MigrationOptions asked = existing.Apply(parsed, part.Apply(parsed, source.Options(parsed)));
        string index = source.Path(parsed);
        string[] folders = [.. ((string?[])[parsed.GetValue(logDirectory), "logs"]).OfType<string>().Select(FileNames.Full)];
        string? known = parsed.GetValue(journal) is { Length: > 0 } named ? FileNames.Full(named)
            : DefaultJournal.FindExisting(folders, asked, index, () => Parts.Describe(index, source.ListPath(parsed)));
        return sample.Apply(parsed, logs.Apply(parsed, asked)) with
        {
            JournalPath = known,
            OnlyCompares = !parsed.GetValue(repair),
            RecallK = parsed.GetValue(recall),
            RecallQueries = parsed.GetValue(queries),
            LogDirectory = parsed.GetValue(repair) && parsed.GetValue(logDirectory) is string folder ? FileNames.Full(folder) : null,
            Upload = pacing.Options(parsed, connection.Timeout(parsed)),
        };
    }

    private int Refuse(MigrationStatus status, MigrationException error)
    {
        MigrationError record = error.ToRecord();
        Screen.ShowError(record);
        Screen.WriteJson(new FailureOutput(status, ExitCodes.Of(status), record), ResultJson.Context.FailureOutput);
        return ExitCodes.Of(status);
    }
}
