using System.CommandLine;
using System.Globalization;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>pause</c>, <c>resume</c>, <c>stop</c> and <c>pace</c>: a run of another session does what this one asks for.</summary>
internal static class SteeringCommands
{
    /// <summary>Makes <c>pause</c>.</summary>
    public static Command Pause(CommandContext context) => Create(
        context, "pause", "Pauses a run of another session: nothing more is sent or read until it is resumed.",
        (_, run, token) => RunSteering.PauseAsync(run, token));

    /// <summary>Makes <c>resume</c>.</summary>
    public static Command Resume(CommandContext context) => Create(
        context, "resume", "Lets a paused run continue.", (_, run, token) => RunSteering.ResumeAsync(run, token));

    /// <summary>Makes <c>stop</c>.</summary>
    public static Command Stop(CommandContext context) => Create(
        context, "stop", "Stops a run of another session as Ctrl+C does: it ends with exit code 3, and the same command resumes it.",
        (_, run, token) => RunSteering.StopAsync(run, token));

    /// <summary>Makes <c>pace</c>.</summary>
    public static Command Pace(CommandContext context)
    {
        Option<int?> batchSize = Numbers.WholeOrNone("--batch-size", "vectors per batch, 1 to 100,000", 1, 100_000);
        Option<int?> parallel = Numbers.WholeOrNone("--parallel", "batches in parallel, 1 to 1,024", 1, 1_024);
        Option<double?> delay = Number("--batch-delay", "pause between batches in seconds, 0 to 86,400 (0 removes it)", "S");
        Option<double?> rate = Number("--requests-per-second", "most requests per second, 0.1 to 100,000 (0 removes the limit)", "N");
        Option<bool> adaptive = new("--adaptive") { Description = "let the run find its pace again; remove the delay and the limit" };
        Command command = Create(context, "pace", "Changes the pace of a run of another session. Only the values that you specify change.",
            (parsed, run, token) => RunSteering.PaceAsync(run, new PaceSettings
            {
                BatchSize = parsed.GetValue(batchSize),
                ThrottleLimit = parsed.GetValue(parallel),
                BatchDelay = parsed.GetValue(delay) is double seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, -1, 1e6)) : null,
                RequestsPerSecond = parsed.GetValue(rate),
                Adaptive = parsed.GetValue(adaptive),
            }, token));
        foreach (Option option in (Option[])[batchSize, parallel, delay, rate, adaptive])
        {
            command.Add(option);
        }

        return command;
    }

    private static Option<double?> Number(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double value)
                && double.IsFinite(value))
            {
                return value;
            }

            result.AddError($"{name} is '{text}'; expected a number.");
            return null;
        },
    };

    private static Command Create(
        CommandContext context, string name, string about, Func<ParseResult, MigrationRun, CancellationToken, Task<MigrationRun>> act)
    {
        RunArguments runs = new();
        Command command = new(name, about);
        runs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            MigrationRun run = await runs.FindAsync(parsed, cancellationToken).ConfigureAwait(false);
            MigrationRun now = await act(parsed, run, cancellationToken).ConfigureAwait(false);
            context.Screen.Show(RunSheet.Of(now, DateTimeOffset.UtcNow, TimeZoneInfo.Local));
            if (now is { State: MigrationRunState.Paused, UnderWay: > 0 })
            {
                context.Screen.Warn(RunSheet.StillUnderWay(now));
            }

            context.Screen.WriteJson(new StatusOutput(MigrationStatus.Completed, ExitCodes.Success, [now]), ResultJson.Context.StatusOutput);
            return ExitCodes.Success;
        });
        return command;
    }
}
