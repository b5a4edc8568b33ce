using System.Text.RegularExpressions;

namespace VectorMigration.Reports;

/// <summary>The command that began a run as a summary keeps it: as a shell would take it, without secrets.</summary>
internal static partial class CommandText
{
    private const string Hidden = "***";
    private const string Plain = "-_./\\:=,@%+*";

    /// <summary>The words of a command line.</summary>
    public static string OfCommandLine(IEnumerable<string> words) => string.Join(' ', words.Prepend("vector-migration").Select(Word));

    /// <summary>A cmdlet with the parameters that it was given.</summary>
    /// <param name="name">The cmdlet.</param>
    /// <param name="parameters">Names and values; a value of null is that of a switch.</param>
    public static string OfCmdlet(string name, IEnumerable<(string Name, object? Value)> parameters) => string.Join(
        ' ', parameters.Select(static given => given.Value is null ? $"-{given.Name}" : $"-{given.Name} {Value(given.Name, given.Value)}").Prepend(name));

    /// <summary>An address without user and password; an argument with blanks in quotes.</summary>
    private static string Word(string word)
    {
        string safe = User().Replace(word, $"://{Hidden}@");
        return safe.Length > 0 && safe.All(static sign => char.IsLetterOrDigit(sign) || Plain.Contains(sign, StringComparison.Ordinal)) ? safe
            : $"'{safe.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string Value(string name, object value) => IsSecret(name) ? Hidden : value switch
    {
        string text => Word(text),
        Uri address => Word(address.OriginalString),
        TimeSpan time => FormattableString.Invariant($"{time.TotalSeconds:0.###}"),
        Enum or bool => value.ToString()!,
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        System.Collections.IEnumerable list => string.Join(',', list.Cast<object?>().Select(item => item is null ? "$null" : Value(name, item))),
        _ => $"<{value.GetType().Name}>",
    };

    private static bool IsSecret(string name) =>
        (name.EndsWith("Key", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("Payload", StringComparison.Ordinal)
            && name is not ("DropPayloadKey" or "ShardKey"))
        || name.Contains("Secret", StringComparison.OrdinalIgnoreCase) || name.Contains("Password", StringComparison.OrdinalIgnoreCase)
        || name.Contains("Credential", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"://[^/@\s]*@", RegexOptions.CultureInvariant)]
    private static partial Regex User();
}
