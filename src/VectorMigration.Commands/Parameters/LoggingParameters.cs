using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What a cmdlet tells while it works, and how long its logs stay.</summary>
internal sealed class LoggingParameters : ParameterGroup
{
    /// <summary>Where there is no terminal: seconds between two lines of progress; 30 when left out, 0 for none.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0, 86_400)]
    public int? ProgressIntervalSec { get; set; }

    /// <summary>File that tells every 10 seconds how far the run is, for a scheduler.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HeartbeatPath { get; set; }

    /// <summary>File of metrics for a Prometheus textfile collector, replaced every 5 seconds and at the end.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MetricsPath { get; set; }

    /// <summary>Address and port to serve the same metrics at while the run lasts; port 0 takes a free one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MetricsListen { get; set; }

    /// <summary>Windows: report begin, warnings, failures and end to the Application log.</summary>
    [Parameter]
    public SwitchParameter EventLog { get; set; }

    /// <summary>Days after which the logs of a run are removed when another begins; 90 when left out, 0 for never.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0, 36_500)]
    public int? LogRetentionDays { get; set; }

    /// <summary>Megabytes that the logs of all runs in the folder may take; 1,024 when left out, 0 for no limit.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0, 1_000_000)]
    public int? LogMaxSizeMB { get; set; }

    /// <summary>Opens the log of a run; null without a folder.</summary>
    /// <param name="folder">Full path, or null.</param>
    /// <param name="options">What is run.</param>
    /// <param name="losses">Told when the log can no longer be written.</param>
    /// <param name="invocation">How the cmdlet was called.</param>
    internal RunLog? Open(string? folder, MigrationOptions options, IRunObserver losses, InvocationInfo invocation) => folder is null ? null
        : new RunLog(folder, options.Upload.SlowThreshold)
        {
            Retention = LogRetention.Of(LogRetentionDays, LogMaxSizeMB),
            Losses = losses,
            Command = CommandText.OfCmdlet(
                invocation.MyCommand.Name,
                invocation.BoundParameters.Where(static given => given.Key is not "InputObject")
                    .Select(static given => (given.Key, given.Value is SwitchParameter { IsPresent: true } ? null : Plain(given.Value)))),
            Draw = Parts.DrawReport,
        };

    private static object? Plain(object? value) => value switch
    {
        PSObject wrapped => wrapped.BaseObject,
        SwitchParameter => false,
        null => string.Empty,
        _ => value,
    };

    /// <summary>Begins to tell how far a run is.</summary>
    /// <param name="command">The cmdlet.</param>
    /// <param name="collection">Collection.</param>
    /// <param name="tell">Takes the lines.</param>
    /// <param name="log">The log of the run, which notes its warnings; null where there is none.</param>
    /// <param name="connection">The server, which is asked for the metrics of its own.</param>
    /// <param name="controlled">The run as other sessions see it; null where they do not.</param>
    /// <param name="job">The job that the run is a part of; null where it is none.</param>
    internal ProgressTeller StartTelling(PSCmdlet command, string collection, IRunObserver tell, RunLog? log, QdrantConnection connection,
        ControlledRun? controlled = null, JobProgress? job = null) =>
        new(new ProgressTelling
        {
            Job = job,
            Watcher = controlled,
            Beat = controlled is null ? null : controlled.Beat,
            Collection = collection,
            Operation = controlled is null ? "verify" : "migrate",
            Interval = ProgressTelling.IsWanted ? TimeSpan.FromSeconds(ProgressIntervalSec ?? ProgressTelling.DefaultSeconds) : null,
            Tell = runEvent => Tell(runEvent, tell, log),
            HeartbeatPath = Heartbeat(command),
            MetricsPath = Metrics(command),
            MetricsListen = MetricsListen,
            EventLog = EventLog,
            Telemetry = Parts.OpenTelemetry,
            AskTarget = Parts.DescribeCollection(connection, collection),
            RunDirectory = () => log?.RunDirectory,
        });

    private static void Tell(RunEvent runEvent, IRunObserver tell, RunLog? log)
    {
        if (runEvent is RunWarning warning)
        {
            log?.Note(warning.Message);
        }

        tell.OnEvent(runEvent);
    }

    /// <summary>Full path of the metrics file that was asked for; null for none.</summary>
    internal string? Metrics(PSCmdlet command) => MetricsPath is null ? null : IndexPaths.Unresolved(command, MetricsPath);

    /// <summary>Full path of the heartbeat file that was asked for; null for none.</summary>
    internal string? Heartbeat(PSCmdlet command) => HeartbeatPath is null ? null : IndexPaths.Unresolved(command, HeartbeatPath);
}
