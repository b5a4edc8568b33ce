using System.CommandLine.Parsing;

namespace VectorMigration.Cli;

/// <summary>What the parser's own errors say, in the words of this tool. Errors that an option of ours reports stay as they are.</summary>
internal static class ParserText
{
    /// <summary>The text of an error.</summary>
    public static string Of(ParseError error)
    {
        string own = error.Message;
        return error.SymbolResult switch
        {
            OptionResult { IdentifierTokenCount: 0, Option: var missing } => $"{missing.Name} is missing.",
            OptionResult { Option: { Arity.MinimumNumberOfValues: > 0 } option, Tokens.Count: 0 } => $"{option.Name} needs a value.",
            OptionResult { Option: var option, IdentifierTokenCount: > 1 } when option.Arity.MaximumNumberOfValues == 1 =>
                $"{option.Name} is given {Times(error)}. It takes one value.",
            OptionResult { Option: var option, Tokens: [.., var last] } when own.StartsWith("Cannot parse argument", StringComparison.Ordinal) =>
                $"{option.Name} needs {Expected(option.ValueType)}; found '{last.Value}'.",
            ArgumentResult { Argument: var argument, Tokens: [.., var last] } when own.StartsWith("Cannot parse argument", StringComparison.Ordinal) =>
                $"<{argument.Name}> needs {Expected(argument.ValueType)}; found '{last.Value}'.",
            ArgumentResult { Argument: var argument, Tokens.Count: 0 } when own.StartsWith("Required argument", StringComparison.Ordinal) =>
                $"The argument <{argument.Name}> is missing.",
            CommandResult { Command: var command } when own.StartsWith("Required argument", StringComparison.Ordinal) =>
                $"{command.Name} needs {string.Join(" and ", command.Arguments.Select(static argument => $"<{argument.Name}>"))}.",
            CommandResult when own.StartsWith("Option '", StringComparison.Ordinal) && own.EndsWith("' is required.", StringComparison.Ordinal) =>
                $"{own.Split('\'')[1]} is missing.",
            _ => own,
        };
    }

    /// <summary>What a value of a type looks like.</summary>
    private static string Expected(Type type) => (Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type) switch
    {
        var value when value == typeof(Guid) => "the id of a run, such as 0f8fad5b-d9cb-469f-a165-70867728950e",
        var value when value == typeof(int) || value == typeof(long) => "a whole number",
        var value when value == typeof(uint) || value == typeof(ulong) => "a whole number from 0 on",
        var value when value == typeof(double) || value == typeof(float) => "a number, such as 0.5",
        var value when value == typeof(bool) => "true or false",
        var value when value.IsEnum => $"one of {string.Join(", ", Enum.GetNames(value).Select(static name => name.ToLowerInvariant()))}",
        _ => "another value",
    };

    private static string Times(ParseError error) => error.SymbolResult is OptionResult { IdentifierTokenCount: 2 } ? "twice" : "more than once";
}
