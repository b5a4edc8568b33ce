namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>The files of a LlamaIndex store, which lie in one folder and are told by their content.</summary>
/// <param name="Documents">The file of the nodes.</param>
/// <param name="IndexStore">The file of the indexes; null where there is none.</param>
/// <param name="IdMap">The map of a FaissMapVectorStore; null where there is none.</param>
/// <param name="Indexes">The FAISS indexes in the folder.</param>
internal sealed record LlamaIndexFiles(string Documents, string? IndexStore, string? IdMap, IReadOnlyList<string> Indexes)
{
    private const int MostFiles = 1_000;

    /// <summary>Those that are read, the nodes first and the map last.</summary>
    public IReadOnlyList<string> All => [Documents, IdMap ?? IndexStore!];

    /// <summary>Finds the files of the store that one of them belongs to.</summary>
    /// <exception cref="MigrationException">One is missing, or there are several.</exception>
    public static LlamaIndexFiles Of(string path, CancellationToken cancellationToken)
    {
        string full = StoreFile.FullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        Dictionary<JsonForm, List<string>> found = [];
        List<string> indexes = [];
        foreach (string file in Files(folder, full))
        {
            cancellationToken.ThrowIfCancellationRequested();
            JsonForm form = JsonForms.Of(file, out bool isIndex);
            if (isIndex)
            {
                indexes.Add(file);
            }
            else if (form is JsonForm.LlamaDocuments or JsonForm.LlamaIndexStore or JsonForm.LlamaIdMap)
            {
                (found.TryGetValue(form, out List<string>? files) ? files : found[form] = []).Add(file);
            }
        }

        string documents = One(JsonForm.LlamaDocuments, "docstores") ?? throw JsonErrors.PartMissing(full, "the docstore", "docstore.json");
        string? idMap = One(JsonForm.LlamaIdMap, "maps of ids");
        string? store = One(JsonForm.LlamaIndexStore, "index stores");
        return store is null && idMap is null
            ? throw JsonErrors.PartMissing(full, "the index store, which maps nodes to vectors,", "index_store.json")
            : new LlamaIndexFiles(documents, store, idMap, indexes);

        string? One(JsonForm form, string what) => !found.TryGetValue(form, out List<string>? files) ? null
            : files.Contains(full) ? full
            : files is [string only] ? only
            : throw JsonErrors.SeveralParts(folder, what, files);
    }

    /// <summary>Vectors of the index in the folder, where there is one that can be described.</summary>
    public long? CountVectors()
    {
        try
        {
            return Indexes is [string only] ? FaissIndex.Describe(only).Count : null;
        }
        catch (MigrationException)
        {
            return null;
        }
    }

    private static List<string> Files(string folder, string named)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Take(MostFiles).Append(named).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed is taken to hold nothing but the file that was named.
            return [named];
        }
    }
}
