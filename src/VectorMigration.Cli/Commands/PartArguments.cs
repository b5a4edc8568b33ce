using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>Ids of one part of several; migrate and verify must mean the same.</summary>
internal sealed class PartArguments
{
    private readonly Option<long?> idOffset = Numbers.Count("--id-offset", "add this to every id, so that one part begins where another ends (default 0)", 0);
    private readonly Option<string?> idNamespace = new("--id-namespace")
    {
        Description = "with --id-mapping uuid5: the part that UUIDs contain, so that parts with equal ids differ",
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
