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
    private readonly RegionArguments regions = new();
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
        tune.regions.AddTo(command);
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
        if (regions.AreGiven(parsed))
        {
            return await CompareAsync(parsed, index, payload, cancellationToken).ConfigureAwait(false);
        }

        using QdrantConnection server = connection.Connect(parsed, context);
        MigrationTuning tuning;
        TuningProgress progress = TuningProgress.Start(Screen);
        await using (progress.ConfigureAwait(false))
        {
            MigrationTuner tuner = Tuner(index, payload, server, Options(parsed), progress);
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

    /// <summary>Tunes for one endpoint after the other. Exit code 4 where some of them failed; that of the failure where all did.</summary>
    private async Task<int> CompareAsync(ParseResult parsed, IVectorSource index, IPayloadSource? payload, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Name, QdrantConnection Server)> servers = regions.Connect(parsed, connection, Screen);
        TuningOptions options = Options(parsed);
        options = options with { Budget = RegionComparison.Share(options.Budget, servers.Count) };
        IReadOnlyList<RegionTuning> rows;
        TuningProgress progress = TuningProgress.Start(Screen);
        try
        {
            await using (progress.ConfigureAwait(false))
            {
                rows = await RegionComparison.RunAsync(
                    [.. servers.Select(static one => (one.Name, one.Server.ToString()))],
                    i => Tuner(index, payload, servers[i].Server, options, RegionComparison.Named(servers[i].Name, progress))
                        .RunAsync(cancellationToken)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return End(CliErrors.TuningInterrupted(), MigrationStatus.Interrupted);
        }
        finally
        {
            foreach ((_, QdrantConnection server) in servers)
            {
                server.Dispose();
            }
        }

        MigrationStatus status = rows.All(static row => row.Error is null) ? MigrationStatus.Completed
            : rows.Any(static row => row.Error is null) ? MigrationStatus.Incomplete : MigrationStatus.Failed;
        Screen.Show(RegionSheet.Of(rows, index.Description, options.Migration.Collection));
        foreach (RegionTuning failed in rows.Where(static row => row.Error is not null))
        {
            Screen.ShowError(failed.Error! with { Message = $"{failed.Region}: {failed.Error!.Message}" });
        }

        Screen.WriteJson(new RegionsOutput(status, ExitCodes.Of(status), rows), ResultJson.Context.RegionsOutput);
        return ExitCodes.Of(status);
    }

    private static MigrationTuner Tuner(
        IVectorSource index, IPayloadSource? payload, QdrantConnection server, TuningOptions options, IRunObserver progress) =>
        new(index, payload, Parts.OpenStore(server), () => Parts.NewRetryPolicy(options.Budget), options, progress);

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
