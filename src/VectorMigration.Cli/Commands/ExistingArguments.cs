using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>What becomes of points of others that are in the collection already.</summary>
internal sealed class ExistingArguments
{
    private readonly Option<ExistingPoints?> onExisting = Choices.Of("--on-existing", "handling of points that this migration did not write but whose "
        + "ids it would use (default refuse)", "E",
        ("refuse", ExistingPoints.Refuse), ("overwrite", ExistingPoints.Overwrite), ("skip", ExistingPoints.Skip), ("merge", ExistingPoints.Merge));

    private readonly Option<bool> addAbsent = new("--add-absent")
    {
        Description = "with --on-existing merge: add points that do not exist, "
        + "instead of counting them"
    };

    private readonly Option<bool> mergePayload = new("--merge-payload")
    {
        Description = "with --on-existing merge: add the fields of the payload to the points; verify then compares only these fields",
    };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="merges">Whether it can merge.</param>
    public void AddTo(Command command, bool merges)
    {
        command.Add(onExisting);
        if (merges)
        {
            command.Add(addAbsent);
        }

        command.Add(mergePayload);
    }

    /// <summary>The options with what was asked for.</summary>
    public MigrationOptions Apply(ParseResult parsed, MigrationOptions options) => options with
    {
        OnExisting = parsed.GetValue(onExisting) ?? ExistingPoints.Refuse,
        AddAbsent = parsed.GetResult(addAbsent) is not null && parsed.GetValue(addAbsent),
        MergePayload = parsed.GetValue(mergePayload),
    };
}
