using System.CommandLine;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>watch</c>: follows a run to its end, and ends with its exit code.</summary>
internal static class WatchCommand
{
    private const int DefaultSeconds = 2;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        RunArguments runs = new();
        Option<double> interval = Numbers.Seconds("--interval", "time between two lines,", 0.5, 3_600, DefaultSeconds);
        Command command = new("watch", "Follows a run of another session until it ends, then exits with the exit code of the run. Needs no server.");
        runs.AddTo(command);
        command.Add(interval);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, runs, TimeSpan.FromSeconds(parsed.GetValue(interval)), context.Screen,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, RunArguments named, TimeSpan interval, Screen screen, CancellationToken cancellationToken)
    {
        MigrationRun run = await named.FindAsync(parsed, cancellationToken).ConfigureAwait(false);
        string said = string.Empty;
        while (run.IsUnderWay)
        {
            string line = RunSheet.Line(run, DateTimeOffset.UtcNow, TimeZoneInfo.Local);
            if (line != said)
            {
                screen.Note(line);
                said = line;
            }

            try
            {
                await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
                run = await RunList.AgainAsync(run, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw CliErrors.WatchInterrupted(run);
            }
        }

        screen.Show(RunSheet.Of(run, DateTimeOffset.UtcNow, TimeZoneInfo.Local));
        int code = run.State == MigrationRunState.Killed ? ExitCodes.Interrupted : run.ExitCode ?? ExitCodes.Failed;
        if (run.State == MigrationRunState.Killed)
        {
            screen.ShowError(SteeringErrors.NotUnderWay(run).ToRecord());
        }

        screen.WriteJson(new StatusOutput(run.Result ?? MigrationStatus.Interrupted, code, [run]), ResultJson.Context.StatusOutput);
        return code;
    }
}
