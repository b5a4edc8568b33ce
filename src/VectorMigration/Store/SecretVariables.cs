using System.Text.RegularExpressions;

namespace VectorMigration.Store;

/// <summary>
/// Which variables of an environment hold secrets: the one list for programs that are started, which do not get them, and for support packages, which are
/// searched for their values. Names count in upper and lower case.
/// </summary>
internal static partial class SecretVariables
{
    private const string Exporter = "OTEL_EXPORTER_OTLP";
    private const string Attributes = "OTEL_RESOURCE_ATTRIBUTES";

    /// <summary>How names of variables with secrets end.</summary>
    private static readonly string[] Ends = ["API_KEY", "APIKEY", "ACCESS_KEY", "TOKEN", "PASSWORD", "PASSWD", "PASSPHRASE", "_PWD", "SECRET"];

    /// <summary>Whether a name is that of a secret: of a variable, for example.</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(name);

    /// <summary>Whether a program that is started does not get a variable.</summary>
    public static bool IsWithheld(string name, string? value) => HoldsSecret(name)
        || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith(Exporter, StringComparison.OrdinalIgnoreCase) && UserOfAddress().IsMatch(value ?? string.Empty))
        || (Is(name, Attributes) && Pairs(value).Any(static pair => IsSecretName(pair.Name)));

    /// <summary>The secrets in a variable; empty where it has none.</summary>
    public static IEnumerable<string> SecretsOf(string name, string value)
    {
        if (IsOfHeaders(name) || Is(name, Attributes))
        {
            // Values are percent-encoded; a header may begin with its scheme.
            return Pairs(value).Where(pair => IsOfHeaders(name) || IsSecretName(pair.Name))
                .SelectMany(static pair => Decoded(pair.Value)).SelectMany(static text => (string[])[text, text[(text.LastIndexOf(' ') + 1)..]]);
        }

        return HoldsSecret(name) ? [value]
            : name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase) || name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("QDRANT_", StringComparison.OrdinalIgnoreCase) ? OfAddress(value)
            : [];
    }

    /// <summary>The password of an address, as it stands there and as it is meant, also with its user, as in basic credentials.</summary>
    public static IEnumerable<string> OfAddress(string address) =>
        UserOfAddress().Match(address) is { Success: true } match ? OfUser(match.Groups[1].Value) : [];

    /// <summary>The same of <c>user:password</c>.</summary>
    public static IEnumerable<string> OfUser(string user) =>
        user.Split(':', 2) is [_, { Length: > 0 } password] ? [.. Decoded(password), .. Decoded(user)] : [];

    private static bool HoldsSecret(string name) =>
        Array.Exists(Ends, end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) || IsOfHeaders(name);

    private static bool IsOfHeaders(string name) =>
        name.StartsWith(Exporter, StringComparison.OrdinalIgnoreCase) && name.EndsWith("HEADERS", StringComparison.OrdinalIgnoreCase);

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Name, string Value)> Pairs(string? list) =>
        (list ?? string.Empty).Split(',').Select(static pair => pair.Split('=', 2)).Where(static pair => pair.Length == 2)
            .Select(static pair => (pair[0].Trim(), pair[1].Trim()));

    private static string[] Decoded(string text) => [text, Uri.UnescapeDataString(text)];

    // A password may hold signs that no address may hold.
    [GeneratedRegex("""^[A-Za-z][A-Za-z0-9+.-]*://([^/\s]*)@""", RegexOptions.CultureInvariant)]
    private static partial Regex UserOfAddress();

    [GeneratedRegex("""(?:key|token|secret|passw|passphrase|pwd|auth|cred|headers|cookie|sig)""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
