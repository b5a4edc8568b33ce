using System.CommandLine;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary>What a command tells while it works, and how long its logs stay. Shared by migrate and verify.</summary>
internal sealed class LogArguments
{
    private const string Kept = "a run that can be resumed keeps its logs";

    private readonly Option<double> interval = Numbers.Seconds(
        "--progress-interval", "without a terminal: interval between progress lines (0 disables them),", 0, 86_400, ProgressTelling.DefaultSeconds);

    private readonly Option<string?> heartbeat = new("--heartbeat")
    {
        Description = "heartbeat file for a scheduler: progress as JSON, replaced every 10 seconds",
        HelpName = "F",
    };

    private readonly Option<string?> metrics = new("--metrics-file")
    {
        Description = "metrics file for a Prometheus textfile collector, replaced every 5 seconds and at the end",
        HelpName = "F",
    };

    private readonly Option<string?> listen = new("--metrics-listen")
    {
        Description = "serve the same metrics at http://ADDRESS/metrics while the run lasts, for example 127.0.0.1:9464 (port 0: a free port)",
        HelpName = "ADDRESS",
    };

    private readonly Option<bool> eventLog = new("--event-log")
    {
        Description = "Windows: report begin, warnings, failures and end to the Application log, with stable event ids",
    };

    private readonly Option<string?> onEnd = new("--on-end")
    {
        Description = "program to start when the run has ended, without a shell and arguments, with the result as JSON on its standard input; "
            + "killed after 30 seconds",
        HelpName = "PROGRAM",
    };

    private readonly Option<int> days = Numbers.Whole(
        "--log-retention-days", $"remove logs of runs older than this many days (0 keeps all); {Kept}", 0, 36_500, LogRetention.DefaultDays);

    private readonly Option<int> megabytes = Numbers.Whole(
        "--log-max-size-mb", $"remove the oldest logs if all runs in the folder exceed this size (0 sets no limit); {Kept}", 0, 1_000_000,
        LogRetention.DefaultMegabytes);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[interval, heartbeat, metrics, listen, eventLog, days, megabytes])
        {
            command.Add(option);
        }
    }

    /// <summary>Adds the options that only runs have.</summary>
    public void AddHooksTo(Command command) => command.Add(onEnd);

    /// <summary>The program to start at the end; null for none.</summary>
    /// <exception cref="MigrationException">It cannot be started.</exception>
    public EndProgram? AtEnd(ParseResult parsed) =>
        parsed.GetValue(onEnd) is { Length: > 0 } program ? EndProgram.Of(FileNames.Full(program), "--on-end") : null;

    /// <summary>The options of a run with what was asked for here.</summary>
    public MigrationOptions Apply(ParseResult parsed, MigrationOptions options) => options with
    {
        MetricsPath = parsed.GetValue(metrics) is { Length: > 0 } samples ? FileNames.Full(samples) : null,
        MetricsListen = parsed.GetValue(listen),
        EventLog = parsed.GetValue(eventLog),
        HeartbeatPath = parsed.GetValue(heartbeat) is { Length: > 0 } file ? FileNames.Full(file) : null,
    };

    /// <summary>Opens the log of a run; null without a folder.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="folder">Full path, or null.</param>
    /// <param name="options">What is run.</param>
    /// <param name="context">The screen, which is told when the log can no longer be written, and the command that begins the run.</param>
    public RunLog? Open(ParseResult parsed, string? folder, MigrationOptions options, CommandContext context) => folder is null ? null
        : new RunLog(folder, options.Upload.SlowThreshold)
        {
            Retention = LogRetention.Of(parsed.GetValue(days), parsed.GetValue(megabytes)),
            Losses = new RunReporter(context.Screen),
            Command = context.Command,
            Draw = Parts.DrawReport,
        };

    /// <summary>Begins to tell how far the run is.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">What is run.</param>
    /// <param name="log">Its log, or null.</param>
    /// <param name="screen">The screen.</param>
    /// <param name="server">The server, which is asked for the metrics of its own.</param>
    /// <param name="controlled">The run as other sessions see it; null where they do not.</param>
    /// <param name="job">The job that the run is a part of; null where it is none.</param>
    public ProgressTeller StartTelling(
        ParseResult parsed, MigrationOptions options, RunLog? log, Screen screen, QdrantConnection server, ControlledRun? controlled = null,
        JobProgress? job = null) =>
        new(new ProgressTelling
        {
            Watcher = controlled,
            Job = job,
            Beat = controlled is null ? null : controlled.Beat,
            Collection = options.Collection,
            Operation = controlled is null ? "verify" : "migrate",
            Interval = screen.ShowsProgress || options.DryRun ? null : TimeSpan.FromSeconds(parsed.GetValue(interval)),
            Tell = runEvent => Tell(runEvent, new RunReporter(screen), log),
            MetricsPath = options.DryRun ? null : options.MetricsPath,
            MetricsListen = options.DryRun ? null : options.MetricsListen,
            EventLog = !options.DryRun && options.EventLog,
            Telemetry = options.DryRun ? null : Parts.OpenTelemetry,
            AskTarget = Parts.DescribeCollection(server, options.Collection),
            HeartbeatPath = options.DryRun ? null : options.HeartbeatPath,
            RunDirectory = () => log?.RunDirectory,
        });

    private static void Tell(RunEvent runEvent, RunReporter screen, RunLog? log)
    {
        if (runEvent is RunWarning warning)
        {
            log?.Note(warning.Message);
        }

        screen.OnEvent(runEvent);
    }
}
