using System.CommandLine.Parsing;

namespace VectorMigration.Cli;

/// <summary>What the parser's own errors say, in the words of this tool. Errors that an option of ours reports stay as they are.</summary>
internal static class ParserText
{
    /// <summary>The text of an error.</summary>
    public static string Of(ParseError error)
    {
        string own = error.Message;
        if (own.StartsWith("Cannot parse argument '", StringComparison.Ordinal) && Unreadable(error.SymbolResult) is string unreadable)
        {
            return unreadable;
        }

        return error.SymbolResult switch
        {
            OptionResult { IdentifierTokenCount: 0, Option: var missing } => $"{missing.Name} is missing.",
            OptionResult { Option: { Arity.MinimumNumberOfValues: > 0 } option, Tokens.Count: 0 } => $"{option.Name} needs a value.",
            OptionResult { Option: var option, IdentifierTokenCount: > 1 } when option.Arity.MaximumNumberOfValues == 1 =>
                $"{option.Name} is given {Times(error)}. It takes one value.",
            ArgumentResult { Argument: var argument, Tokens.Count: 0 } when own.StartsWith("Required argument", StringComparison.Ordinal) =>
                $"The argument <{argument.Name}> is missing.",
            CommandResult { Command: var command } when own.StartsWith("Required argument", StringComparison.Ordinal) =>
                $"{command.Name} needs {string.Join(" and ", command.Arguments.Select(static argument => $"<{argument.Name}>"))}.",
            CommandResult when own.StartsWith("Option '", StringComparison.Ordinal) && own.EndsWith("' is required.", StringComparison.Ordinal) =>
                $"{own.Split('\'')[1]} is missing.",
            _ => own,
        };
    }

    /// <summary>What is said of a value that the type of its option or argument cannot be; null where neither is known.</summary>
    private static string? Unreadable(SymbolResult? symbol)
    {
        if (symbol is null)
        {
            return null;
        }

        string given = string.Join(' ', symbol.Tokens.Select(static token => token.Value));
        return (symbol as OptionResult ?? symbol.Parent as OptionResult) is OptionResult option
            ? $"{option.Option.Name} is '{given}'; expected {Kind(option.Option.ValueType)}."
            : symbol is ArgumentResult { Argument: var argument } ? $"<{argument.Name}> is '{given}'; expected {Kind(argument.ValueType)}."
            : null;
    }

    /// <summary>A value of a type, in words.</summary>
    private static string Kind(Type type)
    {
        Type bare = type.IsArray ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type;
        return bare == typeof(Guid) ? "the id of a run, which is a UUID"
            : bare == typeof(bool) ? "true or false"
            : bare == typeof(int) || bare == typeof(long) ? "a whole number"
            : bare == typeof(double) ? "a number"
            : bare == typeof(TimeSpan) ? "a number of seconds"
            : "another value";
    }

    private static string Times(ParseError error) => error.SymbolResult is OptionResult { IdentifierTokenCount: 2 } ? "twice" : "more than once";
}
