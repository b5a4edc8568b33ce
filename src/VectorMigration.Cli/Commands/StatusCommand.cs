using System.CommandLine;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>status</c>: the runs of a log folder, and how far they are.</summary>
internal static class StatusCommand
{
    private const int MostEnded = 10;

    private static readonly Option<bool> All = new("--all")
    {
        Description = "show every run of the folder (default: the runs under way, and the last 10 others)",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        RunArguments runs = new();
        Command command = new("status", "Shows the runs of a log folder: under way, ended or killed, and how far they are. Needs no server.");
        runs.AddTo(command);
        command.Add(All);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, runs, context.Screen, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, RunArguments named, Screen screen, CancellationToken cancellationToken)
    {
        string folder = named.Folder(parsed);
        Guid? wanted = named.RunId(parsed);
        IReadOnlyList<MigrationRun> all = await RunList.ReadAsync(folder, wanted, cancellationToken).ConfigureAwait(false);
        if (wanted is Guid id && all.Count == 0)
        {
            throw SteeringErrors.NoRun(folder, id);
        }

        int skipped = parsed.GetValue(All) ? 0 : Math.Max(0, all.Count(static run => !run.IsUnderWay) - MostEnded);
        int passed = 0;
        MigrationRun[] shown = [.. all.Where(run => run.IsUnderWay || ++passed > skipped)];
        if (shown is [MigrationRun only])
        {
            screen.Show(RunSheet.Of(only, DateTimeOffset.UtcNow, TimeZoneInfo.Local));
        }
        else if (shown.Length == 0)
        {
            screen.Note($"The log folder {folder} has no runs.");
        }
        else
        {
            foreach (string line in RunSheet.Table(shown, DateTimeOffset.UtcNow, TimeZoneInfo.Local))
            {
                screen.Print(line);
            }
        }

        if (skipped > 0)
        {
            screen.Note($"{Units.Of(skipped, "earlier run is", "earlier runs are")} not shown. To show all runs, add --all.");
        }

        screen.WriteJson(new StatusOutput(MigrationStatus.Completed, ExitCodes.Success, shown), ResultJson.Context.StatusOutput);
        return ExitCodes.Success;
    }
}
