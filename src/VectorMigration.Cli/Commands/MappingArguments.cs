using System.CommandLine;
using System.CommandLine.Parsing;

namespace VectorMigration.Cli.Commands;

/// <summary>What becomes of the fields of payloads, and which ids become point ids. Shared by migrate and verify, because both must mean the same.</summary>
internal sealed class MappingArguments
{
    private readonly Option<string[]> fields = Texts("--payload-field", "payload field to keep, with dots between names (metadata.source, or "
        + "metadata.* for all fields of an object); repeat the option for more (default: all)", "P");
    private readonly Option<string[]> excluded = Texts("--exclude-payload-field", "payload field to omit; repeat the option for more", "P");
    private readonly Option<KeyValuePair<string, string>[]> renames =
        Pairs("--rename-payload", "payload field and its new name, for example metadata.source=source; repeat the option for more", "P=Q");
    private readonly Option<bool> flatten = new("--flatten-payload")
    {
        Description = "move the fields of nested objects to the top level, under the last part of their names",
    };

    private readonly Option<KeyValuePair<string, string>[]> types = Pairs(
        "--payload-type", "payload field and its type, for example metadata.year=integer; repeat the option for more. Types: "
            + string.Join(", ", Enum.GetNames<PayloadFieldType>().Select(static name => name.ToLowerInvariant())), "P=T");
    private readonly Option<PayloadLayout?> layout = Choices.Of(
        "--payload-layout", "layout of the payloads, if a framework has several (default: that of the language that wrote the store)", "L",
        ("default", PayloadLayout.Default), ("python", PayloadLayout.Python), ("javascript", PayloadLayout.JavaScript));

    private readonly Option<IdOrigin?> idFrom = Choices.Of(
        "--id-from", "source of the point ids: the index, or the framework's store (default faiss)", "S",
        ("faiss", IdOrigin.FaissId), ("store", IdOrigin.StoreId));

    private PayloadMapping? mapping;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="idsOfIndex">The ids are those of the index.</param>
    public void AddTo(Command command, bool idsOfIndex = false)
    {
        foreach (Option option in (Option[])[fields, excluded, renames, flatten, types, layout, .. idsOfIndex ? [] : (Option[])[idFrom]])
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

    /// <summary>An option of pairs of texts.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="helpName">The form of a pair.</param>
    /// <param name="atFirst">The first sign of equality divides a pair, and not the last.</param>
    internal static Option<KeyValuePair<string, string>[]> Pairs(string name, string description, string helpName, bool atFirst = false) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => Parse(result, name, helpName, atFirst),
    };

    /// <summary>The last sign of equality divides unless told otherwise: types and new places seldom hold one.</summary>
    private static KeyValuePair<string, string>[]? Parse(ArgumentResult result, string name, string helpName, bool atFirst)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (Token token in result.Tokens)
        {
            int at = atFirst ? token.Value.IndexOf('=', StringComparison.Ordinal) : token.Value.LastIndexOf('=');
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
