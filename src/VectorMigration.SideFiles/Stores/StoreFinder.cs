using VectorMigration.SideFiles.Stores.Archives;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Sqlite;
using VectorMigration.SideFiles.Stores.Txtai;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>A list or table with another number of entries than an index has vectors.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Entries">Its entries.</param>
public sealed record ListOfOtherLength(string Path, long Entries);

/// <summary>What a path stands for: an index, and the store that a framework keeps beside it.</summary>
/// <param name="IndexPath">Full path of the index file.</param>
/// <param name="StorePath">Full path of the file that holds its documents; null where there is none.</param>
public sealed record FoundStore(string IndexPath, string? StorePath) : IDisposable
{
    /// <summary>The store itself was named; false where it was found beside the index or in a folder.</summary>
    public bool StoreIsNamed { get; init; }

    /// <summary>Files that look like texts of the index and are not sent, in whole sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Lists next to the index that have another number of entries than it has vectors: they may be the texts of several indexes.</summary>
    public IReadOnlyList<ListOfOtherLength> OtherLists { get; init; } = [];

    /// <summary>The folder that an archive was unpacked into; null where nothing was.</summary>
    internal PrivateFolder? Copy { get; init; }

    /// <summary>The folder that an archive with the store was unpacked into, where the store lies elsewhere; null where nothing was.</summary>
    internal PrivateFolder? StoreCopy { get; init; }

    /// <summary>Keeps the copy of a compressed store; null where there is none.</summary>
    internal IDisposable? Kept { get; init; }

    /// <summary>Removes what was unpacked; index and store are closed before.</summary>
    public void Dispose()
    {
        Kept?.Dispose();
        Copy?.Dispose();
        StoreCopy?.Dispose();
    }
}

/// <summary>
/// Finds index and store: a path may be the folder that a framework saved, its index, or its other files. Files are recognised by their content, never by
/// their names; where a name decides among several, it is that of the index without its extension.
/// </summary>
public static class StoreFinder
{
    /// <summary>Files of a folder that are looked into: a store has a handful.</summary>
    internal const int MostFiles = 1_000;

    private const int MostNamed = 5;

    /// <summary>
    /// Finds what a path stands for. A path that is neither a folder nor a store is an index path; what is wrong with it is told by its opening.
    /// </summary>
    /// <param name="path">Path of a folder or a file.</param>
    /// <param name="withStore">Look for the store too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">A folder without an index, or with several; several stores that would fit.</exception>
    public static FoundStore Find(string path, bool withStore, CancellationToken cancellationToken)
    {
        Address.RequirePath(path);
        using IDisposable kept = UnpackedBytes.Keep();
        FoundStore found = FindOne(Path.GetFullPath(path), withStore, cancellationToken);
        return found.StorePath is string store && UnpackedBytes.PlainName(store) != store ? found with { Kept = UnpackedBytes.Keep() } : found;
    }

    private static FoundStore FindOne(string full, bool withStore, CancellationToken cancellationToken)
    {
        if (Directory.Exists(full))
        {
            FolderContents contents = FolderContents.Of(full, cancellationToken);
            contents = withStore ? contents with { JsonLines = JsonLinesFiles.Of(full, cancellationToken), IsNamed = true } : contents;
            if (contents is { Indexes: [], Stores: [string pickle] } && StorePayloads.FormOf(pickle, cancellationToken) == StoreForm.LangChain
                && EmbeddedIndexCopy.Find(pickle, withStore, cancellationToken) is FoundStore serialized)
            {
                return serialized;
            }

            if (contents.Indexes.Count == 0 && VectorFile.Is(full))
            {
                return OfVectors(full, contents, withStore, cancellationToken);
            }

            if (contents.Indexes.Count == 0 && contents.Others.Where(StoreArchive.Is).ToArray() is [string archive])
            {
                return FindInArchive(archive, withStore, cancellationToken);
            }

            string index = contents.Indexes switch
            {
                [string only] => only,
                [] => throw NoIndex(full, contents, cancellationToken),
                var several => throw StoreErrors.SeveralIndexes(full, several, MostNamed),
            };
            return new FoundStore(index, withStore ? StoreOf(index, contents, cancellationToken) : null)
            {
                Notes = contents.Told,
                OtherLists = contents.ToldLists,
            };
        }

        if (VectorFile.IsOnly(full))
        {
            return OfVectors(full, FolderContents.Of(Path.GetDirectoryName(full)!, cancellationToken), withStore, cancellationToken);
        }

        if (!File.Exists(full) || FolderContents.KindOf(full, cancellationToken) is not FileKind kind)
        {
            return File.Exists(full) && StoreArchive.Is(full) ? FindInArchive(full, withStore, cancellationToken) : new FoundStore(full, null);
        }

        FolderContents beside = FolderContents.Of(Path.GetDirectoryName(full)!, cancellationToken);
        if (kind == FileKind.List && beside.Indexes.Count == 0 && VectorFile.Is(full))
        {
            return OfVectors(full, beside, withStore, cancellationToken);
        }

        if (kind == FileKind.Store && !beside.Indexes.Any(index => IsSibling(full, index))
            && StorePayloads.FormOf(full, cancellationToken) == StoreForm.LangChain
            && EmbeddedIndexCopy.Find(full, withStore, cancellationToken) is FoundStore found)
        {
            return found;
        }

        FoundStore stands = kind switch
        {
            FileKind.Store or FileKind.Damaged => new FoundStore(IndexOf(full, beside), withStore ? full : null),
            FileKind.Config => new FoundStore(IndexOf(full, beside), withStore ? StoreOf(IndexOf(full, beside), beside, cancellationToken) : null),
            FileKind.Part => new FoundStore(IndexOf(full, beside), withStore ? LlamaIndexFiles.Of(full, cancellationToken).Documents : null),
            FileKind.List => beside.Indexes.Count == 1 ? new FoundStore(beside.Indexes[0], withStore ? full : null) : new FoundStore(full, null),
            _ => new FoundStore(full, withStore ? StoreOf(full, beside, cancellationToken) : null),
        };
        return stands with { StoreIsNamed = stands.StorePath == full, Notes = beside.Told, OtherLists = beside.ToldLists };
    }

    /// <summary>A file of vectors, or a folder of them, with what lies in it or beside it.</summary>
    private static FoundStore OfVectors(string path, FolderContents contents, bool withStore, CancellationToken cancellationToken)
    {
        string? own = withStore && VectorFile.HasOtherColumns(path) ? path : null;
        return new FoundStore(path, own ?? (withStore ? StoreOf(path, contents, cancellationToken) : null))
        {
            StoreIsNamed = own is not null,
            Notes = contents.Told,
        };
    }

    private static FoundStore FindInArchive(string archive, bool withStore, CancellationToken cancellationToken)
    {
        PrivateFolder copy = new();
        try
        {
            return Find(StoreArchive.Unpack(archive, copy, cancellationToken), withStore, cancellationToken) with { Copy = copy };
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>The same with a store that is named: a folder, or a file of it, wherever it lies.</summary>
    /// <param name="path">Path of a folder or a file.</param>
    /// <param name="storePath">Path of the store.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">A folder without an index, or with several; what is named as the store is none, or several.</exception>
    public static FoundStore Find(string path, string storePath, CancellationToken cancellationToken)
    {
        Address.RequirePath(storePath);
        string store = Path.GetFullPath(storePath);
        FoundStore found = Find(path, withStore: false, cancellationToken);
        try
        {
            if (File.Exists(store) && StoreArchive.Is(store))
            {
                found = found with { StoreCopy = new PrivateFolder() };
                store = StoreArchive.Unpack(store, found.StoreCopy, cancellationToken);
            }

            (string? named, IReadOnlyList<string> notes) = Named(store, found.IndexPath, cancellationToken);
            return found with
            {
                StorePath = named,
                StoreIsNamed = File.Exists(store),
                Notes = [.. found.Notes, .. notes],
                Kept = named is not null && UnpackedBytes.PlainName(named) != named ? UnpackedBytes.Keep() : null,
            };
        }
        catch
        {
            found.Dispose();
            throw;
        }
    }

    private static (string? Store, IReadOnlyList<string> Notes) Named(string store, string index, CancellationToken cancellationToken)
    {
        if (Directory.Exists(store))
        {
            FolderContents there = FolderContents.Of(store, cancellationToken) with { Indexes = [index], IsNamed = true };
            return (StoreOf(index, there, cancellationToken) ?? throw StoreErrors.NoStoreIn(store), there.Told);
        }

        if (!File.Exists(store))
        {
            throw PayloadErrors.Missing(store);
        }

        string? named = FolderContents.KindOf(store, cancellationToken) switch
        {
            FileKind.Store or FileKind.Damaged or FileKind.List => store,
            FileKind.Part => LlamaIndexFiles.Of(store, cancellationToken).Documents,
            FileKind.Config => ConfiguredStore(store, cancellationToken),
            _ => throw StoreErrors.NoStore(store),
        };
        return (named, []);
    }

    /// <summary>Whether a file is a store of a framework, by its content.</summary>
    public static bool IsStore(string path, CancellationToken cancellationToken) =>
        FolderContents.KindOf(path, cancellationToken) is FileKind.Store or FileKind.Damaged;

    private static string? StoreOf(string index, FolderContents contents, CancellationToken cancellationToken)
    {
        if (FrameworkStoreOf(index, contents, cancellationToken) is string store)
        {
            TellBeside(index, store, contents, cancellationToken);
            return store;
        }

        return new TextLists(index, contents, IsSibling).Find(cancellationToken)
            ?? (Hdf5Beside(index) is string metadata ? throw StoreErrors.Hdf5(index, metadata) : null);
    }

    /// <summary>Reports files with texts that are beside a framework's store: the store's texts are sent, and not theirs.</summary>
    private static void TellBeside(string index, string store, FolderContents contents, CancellationToken cancellationToken)
    {
        string? ids = TxtaiConfig.Of(store, cancellationToken)?.IdsFile();
        string[] beside =
        [
            .. contents.Lists.Concat(contents.Others).Where(file => file != index && file != store && file != ids
                && (contents.Indexes.Count <= 1 || IsSibling(file, index))),
        ];
        if (beside.Length == 0 || TextLists.CountOf(index) is not (> 0 and long count))
        {
            return;
        }

        foreach (string file in beside.Where(_ => contents.Notes.Count < MostNamed))
        {
            if (UnusedFiles.OfBeside(file, contents.Lists.Contains(file), index, count, cancellationToken) is { MayBeTexts: true } unused)
            {
                contents.Notes.Add(StoreErrors.NotUsedNote(index, unused, store));
            }
        }
    }

    /// <summary>What clip-retrieval keeps its metadata in where the Parquet parts are gone: not read, and not passed over in silence.</summary>
    private static string? Hdf5Beside(string index)
    {
        try
        {
            return Directory.EnumerateFiles(Path.GetDirectoryName(index)!, "metadata*.hdf5").Order(StringComparer.Ordinal).FirstOrDefault(static file =>
            {
                using DiskBytes bytes = new(file, FileShare.ReadWrite | FileShare.Delete);
                Span<byte> head = stackalloc byte[FileForms.Sample];
                return bytes.Length > 0 && FileForms.Of(head[..bytes.Read(0, head)]) == FileForm.Hdf5;
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    private static string? FrameworkStoreOf(string index, FolderContents contents, CancellationToken cancellationToken)
    {
        if (contents.Stores.Concat(contents.Damaged).Where(store => IsSibling(store, index)).ToArray() is [string own])
        {
            return own;
        }

        string[] free = [.. contents.Stores.Where(store => !contents.Indexes.Any(other => other != index && IsSibling(store, other)))];
        if (ConfigOf(index, contents) is string config)
        {
            TxtaiConfig.Of(config, cancellationToken)?.ThrowIfOtherBackend();
            return free is [string one] && contents.Indexes.Count <= 1 ? one : ConfiguredStore(config, cancellationToken);
        }

        return free switch
        {
            // The documents of a LlamaIndex store are lost, or somewhere else.
            [] when contents.Parts is [string part, ..] && contents.Indexes.Count <= 1 => LlamaIndexFiles.Of(part, cancellationToken).Documents,
            [] => null,
            [string only] when contents.Indexes.Count <= 1 => only,
            _ => throw StoreErrors.SeveralStores(index, free, MostNamed),
        };
    }

    /// <summary>The store that a configuration speaks of.</summary>
    private static string? ConfiguredStore(string config, CancellationToken cancellationToken) =>
        HaystackConfig.Of(config)?.Database() ?? TxtaiConfig.Of(config, cancellationToken)?.Store();

    /// <summary>An index of txtai that another library wrote is told by its configuration.</summary>
    private static MigrationException NoIndex(string folder, FolderContents contents, CancellationToken cancellationToken)
    {
        if (contents.Configs is [string only])
        {
            TxtaiConfig.Of(only, cancellationToken)?.ThrowIfOtherBackend();
        }

        return StoreErrors.NoIndexInFolder(folder, FolderWithIndex(folder, cancellationToken));
    }

    /// <summary>The name of a folder in a folder that has an index; null where there is none.</summary>
    private static string? FolderWithIndex(string folder, CancellationToken cancellationToken)
    {
        try
        {
            return Directory.EnumerateDirectories(folder).Take(MostFiles).Order(StringComparer.Ordinal)
                .FirstOrDefault(inner => FolderContents.Of(inner, cancellationToken).Indexes.Count > 0) is string found ? Path.GetFileName(found) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The configuration that belongs to an index: that of its name, or the only one.</summary>
    private static string? ConfigOf(string index, FolderContents contents) =>
        contents.Configs.Where(config => IsSibling(config, index)).ToArray() is [string own] ? own
            : contents.Configs is [string only] && contents.Indexes.Count <= 1 ? only
            : null;

    private static string IndexOf(string store, FolderContents contents) =>
        contents.Indexes.Where(index => IsSibling(store, index)).ToArray() is [string own] ? own
            : contents.Indexes is [string only] ? only
            : contents.Indexes.Count == 0 ? throw StoreErrors.NoIndexBeside(store)
            : throw StoreErrors.SeveralIndexes(Path.GetDirectoryName(store)!, contents.Indexes, MostNamed);

    /// <summary>Whether a store has the name of an index: without its extension, with <c>_meta</c> behind that, or with more behind all of it.</summary>
    internal static bool IsSibling(string store, string index)
    {
        string stem = Path.GetFileNameWithoutExtension(index);
        string own = Path.GetFileNameWithoutExtension(UnpackedBytes.PlainName(store));
        return string.Equals(own, stem, StringComparison.Ordinal)
            || string.Equals(own, stem + "_meta", StringComparison.Ordinal)
            || Path.GetFileName(store).StartsWith(Path.GetFileName(index) + ".", StringComparison.Ordinal);
    }
}
