using System.CommandLine;
using VectorMigration.Cli.Connection;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>join --plan F</c>: the end of a job in slices.</summary>
internal sealed class JoinCommand
{
    private const int MostWait = 604_800;
    private readonly CommandContext context;
    private readonly ConnectionArguments connection = new();
    private readonly PacingArguments pacing = new();
    private readonly SampleArguments sample = new();
    private readonly Option<string?> plan = SliceArguments.PlanOption("plan whose slices have been moved");
    private readonly Option<string[]> logDirectory = LogFolders(
        "log folder of the slices; repeat the option for more. The result and the report are written to the first one");
    private readonly Option<VerificationMode?> verify = Choices.Of("--verify", "verification of the whole (default full)", "V",
        ("full", VerificationMode.Full), ("count", VerificationMode.Count), ("sample", VerificationMode.Sample), ("none", VerificationMode.None));
    private readonly Option<int?> waitTimeout = Numbers.WholeOrNone(
        "--wait-indexed-timeout", "longest wait for the index in seconds (default: as long as indexing makes progress)", 1, MostWait);
    private readonly Option<bool> verbose = Switches.Verbose();

    private JoinCommand(CommandContext context) => this.context = context;

    private Screen Screen => context.Screen;

    /// <summary>The log folders of slices.</summary>
    public static Option<string[]> LogFolders(string description) => new("--log-dir")
    {
        Description = description,
        HelpName = "D",
        DefaultValueFactory = _ => ["logs"],
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        JoinCommand join = new(context);
        Command command = new(
            "join", "Ends a migration that was moved in slices: resumes the indexing, verifies the whole, and writes one result and one report.");
        join.plan.Required = true;
        foreach (Option option in (Option[])[join.plan, join.logDirectory, join.verify, join.waitTimeout])
        {
            command.Add(option);
        }

        join.sample.AddTo(command);
        join.connection.AddTo(command);
        join.pacing.AddTo(command);
        command.Add(Switches.Json());
        command.Add(join.verbose);
        command.SetAction(join.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Screen.Verbose = parsed.GetValue(verbose);
        string given = parsed.GetRequiredValue(plan)!;
        Address.RequirePath(given);
        SlicePlan whole = SlicePlan.Read(FileNames.Full(given));
        string[] folders = [.. parsed.GetRequiredValue(logDirectory).Select(FileNames.Full)];
        MigrationOptions options = sample.Apply(parsed, whole.Options.Options(whole.Collection) with
        {
            Verification = parsed.GetValue(verify) ?? VerificationMode.Full,
            Upload = pacing.Options(parsed, connection.Timeout(parsed)),
        });
        SliceJoin join = new(whole, folders, options, Slices.Opener(whole, Screen.Warn));
        JobPlan parts = join.Plan();
        using QdrantConnection server = connection.Connect(parsed, context);
        MigrationResult result = Slices.Keep(join, await EndAsync(join, parts, options, server, parsed, cancellationToken).ConfigureAwait(false), Screen.Warn);
        Screen.Show(JobSheet.Of(result, result.Parts!));
        if (result.Error is MigrationError error)
        {
            Screen.ShowError(error);
        }

        Screen.WriteJson(result, ResultJson.Context.MigrationResult);
        return result.ExitCode;
    }

    private async Task<MigrationResult> EndAsync(
        SliceJoin join, JobPlan parts, MigrationOptions options, QdrantConnection server, ParseResult parsed, CancellationToken cancellationToken)
    {
        IVectorStore store = Parts.OpenStore(server);
        await join.ResumeIndexingAsync(store, Screen.Warn, cancellationToken).ConfigureAwait(false);
        RunProgress progress = RunProgress.Start(Screen, () => join.Progress);
        await using (progress.ConfigureAwait(false))
        {
            CompositeObserver observer = new([new DelegateObserver(join.OnEvent), new RunReporter(Screen), progress]);
            IReadOnlyList<VerificationResult> proofs = await join.VerifyAsync(parts, async (part, opened) =>
            {
                MigrationCheck check = new(
                    opened.Source, opened.Payload, store, Parts.NewRetryPolicy(options.Upload.GiveUpAfter), opened.Options, observer);
                VerificationResult proof = await check.VerifyAsync(forRepair: false, cancellationToken).ConfigureAwait(false);
                Screen.Note($"{parts.Place(part)}: {parts.Name(part)}: {proof}");
                return proof;
            }).ConfigureAwait(false);
            IndexingResult indexed = await Slices.WaitAsync(
                join, store, options, parsed.GetValue(waitTimeout) is int seconds ? TimeSpan.FromSeconds(seconds) : null, observer, cancellationToken)
                .ConfigureAwait(false);
            return join.Total(parts, server.ToString(), proofs, indexed);
        }
    }
}
