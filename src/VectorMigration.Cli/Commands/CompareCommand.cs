using System.CommandLine;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>compare RUN BASELINE</c>: two runs side by side, from their logs or summaries.</summary>
internal static class CompareCommand
{
    private const string Name = "compare";
    private const string WhatIsRead = "a log folder or a migration.log (its last run that sent vectors), the folder of a run, or its summary";
    private static readonly Argument<string> RunPath = new("RUN") { Description = "the run to compare: " + WhatIsRead };
    private static readonly Argument<string> BaselinePath = new("BASELINE")
    {
        Description = "the earlier run to compare it with: the same kinds of path. A change of -20 % means that RUN takes 20 % less time per vector"
    };

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Command command = new(Name, "Compares two runs: vectors, duration, seconds per vector, change in percent, success rate. Needs no server.")
        {
            RunPath,
            BaselinePath,
            Switches.Json(),
        };
        command.SetAction((parsed, cancellationToken) =>
            Task.FromResult(Run(parsed.GetRequiredValue(RunPath), parsed.GetRequiredValue(BaselinePath), context.Screen, cancellationToken)));
        return command;
    }

    /// <summary>The error of a comparison that lacks a path; null for every other command line.</summary>
    public static MigrationException? Incomplete(ParseResult parsed)
    {
        if (parsed.CommandResult.Command.Name != Name || parsed.GetResult(BaselinePath) is { Tokens.Count: > 0 })
        {
            return null;
        }

        return CliErrors.CompareNeedsTwo(parsed.GetResult(RunPath)?.Tokens is [{ Value: string named }, ..] ? RunFolder.LastTwo(named) : []);
    }

    private static int Run(string run, string baseline, Screen screen, CancellationToken cancellationToken)
    {
        RunRecord current = RunRecord.Read(run, cancellationToken: cancellationToken);
        RunRecord earlier = RunRecord.Read(baseline, cancellationToken: cancellationToken);
        if (current.IsRun(earlier))
        {
            throw HistoryErrors.SameRun(current, RunFolder.LastTwo(run), "vector-migration compare", string.Empty);
        }

        foreach (RunRecord record in (RunRecord[])[current, earlier])
        {
            if (record.TornLines > 0)
            {
                screen.Warn(HistoryErrors.TornWarning(record));
            }
        }

        MigrationPerfComparison comparison = new(earlier.Perf, current.Perf) { Notes = RunSubject.Differences(earlier.Subject, current.Subject) };
        screen.Show(ComparisonSheet.Of(comparison, current, earlier));
        screen.WriteJson(new CompareOutput(MigrationStatus.Completed, ExitCodes.Success, current.Path, current.RunId, earlier.Path, earlier.RunId, comparison,
            current.TornLines, earlier.TornLines),
            ResultJson.Context.CompareOutput);
        return ExitCodes.Success;
    }
}
