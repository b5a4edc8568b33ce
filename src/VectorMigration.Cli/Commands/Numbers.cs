using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace VectorMigration.Cli.Commands;

/// <summary>Options that take a number from a range; anything else is a usage error that says the range.</summary>
internal static class Numbers
{
    /// <summary>A whole number that has a default.</summary>
    public static Option<int> Whole(string name, string description, int least, int most, int otherwise) => new(name)
    {
        Description = $"{description}, {Text(least)} to {Text(most)}",
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result => Parse(result, name, least, most, "a whole number"),
    };

    /// <summary>A whole number from a range that may be left out.</summary>
    public static Option<int?> WholeOrNone(string name, string description, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Parse(result, name, least, most, "a whole number"),
    };

    /// <summary>A whole number that may be left out.</summary>
    public static Option<long?> Count(string name, string description, long least) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Parse(result, name, least, long.MaxValue, "a whole number"),
    };

    /// <summary>Seconds, with fractions.</summary>
    public static Option<double> Seconds(string name, string description, double least, double most, double otherwise) => new(name)
    {
        Description = $"{description} in seconds, {Text(least)} to {Text(most)}",
        HelpName = "S",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result => Parse(result, name, least, most, "a number of seconds"),
    };

    private static T Parse<T>(ArgumentResult result, string name, T least, T most, string kind)
        where T : INumber<T>, IMinMaxValue<T>
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
        // NaN is neither less nor greater than anything: it must be within the range to pass.
        if (T.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out T? value) && value >= least
            && value <= most)
        {
            return value;
        }

        string range = most == T.MaxValue ? $"{Text(least)} or more" : $"{Text(least)} to {Text(most)}";
        result.AddError($"{name} is '{text}'; expected {kind}, {range}.");
        return T.Zero;
    }

    private static string Text<T>(T number)
        where T : INumber<T> => number.ToString("#,0.###", CultureInfo.InvariantCulture);
}
