namespace VectorMigration.Fuzzing.Stores;

/// <summary>What a store in JSON is read as.</summary>
internal enum StoreSeedForm
{
    /// <summary>One file: documents and positions.</summary>
    LangChainJs,

    /// <summary>Nodes and index store.</summary>
    LlamaIndex,

    /// <summary>Nodes and map of ids.</summary>
    LlamaIndexMap,

    /// <summary>One file: a list.</summary>
    List,
}

/// <summary>A sound store, or one that was damaged.</summary>
/// <param name="Form">What it is read as.</param>
/// <param name="Parts">Its files, that of the documents first.</param>
internal sealed record StoreSeed(StoreSeedForm Form, IReadOnlyList<byte[]> Parts)
{
    /// <summary>The stores below a folder of fixtures, one of each kind that is read by another path, and some that are written here.</summary>
    public static IReadOnlyList<StoreSeed> All(string folder) =>
    [
        Of(StoreSeedForm.LangChainJs, folder, "langchain_js", "docstore.json"),
        Of(StoreSeedForm.LangChainJs, folder, "langchain_js_ids", "docstore.json"),
        Of(StoreSeedForm.LlamaIndex, folder, "llama_index", "docstore.json", "index_store.json"),
        Of(StoreSeedForm.LlamaIndex, folder, "llama_index_2023", "docstore.json", "index_store.json"),
        Of(StoreSeedForm.LlamaIndexMap, folder, "llama_index_map", "docstore.json", "id_map.json"),
        Of(StoreSeedForm.LlamaIndexMap, folder, "llama_index_map_str", "docstore.json", "id_map.json"),
        Of(StoreSeedForm.List, folder, "list_texts", "texts.json"),
        Of(StoreSeedForm.List, folder, "list_objects", "metadata.json"),
        Of(StoreSeedForm.List, folder, "list_ids", "ids.json"),
        Of(StoreSeedForm.List, folder, "list_chunks", "chunks.json"),
        new(StoreSeedForm.LangChainJs, ["""[[["a",{"pageContent":"A","metadata":{"n":1e5,"b":[true,null]}}]],{"0":"a"}]"""u8.ToArray()]),
        new(StoreSeedForm.List, ["""[{"a":1,"b":{"c":[1,2,{"d":"\u00e4"}]}},{"a":2}]"""u8.ToArray()]),
    ];

    private static StoreSeed Of(StoreSeedForm form, string folder, string name, params string[] files) =>
        new(form, [.. files.Select(file => File.ReadAllBytes(Path.Combine(folder, name, file)))]);
}
