using System.IO.Compression;

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

    /// <summary>One file: documents and map.</summary>
    Haystack2,

    /// <summary>One file: ids as MessagePack or as a pickle.</summary>
    TxtaiIds,

    /// <summary>A database.</summary>
    Sqlite,

    /// <summary>A database and its write-ahead log.</summary>
    SqliteLog,

    /// <summary>A database and a hot journal.</summary>
    SqliteJournal,

    /// <summary>An archive of a store.</summary>
    Archive,
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
        Of(StoreSeedForm.Haystack2, Sqlite(folder), "haystack_2", "store.json"),
        Of(StoreSeedForm.TxtaiIds, Sqlite(folder), "txtai_ids", "ids"),
        Of(StoreSeedForm.TxtaiIds, Sqlite(folder), "txtai_ids_pickle", "ids"),
        Of(StoreSeedForm.Sqlite, Sqlite(folder), "haystack", "faiss_document_store.db"),
        Of(StoreSeedForm.Sqlite, Sqlite(folder), "haystack_0", "haystack.db"),
        Of(StoreSeedForm.Sqlite, Sqlite(folder), "txtai", "documents"),
        Of(StoreSeedForm.Sqlite, Sqlite(folder), "table_key", "texts.sqlite"),
        Of(StoreSeedForm.SqliteLog, Sqlite(folder), "haystack_wal", "faiss_document_store.db", "faiss_document_store.db-wal"),
        Of(StoreSeedForm.SqliteJournal, Sqlite(folder), "haystack_hot", "faiss_document_store.db", "faiss_document_store.db-journal"),
        Of(StoreSeedForm.Archive, Sqlite(folder), "txtai_archives", "store.tar.gz"),
        Of(StoreSeedForm.Archive, Sqlite(folder), "txtai_archives", "store.zip"),
        new(StoreSeedForm.Archive, [Unpacked(Path.Combine(Sqlite(folder), "txtai_archives", "store.tar.gz"))]),
        new(StoreSeedForm.LangChainJs, ["""[[["a",{"pageContent":"A","metadata":{"n":1e5,"b":[true,null]}}]],{"0":"a"}]"""u8.ToArray()]),
        new(StoreSeedForm.List, ["""[{"a":1,"b":{"c":[1,2,{"d":"\u00e4"}]}},{"a":2}]"""u8.ToArray()]),
    ];

    /// <summary>Without compression damage gets into tar itself; the checksum of gzip would refuse nearly all of it.</summary>
    private static byte[] Unpacked(string path)
    {
        using GZipStream plain = new(File.OpenRead(path), CompressionMode.Decompress);
        MemoryStream whole = new();
        plain.CopyTo(whole);
        return whole.ToArray();
    }

    private static string Sqlite(string folder) => Path.Combine(folder, "..", "sqlite");

    private static StoreSeed Of(StoreSeedForm form, string folder, string name, params string[] files) =>
        new(form, [.. files.Select(file => File.ReadAllBytes(Path.Combine(folder, name, file)))]);
}
