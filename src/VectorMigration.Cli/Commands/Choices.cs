using System.CommandLine;
using System.CommandLine.Parsing;

namespace VectorMigration.Cli.Commands;

/// <summary>Options that take one of a few names; anything else is a usage error that says them.</summary>
internal static class Choices
{
    /// <summary>An option over the named values.</summary>
    public static Option<T?> Of<T>(string name, string description, string helpName, params (string Name, T Value)[] values)
        where T : struct
    {
        string names = string.Join(", ", values.Select(static value => value.Name));
        Option<T?> option = new(name)
        {
            Description = $"{description}: {names}",
            HelpName = helpName,
            CustomParser = result => Parse(result, name, names, values),
        };
        option.CompletionSources.Clear(); // The names of the type, which are written otherwise.
        option.CompletionSources.Add([.. values.Select(static value => value.Name)]);
        return option;
    }

    private static T? Parse<T>(ArgumentResult result, string name, string names, (string Name, T Value)[] values)
        where T : struct
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
        foreach ((string candidate, T value) in values)
        {
            if (candidate.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        result.AddError($"{name} is '{text}'; expected one of {names}.{NearestName.Question(text, values.Select(static value => value.Name))}");
        return null;
    }
}
