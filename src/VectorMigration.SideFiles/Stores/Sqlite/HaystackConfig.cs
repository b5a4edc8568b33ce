using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>The arguments of a FAISSDocumentStore of Haystack 1, which <c>save</c> writes beside the index: only those that are not the default.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="SqlUrl">Where the documents are, as SQLAlchemy names it; null for the default. It may hold a password and is never shown.</param>
/// <param name="Index">The name of the index among those of the database; null for the default.</param>
internal sealed record HaystackConfig(string Path, string? SqlUrl, string? Index)
{
    /// <summary>The index of a store that names none.</summary>
    public const string DefaultIndex = "document";

    private const string DefaultDatabase = "faiss_document_store.db";
    private const int MostBytes = 1 << 20;

    /// <summary>What only such a file holds.</summary>
    private static readonly string[] Telling =
        ["sql_url", "faiss_index_factory_str", "vector_dim", "embedding_dim", "similarity", "return_embedding", "duplicate_documents"];

    private static readonly string[] Others =
        ["index", "embedding_field", "progress_bar", "faiss_index", "faiss_index_path", "faiss_config_path", "isolation_level", "n_links", "ef_search",
            "ef_construction", "efSearch", "efConstruction", "validate_index_sync", "label_index", "url"];

    /// <summary>Never shows the URL, whoever prints it.</summary>
    public override string ToString() => $"HaystackConfig {Path}";

    /// <summary>The configuration that a file is; null where it is none.</summary>
    public static HaystackConfig? Of(FileBytes bytes, string path)
    {
        if (bytes.Length is 0 or > MostBytes)
        {
            return null;
        }

        byte[] text = new byte[bytes.Length];
        try
        {
            for (int at = 0, read; at < text.Length; at += read)
            {
                read = bytes.Read(at, text.AsSpan(at));
                if (read == 0)
                {
                    return null;
                }
            }

            using JsonDocument json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Of(json.RootElement, path) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The same of a path; null where it cannot be read.</summary>
    public static HaystackConfig? Of(string path)
    {
        try
        {
            using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
            return Of(bytes, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// The configuration that belongs to an index: the file of its name, or the only one in its folder; failing that, the only one beside the database.
    /// </summary>
    public static HaystackConfig? For(string? indexPath, string database)
    {
        foreach (string? beside in (string?[])[indexPath, database])
        {
            if (beside is null || Directory(beside) is not string folder)
            {
                continue;
            }

            string own = System.IO.Path.ChangeExtension(beside, ".json");
            if (Of(own) is HaystackConfig named)
            {
                return named;
            }

            if (AllIn(folder) is [HaystackConfig only])
            {
                return only;
            }
        }

        return null;
    }

    /// <summary>The path that the configuration gives its database: below the folder it lies in, or a refusal that says what to do.</summary>
    /// <exception cref="MigrationException">It is no SQLite file, or lies elsewhere.</exception>
    public string Database()
    {
        string folder = Directory(Path)!;
        string name = SqlUrl is null ? DefaultDatabase : SqlitePath(SqlUrl);
        string full = System.IO.Path.GetFullPath(name, folder);
        // Paths are relative to wherever the program ran; its own name beside the index is what was copied with it.
        string beside = System.IO.Path.Combine(folder, FileName(name));
        return IsBelow(full, folder) && File.Exists(full) ? full
            : IsBelow(beside, folder) && File.Exists(beside) ? beside
            : throw HaystackErrors.DatabaseElsewhere(Path, FileName(name));
    }

    private static HaystackConfig? Of(JsonElement root, string path)
    {
        bool telling = false;
        string? url = null;
        string? index = null;
        foreach (JsonProperty entry in root.EnumerateObject())
        {
            telling |= Telling.Contains(entry.Name, StringComparer.Ordinal);
            if (!Telling.Contains(entry.Name, StringComparer.Ordinal) && !Others.Contains(entry.Name, StringComparer.Ordinal))
            {
                return null;
            }

            url = entry is { Name: "sql_url", Value.ValueKind: JsonValueKind.String } ? entry.Value.GetString() : url;
            index = entry is { Name: "index", Value.ValueKind: JsonValueKind.String } ? entry.Value.GetString() : index;
        }

        return telling ? new HaystackConfig(path, url, index) : null;
    }

    private static List<HaystackConfig> AllIn(string folder)
    {
        try
        {
            return [.. System.IO.Directory.EnumerateFiles(folder, "*.json").Take(StoreFinder.MostFiles).Select(Of).OfType<HaystackConfig>()];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? Directory(string path) => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder.TrimEnd(System.IO.Path.DirectorySeparatorChar) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path in a URL of SQLAlchemy: <c>sqlite:///relative</c>, <c>sqlite:////absolute</c>; what follows a question mark are options.</summary>
    private string SqlitePath(string url)
    {
        int end = url.IndexOf("://", StringComparison.Ordinal);
        string dialect = end < 0 ? string.Empty : url[..end];
        if (!dialect.StartsWith("sqlite", StringComparison.OrdinalIgnoreCase) || (dialect.Length > 6 && dialect[6] != '+'))
        {
            throw HaystackErrors.NoSqlite(Path, dialect);
        }

        string rest = url[(end + 3)..];
        int options = rest.IndexOf('?', StringComparison.Ordinal);
        rest = options < 0 ? rest : rest[..options];
        return rest.Length > 1 && rest[0] == '/' && !rest.Contains('\0', StringComparison.Ordinal) && FileName(rest).Length > 0
            ? rest[1..]
            : throw HaystackErrors.DatabaseElsewhere(Path, FileName(rest));
    }

    /// <summary>The last part of a path, of whichever system it is.</summary>
    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
