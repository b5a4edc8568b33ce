using System.Globalization;
using System.Text;
using System.Text.Json;
using VectorMigration.Errors;

namespace VectorMigration.Jobs;

/// <summary>Reads a list of parts from a file: CSV with a header, or a JSON array of objects.</summary>
internal static class PartManifest
{
    private const long MostBytes = 64L << 20;

    /// <summary>The parts in the order of the file. Relative paths count from its folder.</summary>
    /// <param name="path">Full path of the manifest.</param>
    /// <exception cref="MigrationException">It cannot be read as a manifest.</exception>
    public static IReadOnlyList<JobPart> Read(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
            {
                throw JobErrors.Manifest(path, "it is larger than 64 MiB");
            }

            text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw JobErrors.Manifest(path, CommonErrors.OneLine(e.Message).TrimEnd('.'), e);
        }

        string start = text.TrimStart('\uFEFF').TrimStart();
        List<JobPart> parts = start.StartsWith('[') || start.StartsWith('{') ? OfJson(path, start) : OfCsv(path, text.TrimStart('\uFEFF'));
        return parts.Count == 0 ? throw JobErrors.Manifest(path, "it names no file") : parts;
    }

    private static List<JobPart> OfJson(string path, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw JobErrors.Manifest(path, "it is no JSON array");
            }

            var parts = new List<JobPart>();
            foreach (JsonElement element in document.RootElement.EnumerateArray())
            {
                string place = $"entry {parts.Count + 1}";
                if (element.ValueKind != JsonValueKind.Object)
                {
                    throw JobErrors.Manifest(path, $"{place} is no object");
                }

                parts.Add(Part(path, place, element.EnumerateObject().Select(static field => (field.Name, field.Value.ValueKind switch
                {
                    JsonValueKind.Null => string.Empty,
                    JsonValueKind.String => field.Value.GetString()!,
                    _ => field.Value.GetRawText(),
                }))));
            }

            return parts;
        }
        catch (JsonException e)
        {
            throw JobErrors.Manifest(path, CommonErrors.OneLine(e.Message).TrimEnd('.'), e);
        }
    }

    private static List<JobPart> OfCsv(string path, string text)
    {
        int firstEnd = text.IndexOfAny(['\r', '\n']);
        string head = firstEnd < 0 ? text : text[..firstEnd];
        char delimiter = head.Contains(';', StringComparison.Ordinal) && !head.Contains(',', StringComparison.Ordinal) ? ';' : ',';
        var parts = new List<JobPart>();
        string[]? header = null;
        foreach ((int line, string[] cells) in Rows(path, text, delimiter))
        {
            if (cells is [{ } only] && string.IsNullOrWhiteSpace(only))
            {
                continue;
            }

            if (header is null)
            {
                header = [.. cells.Select(static cell => cell.Trim())];
                continue;
            }

            if (cells.Length != header.Length)
            {
                throw JobErrors.Manifest(path, $"line {line} has {cells.Length} columns, and the header has {header.Length}");
            }

            parts.Add(Part(path, $"line {line}", header.Zip(cells)));
        }

        return parts;
    }

    private static JobPart Part(string manifest, string place, IEnumerable<(string Name, string Value)> fields)
    {
        string folder = Path.GetDirectoryName(manifest)!;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        JobPart part = new(string.Empty);
        foreach ((string name, string value) in fields)
        {
            if (!seen.Add(name))
            {
                throw JobErrors.Manifest(manifest, $"{place} has the column {name} twice");
            }

            string? given = string.IsNullOrWhiteSpace(value) ? null : value.Trim();
            part = name.ToUpperInvariant() switch
            {
                "PATH" => part with { Path = given is null ? string.Empty : Path.GetFullPath(given, folder) },
                "IDOFFSET" => part with { IdOffset = given is null ? null : Number(manifest, place, given) },
                "IDNAMESPACE" => part with { IdNamespace = given },
                "STORE" => part with { StorePath = given is null ? null : Path.GetFullPath(given, folder) },
                "VECTORNAME" => part with { VectorName = given },
                _ => throw JobErrors.Manifest(manifest, $"{place} has the column '{name}', which is unknown"),
            };
        }

        return part.Path.Length == 0 ? throw JobErrors.Manifest(manifest, $"{place} has no path") : part;
    }

    private static long Number(string manifest, string place, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
            : throw JobErrors.Manifest(manifest, $"the idOffset '{text}' of {place} is no whole number from 0 on");

    /// <summary>The rows of a CSV text (RFC 4180), each with the line that it begins in.</summary>
    private static IEnumerable<(int Line, string[] Cells)> Rows(string path, string text, char delimiter)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false;
        int line = 1;
        int begun = 1;
        for (int i = 0; i <= text.Length; i++)
        {
            char sign = i < text.Length ? text[i] : '\n';
            if (quoted && i < text.Length)
            {
                line += sign == '\n' ? 1 : 0;
                if (sign != '"')
                {
                    cell.Append(sign);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append(text[i++]);
                }
                else
                {
                    quoted = false;
                }
            }
            else if (quoted)
            {
                throw JobErrors.Manifest(path, $"a quotation mark of line {begun} is not closed");
            }
            else if (sign == '"' && cell.Length == 0)
            {
                quoted = true;
            }
            else if (sign == delimiter || sign == '\n')
            {
                cells.Add(sign == '\n' ? cell.ToString().TrimEnd('\r') : cell.ToString());
                cell.Clear();
                if (sign == '\n')
                {
                    yield return (begun, [.. cells]);
                    cells.Clear();
                    begun = ++line;
                }
            }
            else
            {
                cell.Append(sign);
            }
        }
    }
}
