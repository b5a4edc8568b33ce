using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Sqlite;
using VectorMigration.SideFiles.Stores.Tables;
using VectorMigration.SideFiles.Stores.Txtai;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Opens the payloads of stores: the file says which framework wrote it.</summary>
public static class StorePayloads
{
    /// <summary>What pickles of protocol 2 and later begin with; the protocol follows.</summary>
    private const byte Proto = 0x80;

    private const byte HighestProtocol = 5;

    /// <summary>A pickle that is only looked for is not loaded beyond this; one that is named is.</summary>
    private const long MostSoughtPickle = 256 << 20;

    /// <summary>A larger pickle is not loaded only to find out whether it is a list of ids.</summary>
    private const long MostPickledIds = 16 << 20;

    /// <summary>Opens the payloads of the store that a file is or belongs to; null where it is none.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="rules">What the payloads must be.</param>
    /// <param name="spillFolder">Folder for tables that do not fit in memory; null for that of the system.</param>
    /// <param name="indexPath">Path of the index that they are for, where it is known: it tells which rows are meant.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">The file cannot be read, is damaged or refused.</exception>
    public static IPayloadSource? Open(string path, PayloadRules rules, string? spillFolder, string? indexPath, CancellationToken cancellationToken)
    {
        Address.RequirePath(path);
        SpillFolder spill = new(spillFolder);
        StoreForm form = FormOf(path, cancellationToken);
        return form switch
        {
            StoreForm.LangChain or StoreForm.Damaged => new LangChainPayloadSource(path, rules, cancellationToken),
            StoreForm.LangChainJs => LangChainJsDocuments.Open(path, rules, cancellationToken),
            StoreForm.LlamaIndex or StoreForm.LlamaIndexPart => LlamaIndexDocuments.Open(path, rules, cancellationToken),
            StoreForm.Haystack2 => Haystack2Documents.Open(path, rules, cancellationToken),
            StoreForm.Sqlite or StoreForm.SqliteTable => SqliteStores.Open(StoreFile.FullPath(path), indexPath, rules, cancellationToken),
            StoreForm.TxtaiConfig => OpenTxtai(StoreFile.FullPath(path), rules, cancellationToken),
            StoreForm.HaystackConfig =>
                SqliteStores.Open(HaystackConfig.Of(StoreFile.FullPath(path))!.Database(), StoreFile.FullPath(path), rules, cancellationToken),
            StoreForm.LightRag or StoreForm.JsonDictionary => JsonDictionaryDocuments.Open(path, rules, cancellationToken),
            StoreForm.JsonPairs => JsonPairDocuments.Open(path, rules, spill, cancellationToken),
            StoreForm.JsonList => InRows(JsonListDocuments.Open(path, cancellationToken), rules, spill),
            StoreForm.Pickle or StoreForm.Mem0 => PickledDocuments.Open(path, rules, spill, cancellationToken),
            StoreForm.None when JsonNamedDocuments.Open(path, indexPath, cancellationToken) is JsonNamedDocuments named => InRows(named, rules, spill),
            StoreForm.None when !TableForms.HasHeader(path) => null,
            _ => InRows(TableForms.Open(path, form, rules, spill, cancellationToken), rules, spill),
        };
    }

    private static StoredPayloads OpenTxtai(string path, PayloadRules rules, CancellationToken cancellationToken)
    {
        TxtaiConfig config = TxtaiConfig.Of(path, cancellationToken)!;
        string store = config.Store();
        return store == path ? TxtaiIds.Open(config, rules, cancellationToken) : SqliteStores.Open(store, null, rules, cancellationToken);
    }

    /// <summary>What a file is of a store; nothing, where it cannot be looked into.</summary>
    internal static StoreForm FormOf(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            return TableForms.OfFolder(path);
        }

        try
        {
            using FileBytes bytes = UnpackedBytes.Open(path);
            return FormOf(bytes, path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or MigrationException)
        {
            return StoreForm.None;
        }
    }

    /// <summary>What an open file is of a store. Of compressed files, pickles, JSON and plain tables are read; configurations name other files.</summary>
    internal static StoreForm FormOf(FileBytes bytes, string path, CancellationToken cancellationToken) =>
        ContentOf(bytes, path, cancellationToken) is StoreForm form && (bytes is not UnpackedBytes || form is StoreForm.JsonList or StoreForm.JsonPairs
            or StoreForm.JsonDictionary or StoreForm.Csv or StoreForm.Pickle or StoreForm.NumPy or StoreForm.LangChain or StoreForm.LangChainJs
            or StoreForm.LlamaIndex or StoreForm.LlamaIndexPart or StoreForm.LightRag or StoreForm.Mem0 or StoreForm.Haystack2) ? form : StoreForm.None;

    /// <summary>What the content of an open file is, compressed or not.</summary>
    internal static StoreForm ContentOf(FileBytes bytes, string path, CancellationToken cancellationToken)
    {
        Span<byte> head = stackalloc byte[4];
        int read = bytes.Length == 0 ? 0 : bytes.Read(0, head);
        if (read < 2 || FaissIndex.BeginsLikeIndex(head[..read]))
        {
            return StoreForm.None;
        }

        if (SqliteStores.Begins(bytes))
        {
            // A damaged one is its index's too: opening it tells what is wrong.
            return SqliteStores.KindOf(path, cancellationToken) is SqliteStoreKind.Tables ? StoreForm.SqliteTable : StoreForm.Sqlite;
        }

        switch (JsonForms.Of(bytes, path))
        {
            case JsonForm.Haystack2: return StoreForm.Haystack2;
            case JsonForm.None when head[0] == (byte)'{' && HaystackConfig.Of(bytes, path) is not null: return StoreForm.HaystackConfig;
            case JsonForm.None when head[0] == (byte)'{' && TxtaiConfig.OfJson(bytes, path) is not null: return StoreForm.TxtaiConfig;
            case JsonForm.LangChainJs: return StoreForm.LangChainJs;
            case JsonForm.LlamaDocuments: return StoreForm.LlamaIndex;
            case JsonForm.LlamaIndexStore or JsonForm.LlamaIdMap: return StoreForm.LlamaIndexPart;
            case JsonForm.List: return StoreForm.JsonList;
            case JsonForm.Dictionary: return StoreForm.JsonDictionary;
            case JsonForm.Pairs: return StoreForm.JsonPairs;
            case JsonForm.LightRag: return StoreForm.LightRag;
        }

        if (TableForms.Of(bytes, path) is not StoreForm.None and StoreForm table)
        {
            return table;
        }

        if (!MayBePickle(head[0]))
        {
            return StoreForm.None;
        }

        using FileBytesStream stream = new(bytes);
        bool isPickle = head[0] == Proto && head[1] <= HighestProtocol;
        return LangChainStore.Look(stream, bytes.Length, cancellationToken) switch
        {
            true => StoreForm.LangChain,
            null when isPickle => StoreForm.Damaged,
            _ when TxtaiConfig.OfPickle(bytes, path, cancellationToken) is not null => StoreForm.TxtaiConfig,
            _ when !PickledDocuments.Begins(bytes) => PickledDocuments.IsArray(bytes, path, cancellationToken) ? StoreForm.Pickle : StoreForm.None,
            _ => PickledDocuments.IsMem0(bytes, path, cancellationToken) ? StoreForm.Mem0 : StoreForm.Pickle,
        };
    }

    /// <summary>Whether a list, or a table of a database, has as many entries as an index has vectors.</summary>
    internal static bool Fits(string path, long vectors, CancellationToken cancellationToken)
    {
        StoreForm form = FormOf(path, cancellationToken);
        return form == StoreForm.SqliteTable ? TableChoice.Fits(path, vectors, cancellationToken) : CountOf(path, form, cancellationToken) == vectors;
    }

    /// <summary>Whether a list says of each vector nothing but the id that the index gives it anyway: then it is no payload.</summary>
    internal static bool RepeatsIds(string path, string index, CancellationToken cancellationToken)
    {
        StoreForm form = FormOf(path, cancellationToken);
        if (form is not (StoreForm.NumPy or StoreForm.JsonList or StoreForm.Pickle))
        {
            return false;
        }

        try
        {
            if (form == StoreForm.JsonList ? !UnusedFiles.HoldsNumbers(path, cancellationToken)
                : form == StoreForm.Pickle && UnpackedBytes.LengthOf(path) > MostPickledIds)
            {
                return false;
            }

            using IVectorSource source = VectorFile.OpenAny(index);
            if (form == StoreForm.NumPy)
            {
                using NumpyIds ids = NumpyIds.Open(new StorePart(path));
                return ids.Repeats(source, cancellationToken);
            }

            using IPayloadSource? list = Open(path, default, null, index, cancellationToken);
            return list is not null && ListedIds.AreThoseOf(list, source, cancellationToken);
        }
        catch (MigrationException)
        {
            // Opening the index, or the list, reports what is wrong with it.
            return false;
        }
    }

    /// <summary>Entries of a list in the order of adding, or of a pickled dictionary of positions; null where it is neither.</summary>
    internal static long? CountOf(string path, StoreForm form, CancellationToken cancellationToken)
    {
        try
        {
            if (form == StoreForm.Pickle && UnpackedBytes.LengthOf(path) > MostSoughtPickle)
            {
                return null;
            }

            if (form == StoreForm.Pickle)
            {
                return PickledDocuments.CountOf(path, cancellationToken);
            }

            if (form == StoreForm.JsonPairs)
            {
                using StoredPayloads pairs = JsonPairDocuments.Open(path, default, new SpillFolder(), cancellationToken);
                return pairs.Count;
            }

            if (form == StoreForm.JsonDictionary)
            {
                using KeyedStorePayloads dictionary = JsonDictionaryDocuments.Open(path, default, cancellationToken);
                return dictionary.Count;
            }

            using StoredDocuments documents = form == StoreForm.JsonList ? JsonListDocuments.Open(path, cancellationToken)
                : TableForms.Open(path, form, default, new SpillFolder(), cancellationToken);
            return documents.Count;
        }
        catch (Exception error) when (error is MigrationException or IOException or UnauthorizedAccessException)
        {
            // It cannot be a store. If the user named it, opening it reports the reason.
            return null;
        }
    }

    /// <summary>Payloads of a list or table, in the order of adding or by the field that the rules name.</summary>
    internal static StoredPayloads InRows(StoredDocuments documents, PayloadRules rules, SpillFolder spill) =>
        rules.Key is null ? new RowStorePayloads(documents, rules) : new KeyedRowPayloads(documents, rules, spill);

    /// <summary>Pickles of protocol 2 and later begin with PROTO, older ones with a mark or a container.</summary>
    private static bool MayBePickle(byte first) => first is Proto or (byte)'(' or (byte)'c' or (byte)'}' or (byte)']';
}

/// <summary>What a file is of a store.</summary>
internal enum StoreForm
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A store of LangChain for Python.</summary>
    LangChain,

    /// <summary>A pickle that cannot be read.</summary>
    Damaged,

    /// <summary>A store of LangChain.js.</summary>
    LangChainJs,

    /// <summary>The nodes of a LlamaIndex store.</summary>
    LlamaIndex,

    /// <summary>Another file of a LlamaIndex store.</summary>
    LlamaIndexPart,

    /// <summary>A JSON list.</summary>
    JsonList,

    /// <summary>A pickled list or dictionary.</summary>
    Pickle,

    /// <summary>Documents and map of Haystack 2.</summary>
    Haystack2,

    /// <summary>The arguments of a store of Haystack 1, which say where its documents are.</summary>
    HaystackConfig,

    /// <summary>The configuration of txtai, which says where documents or ids are.</summary>
    TxtaiConfig,

    /// <summary>A SQLite database of Haystack 1 or txtai, or a damaged one.</summary>
    Sqlite,

    /// <summary>A SQLite database whose tables are nobody's.</summary>
    SqliteTable,

    /// <summary>What LightRAG keeps beside its index.</summary>
    LightRag,

    /// <summary>A JSON object whose keys are FAISS ids.</summary>
    JsonDictionary,

    /// <summary>A JSON list of pairs.</summary>
    JsonPairs,

    /// <summary>What mem0 keeps beside its index.</summary>
    Mem0,

    /// <summary>A NumPy array.</summary>
    NumPy,

    /// <summary>The ids of Pyserini, one a line.</summary>
    DocIds,

    /// <summary>CSV.</summary>
    Csv,

    /// <summary>A Parquet file.</summary>
    Parquet,

    /// <summary>A folder of Parquet files.</summary>
    ParquetParts,

    /// <summary>A file of Arrow.</summary>
    Arrow,

    /// <summary>A folder of Arrow files.</summary>
    ArrowParts,

    /// <summary>A dataset of Hugging Face, or a file of one.</summary>
    Dataset,
}
