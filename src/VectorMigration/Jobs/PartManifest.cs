using System.Globalization;
using System.Text;
using System.Text.Json;
using VectorMigration.Errors;

namespace VectorMigration.Jobs;

/// <summary>Reads a list of parts from a file: CSV with a header, or a JSON array of objects.</summary>
public static class PartManifest
{
    private const long MostBytes = 64L << 20;

    /// <summary>A file beside an index is looked into up to this size.</summary>
    private const int MostBesideBytes = 1 << 20;
    private const string PathColumn = "path";
    private static readonly HashSet<string> Columns =
        new([PathColumn, "idOffset", "idNamespace", "store", "payload", "vectorName"], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a file beside an index is a manifest, and so holds nobody's texts: it has the columns of one and no others, and its first entry is an index
    /// or a folder.
    /// </summary>
    /// <param name="path">The file.</param>
    public static bool Is(string path)
    {
        try
        {
            string extension = Path.GetExtension(path).ToUpperInvariant();
            if (extension is not (".CSV" or ".JSON") || new FileInfo(path).Length is 0 or > MostBesideBytes)
            {
                return false;
            }

            (string Name, string Value)[] first = FirstEntry(path, File.ReadAllText(path).TrimStart('\uFEFF'), extension == ".CSV");
            string? index = first.FirstOrDefault(static field => field.Name.Equals(PathColumn, StringComparison.OrdinalIgnoreCase)).Value;
            return index is { Length: > 0 } && first.All(static field => Columns.Contains(field.Name))
                && Path.GetFullPath(index, Path.GetDirectoryName(Path.GetFullPath(path))!) is string full
                && (PartPaths.BeginsLikeIndex(full) || Directory.Exists(full));
        }
        catch (Exception error) when (error is MigrationException or IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            return false;
        }
    }

    private static (string Name, string Value)[] FirstEntry(string path, string text, bool isTable)
    {
        if (isTable)
        {
            string[][] rows = [.. Rows(path, text, Delimiter(text)).Take(2).Select(static row => row.Cells)];
            return rows is [var head, var first] && head.Length == first.Length
                ? [.. head.Select(static name => name.Trim()).Zip(first, static (name, cell) => (name, cell.Trim()))] : [];
        }

        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement list = document.RootElement;
        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.Object ? Fields(list[0]) : [];
    }

    /// <summary>The parts in the order of the file. Relative paths count from its folder.</summary>
    /// <param name="path">Full path of the manifest.</param>
    /// <exception cref="MigrationException">It cannot be read as a manifest.</exception>
    internal static IReadOnlyList<JobPart> Read(string path)
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

                parts.Add(Part(path, place, Fields(element)));
            }

            return parts;
        }
        catch (JsonException e)
        {
            throw JobErrors.Manifest(path, CommonErrors.OneLine(e.Message).TrimEnd('.'), e);
        }
    }

    private static (string Name, string Value)[] Fields(JsonElement entry) => [.. entry.EnumerateObject().Select(static field =>
        (field.Name, field.Value.ValueKind switch
        {
            JsonValueKind.Null => string.Empty,
            JsonValueKind.String => field.Value.GetString()!,
            _ => field.Value.GetRawText(),
        }))];

    private static char Delimiter(string text)
    {
        int firstEnd = text.IndexOfAny(['\r', '\n']);
        string head = firstEnd < 0 ? text : text[..firstEnd];
        return head.Contains(';', StringComparison.Ordinal) && !head.Contains(',', StringComparison.Ordinal) ? ';' : ',';
    }

    private static List<JobPart> OfCsv(string path, string text)
    {
        var parts = new List<JobPart>();
        string[]? header = null;
        foreach ((int line, string[] cells) in Rows(path, text, Delimiter(text)))
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
            if (given is not null && given.Any(char.IsControl))
            {
                throw JobErrors.Manifest(manifest, $"{place} has a control character in the column {name}");
            }

            part = name.ToUpperInvariant() switch
            {
                "PATH" => part with { Path = given is null ? string.Empty : Path.GetFullPath(given, folder) },
                "IDOFFSET" => part with { IdOffset = given is null ? null : Number(manifest, place, given) },
                "IDNAMESPACE" => part with { IdNamespace = given },
                "STORE" => part with { StorePath = given is null ? null : Path.GetFullPath(given, folder) },
                "PAYLOAD" => part with { PayloadPath = given is null ? null : Path.GetFullPath(given, folder) },
                "VECTORNAME" => part with { VectorName = given },
                _ => throw JobErrors.Manifest(manifest, $"{place} has the column '{name}', which is unknown"),
            };
        }

        return part switch
        {
            { Path.Length: 0 } => throw JobErrors.Manifest(manifest, $"{place} has no path"),
            { StorePath: not null, PayloadPath: not null } => throw JobErrors.Manifest(
                manifest, $"{place} has a store and a payload, and a part has one of them"),
            _ => part,
        };
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
