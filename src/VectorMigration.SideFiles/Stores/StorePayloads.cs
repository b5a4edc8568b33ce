using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Opens the payloads of stores: the file says which framework wrote it.</summary>
public static class StorePayloads
{
    /// <summary>What pickles of protocol 2 and later begin with; the protocol follows.</summary>
    private const byte Proto = 0x80;

    private const byte HighestProtocol = 5;

    /// <summary>A pickle that is only looked for is not loaded beyond this; one that is named is.</summary>
    private const long MostSoughtPickle = 256 << 20;

    /// <summary>Opens the payloads of the store that a file is or belongs to; null where it is none.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="rules">What the payloads must be.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">The file cannot be read, is damaged or refused.</exception>
    public static IPayloadSource? Open(string path, PayloadRules rules, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FormOf(path, cancellationToken) switch
        {
            StoreForm.LangChain or StoreForm.Damaged => new LangChainPayloadSource(path, rules, cancellationToken),
            StoreForm.LangChainJs => LangChainJsDocuments.Open(path, rules, cancellationToken),
            StoreForm.LlamaIndex or StoreForm.LlamaIndexPart => LlamaIndexDocuments.Open(path, rules, cancellationToken),
            StoreForm.JsonList => InRows(JsonListDocuments.Open(path, cancellationToken), rules),
            StoreForm.Pickle => PickledDocuments.Open(path, cancellationToken).Payloads(rules),
            _ => null,
        };
    }

    /// <summary>What a file is of a store; nothing, where it cannot be looked into.</summary>
    internal static StoreForm FormOf(string path, CancellationToken cancellationToken)
    {
        try
        {
            using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
            return FormOf(bytes, path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or MigrationException)
        {
            return StoreForm.None;
        }
    }

    /// <summary>What an open file is of a store.</summary>
    internal static StoreForm FormOf(FileBytes bytes, string path, CancellationToken cancellationToken)
    {
        Span<byte> head = stackalloc byte[4];
        int read = bytes.Length == 0 ? 0 : bytes.Read(0, head);
        if (read < 2 || FaissIndex.BeginsLikeIndex(head[..read]))
        {
            return StoreForm.None;
        }

        switch (JsonForms.Of(bytes, path))
        {
            case JsonForm.LangChainJs: return StoreForm.LangChainJs;
            case JsonForm.LlamaDocuments: return StoreForm.LlamaIndex;
            case JsonForm.LlamaIndexStore or JsonForm.LlamaIdMap: return StoreForm.LlamaIndexPart;
            case JsonForm.List: return StoreForm.JsonList;
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
            _ => PickledDocuments.Begins(bytes) ? StoreForm.Pickle : StoreForm.None,
        };
    }

    /// <summary>Entries of a list in the order of adding, or of a pickled dictionary of positions; null where it is neither.</summary>
    internal static long? CountOf(string path, StoreForm form, CancellationToken cancellationToken)
    {
        try
        {
            if (form == StoreForm.Pickle && new FileInfo(path).Length > MostSoughtPickle)
            {
                return null;
            }

            using StoredDocuments documents = form == StoreForm.JsonList ? JsonListDocuments.Open(path, cancellationToken)
                : PickledDocuments.Open(path, cancellationToken);
            return documents.Count;
        }
        catch (Exception error) when (error is MigrationException or IOException or UnauthorizedAccessException)
        {
            // It cannot be a store. If the user named it, opening it reports the reason.
            return null;
        }
    }

    /// <summary>Payloads of a list in the order of adding.</summary>
    internal static StoredPayloads InRows(StoredDocuments documents, PayloadRules rules)
    {
        if (rules.Key is null)
        {
            return new RowStorePayloads(documents, rules);
        }

        documents.Dispose();
        throw JsonErrors.ListOfKey(documents.Parts[0].Path);
    }

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
}
