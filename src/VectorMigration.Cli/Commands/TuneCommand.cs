using System.CommandLine;
using VectorMigration.Cli.Connection;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>tune PATH</c>: batch size, parallelism and pause for this index, line and server, and how long the next sizes will take.</summary>
internal sealed class TuneCommand
{
    private readonly CommandContext context;
    private readonly SourceArguments source = new();
    private readonly ConnectionArguments connection = new();
    private readonly Option<int[]> batchSizes = NumberLists.Whole("--batch-size", "batch sizes to try (default: chosen during tuning)", 1, 100_000);
    private readonly Option<int[]> parallel = NumberLists.Whole("--parallel", "numbers of parallel batches to try (default: chosen during tuning)", 1, 1_024);
    private readonly Option<TimeSpan[]> delays = NumberLists.Seconds("--batch-delay", "pauses between batches to try (default: none, and 0.1 once)", 0, 86_400);
    private readonly Option<long[]> sizes = NumberLists.Counts("--sizes", "sizes to predict, in addition to the whole index (default "
        + "1000,10000)", 1, 1_000_000_000_000);
    private readonly Option<double> budget = Numbers.Seconds("--budget", "time limit for the whole command", 5, 3_600, 60);
    private readonly Option<bool> verbose = Switches.Verbose();

    private TuneCommand(CommandContext context) => this.context = context;

    private Screen Screen => context.Screen;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        TuneCommand tune = new(context);
        Command command = new("tune", "Tries settings on a scratch collection, recommends one, and predicts how long uploads of several sizes take. "
            + "The collection itself is not changed. The scratch collection is removed, also after Ctrl+C.");
        tune.source.AddTo(command);
        tune.connection.AddTo(command);
        foreach (Option option in (Option[])[tune.batchSizes, tune.parallel, tune.delays, tune.sizes, tune.budget, Switches.Json(), tune.verbose])
        {
            command.Add(option);
        }

        command.SetAction(tune.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Screen.Verbose = parsed.GetValue(verbose);
        using IVectorSource index = source.OpenIndex(parsed);
        using IPayloadSource? payload = source.OpenPayload(parsed, source.Options(parsed), index.Description, Screen.Warn);
        using QdrantConnection server = connection.Connect(parsed, context);
        MigrationTuning tuning;
        TuningProgress progress = TuningProgress.Start(Screen);
        await using (progress.ConfigureAwait(false))
        {
            TuningOptions options = Options(parsed);
            MigrationTuner tuner = new(index, payload, Parts.OpenStore(server), () => Parts.NewRetryPolicy(options.Budget), options, progress);
            try
            {
                tuning = await tuner.RunAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (MigrationException error) when (tuner.Sending)
            {
                return End(error, MigrationStatus.Failed);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return End(CliErrors.TuningInterrupted(), MigrationStatus.Interrupted);
            }
        }

        Screen.Show(TuningSheet.Of(tuning, index.Description));
        Screen.WriteJson(new TuneOutput(MigrationStatus.Completed, ExitCodes.Success, tuning), ResultJson.Context.TuneOutput);
        return ExitCodes.Success;
    }

    private TuningOptions Options(ParseResult parsed)
    {
        TimeSpan time = TimeSpan.FromSeconds(parsed.GetValue(budget));
        return new TuningOptions
        {
            Migration = source.Options(parsed) with { Upload = new UploadOptions { Timeout = connection.Timeout(parsed), GiveUpAfter = time } },
            BatchSizes = parsed.GetValue(batchSizes) ?? [],
            ThrottleLimits = parsed.GetValue(parallel) ?? [],
            BatchDelays = parsed.GetValue(delays) ?? [],
            Sizes = parsed.GetValue(sizes) ?? [],
            Budget = time,
        };
    }

    private int End(MigrationException error, MigrationStatus status)
    {
        MigrationError record = error.ToRecord();
        Screen.ShowError(record);
        Screen.WriteJson(new FailureOutput(status, ExitCodes.Of(status), record), ResultJson.Context.FailureOutput);
        return ExitCodes.Of(status);
    }
}
