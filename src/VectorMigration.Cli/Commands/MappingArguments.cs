using System.CommandLine;
using System.CommandLine.Parsing;

namespace VectorMigration.Cli.Commands;

/// <summary>What becomes of the fields of payloads, and which ids become point ids. Shared by migrate and verify, because both must mean the same.</summary>
internal sealed class MappingArguments
{
    private readonly Option<string[]> fields = Texts("--payload-field", "a field of the payload that goes to the point, with dots between names "
        + "(metadata.source; metadata.* for all fields of an object); repeat it for more (default: all)", "P");
    private readonly Option<string[]> excluded = Texts("--exclude-payload-field", "a field of the payload that is left out; repeat it for more", "P");
    private readonly Option<KeyValuePair<string, string>[]> renames =
        Pairs("--rename-payload", "a field and its new place, as metadata.source=source; repeat it for more", "P=Q");
    private readonly Option<bool> flatten = new("--flatten-payload")
    {
        Description = "make the fields of nested objects fields of the payload, under the last of their names",
    };

    private readonly Option<KeyValuePair<string, string>[]> types = Pairs(
        "--payload-type", "a field and its type, as metadata.year=integer; repeat it for more: "
            + string.Join(", ", Enum.GetNames<PayloadFieldType>().Select(static name => name.ToLowerInvariant())), "P=T");
    private readonly Option<PayloadLayout?> layout = Choices.Of(
        "--payload-layout", "which of a framework's layouts payloads get (default: that of the language whose store it is)", "L",
        ("default", PayloadLayout.Default), ("python", PayloadLayout.Python), ("javascript", PayloadLayout.JavaScript));

    private readonly Option<IdOrigin?> idFrom = Choices.Of(
        "--id-from", "which ids become point ids: those of the index, or those under which the framework's store keeps its documents (default faiss)", "S",
        ("faiss", IdOrigin.FaissId), ("store", IdOrigin.StoreId));

    private PayloadMapping? mapping;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[fields, excluded, renames, flatten, types, layout, idFrom])
        {
            command.Add(option);
        }
    }

    /// <summary>The options with the mapping.</summary>
    /// <exception cref="MigrationException">A path or a type is none, or two of them contradict each other.</exception>
    public MigrationOptions Apply(ParseResult parsed, MigrationOptions options) => options with
    {
        // One for all who ask: it notes which of its fields the payloads have.
        PayloadMapping = mapping ??= PayloadMapping.Of(
            parsed.GetValue(fields), parsed.GetValue(excluded), parsed.GetValue(renames), parsed.GetValue(flatten), parsed.GetValue(types)),
        PayloadLayout = parsed.GetValue(layout) ?? PayloadLayout.Default,
        IdFrom = parsed.GetValue(idFrom) ?? IdOrigin.FaissId,
    };

    private static Option<string[]> Texts(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static Option<KeyValuePair<string, string>[]> Pairs(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => Parse(result, name, helpName),
    };

    /// <summary>The last sign of equality divides: types and new places seldom hold one.</summary>
    private static KeyValuePair<string, string>[]? Parse(ArgumentResult result, string name, string helpName)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (Token token in result.Tokens)
        {
            int at = token.Value.LastIndexOf('=');
            if (at < 0)
            {
                result.AddError($"{name} is '{token.Value}'; expected {helpName}.");
                return null;
            }

            pairs.Add(KeyValuePair.Create(token.Value[..at], token.Value[(at + 1)..]));
        }

        return [.. pairs];
    }
}
