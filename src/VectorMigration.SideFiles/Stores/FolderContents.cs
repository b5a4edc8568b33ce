using VectorMigration.SideFiles.Stores.Tables;

namespace VectorMigration.SideFiles.Stores;

/// <summary>What a file of a folder is to an index.</summary>
internal enum FileKind
{
    Index,
    Store,

    /// <summary>A pickle that cannot be read: it is refused where its name says that it belongs to the index.</summary>
    Damaged,
    Part,
    List,

    /// <summary>It says where the store is.</summary>
    Config,
}

/// <summary>Indexes, stores and lists of a folder, in the order of their names.</summary>
internal sealed record FolderContents(
    IReadOnlyList<string> Indexes, IReadOnlyList<string> Stores, IReadOnlyList<string> Damaged, IReadOnlyList<string> Lists, IReadOnlyList<string> Configs)
{
    /// <summary>Files of JSON Lines, where the folder is what was named.</summary>
    public IReadOnlyList<string> JsonLines { get; init; } = [];

    /// <summary>Files of a LlamaIndex store that are not its documents.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Files that are nothing of these.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>The folder itself was named: what lies in it is meant.</summary>
    public bool IsNamed { get; init; }

    /// <summary>What is not taken, in whole sentences.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Lists with texts that have another length than the index.</summary>
    public List<ListOfOtherLength> OtherLists { get; } = [];

    /// <summary>The same, as they were by then.</summary>
    public IReadOnlyList<ListOfOtherLength> ToldLists => OtherLists.Count == 0 ? [] : [.. OtherLists];

    /// <summary>The same, as it was by then.</summary>
    public IReadOnlyList<string> Told => Notes.Count == 0 ? [] : [.. Notes];

    public static FolderContents Of(string folder, CancellationToken cancellationToken)
    {
        List<string> indexes = [];
        List<string> stores = [];
        List<string> damaged = [];
        List<string> lists = [];
        List<string> configs = [];
        List<string> others = [];
        List<string> parts = [];
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder).Take(StoreFinder.MostFiles).Order(StringComparer.Ordinal))
            {
                cancellationToken.ThrowIfCancellationRequested();
                switch (KindOf(file, cancellationToken))
                {
                    case FileKind.List or null when OrdinaryFiles.Is(file): break;
                    case FileKind.Index: indexes.Add(file); break;
                    case FileKind.Store: stores.Add(file); break;
                    case FileKind.Damaged: damaged.Add(file); break;
                    case FileKind.List: lists.Add(TableForms.WholeOf(file, StorePayloads.FormOf(file, cancellationToken))); break;
                    case FileKind.Config: configs.Add(file); break;
                    case FileKind.Part: parts.Add(file); break;
                    case null: others.Add(file); break;
                }
            }

            lists.AddRange(Directory.EnumerateDirectories(folder).Take(StoreFinder.MostFiles).Order(StringComparer.Ordinal).Select(TableForms.Beside)
                .OfType<string>());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed is taken to hold nothing but the file that was named.
        }

        return new FolderContents(indexes, stores, damaged, [.. lists.Distinct(StringComparer.Ordinal)], configs) { Others = others, Parts = parts };
    }

    /// <summary>What a file is, by its beginning; null for what is neither an index nor a store, and for what cannot be read.</summary>
    public static FileKind? KindOf(string path, CancellationToken cancellationToken)
    {
        try
        {
            using FileBytes bytes = UnpackedBytes.Open(path);
            Span<byte> head = stackalloc byte[4];
            int read = bytes.Length == 0 ? 0 : bytes.Read(0, head);
            if (FaissIndex.BeginsLikeIndex(head[..read]))
            {
                return FileKind.Index;
            }

            return StorePayloads.FormOf(bytes, path, cancellationToken) switch
            {
                StoreForm.None => null,
                StoreForm.Damaged => FileKind.Damaged,
                StoreForm.LlamaIndexPart => FileKind.Part,
                StoreForm.HaystackConfig or StoreForm.TxtaiConfig => FileKind.Config,
                StoreForm.LangChain or StoreForm.LangChainJs or StoreForm.LlamaIndex or StoreForm.LightRag or StoreForm.Mem0
                    or StoreForm.Haystack2 or StoreForm.Sqlite => FileKind.Store,
                _ => FileKind.List,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or MigrationException)
        {
            // A file that cannot be read is not taken for a store. If it is the index itself, opening it reports the reason.
            return null;
        }
    }
}
