using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>What a run does when index or payload have changed since its journal was begun.</summary>
internal sealed class ChangedSourceArguments
{
    private readonly Option<ChangedSource?> onChanged = Choices.Of(
        "--on-changed", "what to do if the index or its payload has changed since the journal was begun (default refuse)", "C",
        ("refuse", ChangedSource.Refuse), ("sync", ChangedSource.Sync), ("restart", ChangedSource.Restart));
    private readonly Option<bool> prune = new("--prune")
    {
        Description = "with --on-changed sync: delete the points that earlier runs wrote and that are no longer in the index. They are selected by id. "
            + "Points whose payload another program has changed are not deleted, where that is known",
    };
    private readonly Option<bool> force = new("--force")
    {
        Description = "with --prune: also if the index has less than half of the vectors that earlier runs wrote, and also points that another program has "
            + "changed. With --on-changed: also for an index at "
            + "another path than the one that the journal was begun for",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(onChanged);
        command.Add(prune);
        command.Add(force);
    }

    /// <summary>The options with what was asked for.</summary>
    /// <exception cref="MigrationException">There is nothing to force.</exception>
    public MigrationOptions Apply(ParseResult parsed, MigrationOptions options)
    {
        ChangedSource changed = parsed.GetValue(onChanged) ?? ChangedSource.Refuse;
        if (parsed.GetValue(force) && changed == ChangedSource.Refuse && !parsed.GetValue(prune))
        {
            throw CliErrors.NothingToForce();
        }

        return options with { OnChanged = changed, Prune = parsed.GetValue(prune), ForcePrune = parsed.GetValue(force) };
    }
}
