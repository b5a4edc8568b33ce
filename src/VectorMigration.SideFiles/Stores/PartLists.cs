using System.Text.Json;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Manifests of jobs: they list index files, and may be next to them. They are nobody's texts.</summary>
internal static class PartLists
{
    private const int MostBytes = 1 << 20;
    private const string PathColumn = "path";
    private static readonly HashSet<string> Columns =
        new([PathColumn, "idOffset", "idNamespace", "store", "vectorName"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file lists parts: it has the columns of a manifest and no others, and its first entry is an index.</summary>
    public static bool Is(string path)
    {
        try
        {
            string extension = Path.GetExtension(path).ToUpperInvariant();
            if (extension is not (".CSV" or ".JSON") || new FileInfo(path).Length is 0 or > MostBytes)
            {
                return false;
            }

            string? first = extension == ".CSV" ? FirstOfTable(File.ReadLines(path).Take(2).ToArray()) : FirstOfJson(File.ReadAllBytes(path));
            return first is { Length: > 0 } && IsIndex(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, first));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            return false;
        }
    }

    private static string? FirstOfTable(string[] lines)
    {
        if (lines.Length < 2)
        {
            return null;
        }

        string[] head = Cells(lines[0]);
        int at = Array.FindIndex(head, static name => name.Equals(PathColumn, StringComparison.OrdinalIgnoreCase));
        string[] row = Cells(lines[1]);
        return at >= 0 && at < row.Length && head.All(Columns.Contains) ? row[at] : null;
    }

    private static string? FirstOfJson(byte[] text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement list = document.RootElement;
        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && list[0] is { ValueKind: JsonValueKind.Object } first
            && first.EnumerateObject().All(static member => Columns.Contains(member.Name))
            ? first.EnumerateObject().FirstOrDefault(static member => member.Name.Equals(PathColumn, StringComparison.OrdinalIgnoreCase)).Value
                is { ValueKind: JsonValueKind.String } path ? path.GetString() : null
            : null;
    }

    private static string[] Cells(string line) => [.. line.TrimStart('\uFEFF').Split(',', ';', '\t').Select(static cell => cell.Trim().Trim('"'))];

    private static bool IsIndex(string path)
    {
        if (!File.Exists(path))
        {
            return Directory.Exists(path);
        }

        Span<byte> head = stackalloc byte[4];
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return FaissIndex.BeginsLikeIndex(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }
}
