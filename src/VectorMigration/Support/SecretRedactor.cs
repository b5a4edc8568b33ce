using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VectorMigration.Support;

/// <summary>
/// Takes secrets out of text, line by line: those that are known by their value, and whatever stands where secrets stand. Takes out too much rather than too
/// little. Not thread-safe.
/// </summary>
internal sealed partial class SecretRedactor
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Mark = "(redacted)";

    /// <summary>A shorter value is part of other words; it is found by its place alone.</summary>
    private const int LeastKnown = 6;

    private readonly string[] known;
    private bool inPrivateKey;

    /// <summary>Makes a redactor.</summary>
    /// <param name="secrets">Secrets by their value; empty ones are passed over.</param>
    public SecretRedactor(IEnumerable<string?> secrets) => known =
    [
        .. secrets.OfType<string>().Where(static secret => secret.Length >= LeastKnown).SelectMany(Forms).Distinct()
            .OrderByDescending(static form => form.Length),
    ];

    /// <summary>Secrets that were taken out so far.</summary>
    public long Count { get; private set; }

    /// <summary>A new text begins: a private key of the one before has ended.</summary>
    public void Begin() => inPrivateKey = false;

    /// <summary>A line without secrets.</summary>
    public string Line(string line)
    {
        if (inPrivateKey)
        {
            inPrivateKey = !line.Contains("-----END", StringComparison.Ordinal);
            return Mark;
        }

        if (line.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            // In a text of one line, it ends there as well.
            inPrivateKey = !line.Contains("-----END", StringComparison.Ordinal);
            Count++;
            return Mark;
        }

        foreach (string secret in known)
        {
            line = Replaced(line, secret);
        }

        line = Counted(Header().Replace(line, static match => match.Groups[2].Value == Mark ? match.Value : match.Groups[1].Value + New));
        line = Counted(UserOfAddress().Replace(line, Taken("$1", "@")));
        line = Counted(Scheme().Replace(line, Taken("$1", string.Empty)));
        line = Counted(Named().Replace(line, static match => match.Groups[2].Value.Contains(Mark, StringComparison.Ordinal) ? match.Value
            : match.Groups[1].Value + (match.Groups[2].Value is ['"', ..] ? $"\"{New}\"" : New)));
        line = Counted(Option().Replace(line, static match => match.Groups[2].Value.Contains(Mark, StringComparison.Ordinal) ? match.Value
            : match.Groups[1].Value + New));
        return Counted(Token().Replace(line, New));
    }

    /// <summary>A mark that has not been counted yet.</summary>
    private const string New = "\u0001";

    private static string Taken(string before, string after) => before + New + after;

    private static IEnumerable<string> Forms(string secret)
    {
        string base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
        string[] forms =
        [
            secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret), JsonEncodedText.Encode(secret).ToString(),
            JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), WebUtility.HtmlEncode(secret),
            base64, base64.TrimEnd('='), base64.TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        ];

        // JSON may escape a solidus; hexadecimal digits are written in either case.
        return [.. forms.SelectMany(static form => (string[])[form, form.Replace("/", "\\/", StringComparison.Ordinal)])
            .SelectMany(static form => (string[])[form, Escape().Replace(form, static match => match.Value.ToLowerInvariant())])];
    }

    private string Replaced(string line, string secret) =>
        line.Contains(secret, StringComparison.Ordinal) ? Counted(line.Replace(secret, New, StringComparison.Ordinal)) : line;

    private string Counted(string line)
    {
        int found = line.Count(static sign => sign == '\u0001');
        Count += found;
        return found == 0 ? line : line.Replace(New, Mark, StringComparison.Ordinal);
    }

    // user:password@ of an address; also where the address has no scheme but a password.
    [GeneratedRegex("""(\b[A-Za-z][A-Za-z0-9+.-]*://)[^/\s"'<>@]+@""", RegexOptions.CultureInvariant)]
    private static partial Regex UserOfAddress();

    [GeneratedRegex("""(\b(?:Bearer|Basic)\s+)(?!\(redacted\))[A-Za-z0-9._~+/=-]{4,}""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    // Authorization: Basic x, Cookie: a=x; b=y: all that follows, up to the end of the text that it stands in.
    [GeneratedRegex("""\b((?:(?:proxy-)?authorization|(?:set-)?cookie)\s*[:=]\s*)((?:\\[^"]|[^\s"'<&,\\])(?:\\[^"]|[^"'<&\\])*)""",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Header();

    // api-key: x, "api_key": "x", QDRANT_API_KEY=x, ?token=x, and the same in HTML
    [GeneratedRegex(
        """((?:(?:api|access|account|subscription)[-_]?key|authorization|passwd|password|passphrase|pwd|secret|token|cookie|[?&]sig|credential)"""
            + """[A-Za-z0-9_]*(?:\\*["']|&quot;|&#39;)?\s*[:=]\s*)"""
            + """(\\+"[^"\\]*\\+"|"(?:[^"\\]|\\.)*"|'[^']*'|&quot;.*?&quot;|&#39;.*?&#39;|[^\s"',;&}<]+)""",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    // --password x, -ApiKey x; --api-key-file names a file.
    [GeneratedRegex(
        """((?:^|\s)--?(?:api-?key|password|passphrase|secret|token)(?!-?(?:file|path))\s+)([^\s-]\S*)""",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Option();

    [GeneratedRegex("""\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*""", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex("""%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|&#x[0-9A-Fa-f]+;""", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
