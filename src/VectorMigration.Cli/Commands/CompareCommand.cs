using System.CommandLine;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>compare RUN BASELINE</c>: two runs side by side, from their logs or summaries.</summary>
internal static class CompareCommand
{
    private const string WhatIsRead = "a log folder or a migration.log (its last run), the folder of a run, or its summary";

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Argument<string> run = new("RUN") { Description = "the run to compare: " + WhatIsRead };
        Argument<string> baseline = new("BASELINE") { Description = "the run to compare it with: the same kinds of path" };
        Command command = new("compare", "Compares two runs: vectors, duration, seconds per vector, change in percent, success rate. Needs no server.")
        {
            run,
            baseline,
            Switches.Json(),
        };
        command.SetAction((parsed, cancellationToken) =>
            Task.FromResult(Run(parsed.GetRequiredValue(run), parsed.GetRequiredValue(baseline), context.Screen, cancellationToken)));
        return command;
    }

    private static int Run(string run, string baseline, Screen screen, CancellationToken cancellationToken)
    {
        RunRecord current = RunRecord.Read(run, cancellationToken: cancellationToken);
        RunRecord earlier = RunRecord.Read(baseline, cancellationToken: cancellationToken);
        foreach (RunRecord record in (RunRecord[])[current, earlier])
        {
            if (record.TornLines > 0)
            {
                screen.Warn(HistoryErrors.TornWarning(record));
            }
        }

        MigrationPerfComparison comparison = new(earlier.Perf, current.Perf);
        screen.Show(ComparisonSheet.Of(comparison, current, earlier));
        screen.WriteJson(new CompareOutput(MigrationStatus.Completed, ExitCodes.Success, current.Path, current.RunId, earlier.Path, earlier.RunId, comparison,
            current.TornLines, earlier.TornLines),
            ResultJson.Context.CompareOutput);
        return ExitCodes.Success;
    }
}
