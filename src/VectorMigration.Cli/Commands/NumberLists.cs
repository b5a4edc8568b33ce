using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace VectorMigration.Cli.Commands;

/// <summary>Options that take several numbers from a range, separated by commas; anything else is a usage error that says the range.</summary>
internal static class NumberLists
{
    /// <summary>Whole numbers.</summary>
    public static Option<int[]> Whole(string name, string description, int least, int most) =>
        Of(name, description, least, most, "whole numbers", static value => value);

    /// <summary>Large whole numbers.</summary>
    public static Option<long[]> Counts(string name, string description, long least, long most) =>
        Of(name, description, least, most, "whole numbers", static value => value);

    /// <summary>Seconds, with fractions.</summary>
    public static Option<TimeSpan[]> Seconds(string name, string description, double least, double most) =>
        Of(name, description, least, most, "seconds", TimeSpan.FromSeconds);

    private static Option<TTo[]> Of<TFrom, TTo>(string name, string description, TFrom least, TFrom most, string kind, Func<TFrom, TTo> convert)
        where TFrom : INumber<TFrom> => new(name)
        {
            Description = $"{description}: {kind} from {least} to {most}, separated by commas",
            HelpName = "N,…",
            DefaultValueFactory = _ => [],
            CustomParser = result =>
            {
                string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
                var values = new List<TTo>();
                foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
                {
                    if (!TFrom.TryParse(part, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out TFrom? value)
                        || !(value >= least && value <= most))
                    {
                        result.AddError($"{name} is '{text}'; expected {kind} from {least} to {most}, separated by commas.");
                        return [];
                    }

                    values.Add(convert(value));
                }

                return [.. values];
            },
        };
}
