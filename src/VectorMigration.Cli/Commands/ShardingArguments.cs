using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>Which shards points go to, and in which order replicas apply writes.</summary>
internal sealed class ShardingArguments
{
    private readonly Option<string?> key = new("--shard-key")
    {
        Description = "custom sharding: key of the shards that all points go to; a missing key is created",
        HelpName = "KEY",
    };

    private readonly Option<string?> field = new("--shard-key-field")
    {
        Description = "custom sharding: payload field that holds the shard key of each point; missing keys are created",
        HelpName = "FIELD",
    };

    private readonly Option<WriteOrdering?> ordering = Choices.Of(
        "--write-ordering", "order in which replicas apply writes (default: the server's, which is weak)", "O",
        ("weak", WriteOrdering.Weak), ("medium", WriteOrdering.Medium), ("strong", WriteOrdering.Strong));

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[key, field, ordering])
        {
            command.Add(option);
        }
    }

    /// <summary>The options as a run takes them.</summary>
    public MigrationOptions Apply(ParseResult parsed, MigrationOptions options) => options with
    {
        ShardKey = parsed.GetValue(key),
        ShardKeyField = parsed.GetValue(field),
        WriteOrdering = parsed.GetValue(ordering),
    };
}
