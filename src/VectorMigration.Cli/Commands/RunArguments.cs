using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>Which run is meant. Shared by the commands that look at runs, or steer one.</summary>
internal sealed class RunArguments
{
    private readonly Option<string> logDirectory = new("--log-dir")
    {
        Description = "log folder of the run",
        HelpName = "D",
        DefaultValueFactory = _ => "logs",
    };

    private readonly Option<Guid?> runId = new("--run-id")
    {
        Description = "the run (default: the only one under way)",
        HelpName = "ID",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(logDirectory);
        command.Add(runId);
        command.Add(Switches.Json());
    }

    /// <summary>Full path of the log folder.</summary>
    public string Folder(ParseResult parsed) => FileNames.Full(parsed.GetRequiredValue(logDirectory));

    /// <summary>The run that was named; null for none.</summary>
    public Guid? RunId(ParseResult parsed) => parsed.GetValue(runId);

    /// <summary>The run that is meant.</summary>
    /// <exception cref="MigrationException">There is none, or more than one.</exception>
    public Task<MigrationRun> FindAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        RunSteering.FindAsync(Folder(parsed), RunId(parsed), cancellationToken);
}
