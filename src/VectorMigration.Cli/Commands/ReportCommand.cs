using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary><c>report PATH...</c>: one page that shows a run, or several, from their logs.</summary>
internal static class ReportCommand
{
    private static readonly Argument<string[]> Runs = new("PATH")
    {
        Description = "a log folder or a migration.log (its last run), the folder of a run, or its summary; several paths make one report",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Output = new("--output")
    {
        Description = "file to write (default: report.html in the run's folder; for several runs migration-report.html in the current folder)",
        HelpName = "F",
    };

    private static readonly Option<Guid?> RunId = new("--run-id")
    {
        Description = "the run of a log folder to show (default: its last one)",
        HelpName = "ID",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Command command = new("report", "Writes a report of one or more runs: an HTML page that works offline. Needs no server.")
        {
            Runs,
            Output,
            RunId,
            Switches.Json(),
        };
        RunId.CompletionSources.Add(static context => (context.ParseResult.GetValue(Runs) ?? []).SelectMany(static path => RunFolder.All(FileNames.Full(path)))
            .Reverse().Select(static run => $"{run.RunId}"));
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, context, cancellationToken)));
        return command;
    }

    private static int Run(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string? output = parsed.GetValue(Output) is { Length: > 0 } file ? FileNames.Full(file) : null;
        MigrationReport report = Parts.WriteReport(
            [.. parsed.GetRequiredValue(Runs).Select(path => (path, parsed.GetValue(RunId)))], output, Directory.GetCurrentDirectory(), cancellationToken);
        if (report.TornLines > 0)
        {
            context.Screen.Warn(HistoryErrors.TornLines(report.TornLines));
        }

        context.Screen.Print(report.Path);
        context.Screen.WriteJson(new ReportOutput(MigrationStatus.Completed, ExitCodes.Success, report.Path, report.Runs, report.TornLines),
            ResultJson.Context.ReportOutput);
        return ExitCodes.Success;
    }
}
