using System.IO.Compression;

namespace VectorMigration.Fuzzing.Stores;

/// <summary>What a store is read as.</summary>
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

    /// <summary>One file: a dictionary of positions.</summary>
    Dictionary,

    /// <summary>CSV.</summary>
    Csv,

    /// <summary>Ids in a NumPy array.</summary>
    NumPy,

    /// <summary>Ids, one a line.</summary>
    DocIds,

    /// <summary>A file of Arrow.</summary>
    Arrow,

    /// <summary>Rows in a file of Arrow, and their order in another.</summary>
    ArrowIndices,

    /// <summary>A Parquet file.</summary>
    Parquet,

    /// <summary>A file of vectors: HDF5 or NumPy.</summary>
    Vectors,
}

/// <summary>A sound store, or one that was damaged.</summary>
/// <param name="Form">What it is read as.</param>
/// <param name="Parts">Its files, that of the documents first.</param>
internal sealed record StoreSeed(StoreSeedForm Form, IReadOnlyList<byte[]> Parts)
{
    /// <summary>A file of each layout and each filter that the reader of HDF5 knows.</summary>
    private static readonly string[] Hdf5 =
    [
        "old_f4", "old_chunks", "old_gzip", "old_growing", "old_compact", "old_groups", "old_gzip_shuffle_fletcher", "new_f4", "new_implicit", "new_one_chunk",
        "new_one_chunk_gzip", "new_growing_many_chunks", "new_many_chunks", "new_growing_gzip", "new_compact", "new_groups", "new_attributes", "new_shuffle_f8",
    ];

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
        Of(StoreSeedForm.Dictionary, folder, "../tables/lightrag", "faiss_index_chunks.index.meta.json"),
        Of(StoreSeedForm.Dictionary, folder, "../tables/lightrag_vectors", "faiss_index_entities.index.meta.json"),
        Of(StoreSeedForm.Csv, folder, "../tables/csv_commas", "metadata.csv"),
        Of(StoreSeedForm.Csv, folder, "../tables/csv_semicolons", "metadata.csv"),
        Of(StoreSeedForm.Csv, folder, "../tables/csv_tabs", "metadata.tsv"),
        Of(StoreSeedForm.NumPy, folder, "../tables/numpy_int64", "ids.npy"),
        Of(StoreSeedForm.NumPy, folder, "../tables/numpy_int32", "ids.npy"),
        Of(StoreSeedForm.NumPy, folder, "../tables/numpy_texts", "ids.npy"),
        Of(StoreSeedForm.DocIds, folder, "../tables/pyserini", "docid"),
        Of(StoreSeedForm.Arrow, folder, "../tables/hf_dataset", "data-00001-of-00002.arrow"),
        Of(StoreSeedForm.Arrow, folder, "../tables/arrow_file", "rows.arrow"),
        Of(StoreSeedForm.ArrowIndices, folder, "../tables/hf_indices", "dataset.arrow", "indices.arrow"),
        Of(StoreSeedForm.Parquet, folder, "../tables/parquet_snappy", "rows.parquet"),
        Of(StoreSeedForm.Parquet, folder, "../tables/parquet_gzip", "rows.parquet"),
        Of(StoreSeedForm.Parquet, folder, "../tables/parquet_plain", "rows.parquet"),
        Of(StoreSeedForm.Parquet, folder, "../tables/parquet_brotli", "rows.parquet"),
        Of(StoreSeedForm.Parquet, folder, "../tables/parquet_zstd", "rows.parquet"),
        Of(StoreSeedForm.Parquet, folder, "../tables/parquet_lz4", "rows.parquet"),
        Of(StoreSeedForm.Parquet, folder, "../tables/parquet_lz4_hadoop", "rows.parquet"),
        Of(StoreSeedForm.Parquet, folder, "../tables/parquet_deltas", "rows.parquet"),
        Of(StoreSeedForm.Parquet, folder, "../tables/parquet_deltas_2", "rows.parquet"),
        Of(StoreSeedForm.Arrow, folder, "../tables/arrow_lz4", "rows.arrow"),
        Of(StoreSeedForm.Arrow, folder, "../tables/arrow_zstd", "rows.arrow"),
        Of(StoreSeedForm.Parquet, folder, "../tables/clip_retrieval", "metadata/metadata_0.parquet"),
        .. Hdf5.Select(name => Of(StoreSeedForm.Vectors, folder, "../../vectors", $"read_{name}.h5")),
        Of(StoreSeedForm.Vectors, folder, "../../faiss/faiss-1.7.3/flat_l2", "recon.npy"),
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
