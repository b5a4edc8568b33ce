using System.Globalization;
using System.Text.RegularExpressions;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>Decimal numbers as Python writes them: which of them JSON numbers are without loss.</summary>
internal static partial class PythonDecimal
{
    private const int MostExponentDigits = 6;

    /// <summary>True for a finite decimal number.</summary>
    public static bool IsNumber(string text) => Form().Match(text) is { Success: true } match && match.Groups["exponent"].Length <= MostExponentDigits + 1;

    /// <summary>
    /// A JSON number with exactly the value of a decimal: its digits where it is whole and of 64 bits, the nearest double where that, written shortest, has the
    /// same value. Null where there is none.
    /// </summary>
    public static string? ToJsonNumber(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            return whole.ToString(CultureInfo.InvariantCulture);
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
        {
            return null;
        }

        string shortest = PythonText.FloatText(number);
        return PythonText.Scientific(shortest.TrimStart('-')) == PythonText.Scientific(text.TrimStart('-', '+')) ? shortest : null;
    }

    [GeneratedRegex(@"^[+-]?(?=[0-9]|\.[0-9])[0-9]*(\.[0-9]*)?([eE](?<exponent>[+-]?[0-9]+))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
