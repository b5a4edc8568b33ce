using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>Ids of one part of several; migrate and verify must mean the same.</summary>
internal sealed class PartArguments
{
    private readonly Option<long?> idOffset = Numbers.Count("--id-offset", "add this number to every id, so that several parts have different ids "
        + "(default 0)", 0);
    private readonly Option<string?> idNamespace = new("--id-namespace")
    {
        Description = "with --id-mapping uuid5: name of this part, so that equal ids of different parts become different UUIDs",
        HelpName = "TEXT",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(idOffset);
        command.Add(idNamespace);
    }

    /// <summary>The options with the part.</summary>
    public MigrationOptions Apply(ParseResult parsed, MigrationOptions options) => options with
    {
        IdOffset = parsed.GetValue(idOffset) ?? 0,
        IdNamespace = parsed.GetValue(idNamespace) is { Length: > 0 } part ? part : null,
    };
}
