using VectorMigration.SideFiles.Stores.Archives;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Sqlite;
using VectorMigration.SideFiles.Stores.Tables;
using VectorMigration.SideFiles.Stores.Txtai;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>What a path stands for: an index, and the store that a framework keeps beside it.</summary>
/// <param name="IndexPath">Full path of the index file.</param>
/// <param name="StorePath">Full path of the file that holds its documents; null where there is none.</param>
public sealed record FoundStore(string IndexPath, string? StorePath) : IDisposable
{
    /// <summary>The store itself was named; false where it was found beside the index or in a folder.</summary>
    public bool StoreIsNamed { get; init; }

    /// <summary>The folder that an archive was unpacked into; null where nothing was.</summary>
    internal PrivateFolder? Copy { get; init; }

    /// <summary>The folder that an archive with the store was unpacked into, where the store lies elsewhere; null where nothing was.</summary>
    internal PrivateFolder? StoreCopy { get; init; }

    /// <summary>Removes what was unpacked; index and store are closed before.</summary>
    public void Dispose()
    {
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
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            Contents contents = Contents.Of(full, cancellationToken);
            contents = withStore ? contents with { JsonLines = JsonLinesFiles.Of(full, cancellationToken) } : contents;
            if (contents is { Indexes: [], Stores: [string pickle] } && StorePayloads.FormOf(pickle, cancellationToken) == StoreForm.LangChain
                && EmbeddedIndexCopy.Find(pickle, withStore, cancellationToken) is FoundStore serialized)
            {
                return serialized;
            }

            if (contents.Indexes.Count == 0 && VectorFile.Is(full))
            {
                return OfVectors(full, contents, withStore, cancellationToken);
            }

            string index = contents.Indexes switch
            {
                [string only] => only,
                [] => throw NoIndex(full, contents, cancellationToken),
                var several => throw StoreErrors.SeveralIndexes(full, several, MostNamed),
            };
            return new FoundStore(index, withStore ? StoreOf(index, contents, cancellationToken) : null);
        }

        if (VectorFile.IsOnly(full))
        {
            return OfVectors(full, Contents.Of(Path.GetDirectoryName(full)!, cancellationToken), withStore, cancellationToken);
        }

        if (!File.Exists(full) || KindOf(full, cancellationToken) is not FileKind kind)
        {
            return File.Exists(full) && StoreArchive.Is(full) ? FindInArchive(full, withStore, cancellationToken) : new FoundStore(full, null);
        }

        Contents beside = Contents.Of(Path.GetDirectoryName(full)!, cancellationToken);
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
        return stands with { StoreIsNamed = stands.StorePath == full };
    }

    /// <summary>A file of vectors, or a folder of them, with what lies in it or beside it.</summary>
    private static FoundStore OfVectors(string path, Contents contents, bool withStore, CancellationToken cancellationToken)
    {
        string? own = withStore && VectorFile.HasOtherColumns(path) ? path : null;
        return new FoundStore(path, own ?? (withStore ? StoreOf(path, contents, cancellationToken) : null)) { StoreIsNamed = own is not null };
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
        ArgumentException.ThrowIfNullOrEmpty(storePath);
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

            return found with { StorePath = Named(store, found.IndexPath, cancellationToken), StoreIsNamed = File.Exists(store) };
        }
        catch
        {
            found.Dispose();
            throw;
        }
    }

    private static string? Named(string store, string index, CancellationToken cancellationToken)
    {
        if (Directory.Exists(store))
        {
            Contents there = Contents.Of(store, cancellationToken) with { Indexes = [index] };
            return StoreOf(index, there, cancellationToken) ?? throw StoreErrors.NoStoreIn(store);
        }

        if (!File.Exists(store))
        {
            throw PayloadErrors.Missing(store);
        }

        return KindOf(store, cancellationToken) switch
        {
            FileKind.Store or FileKind.Damaged or FileKind.List => store,
            FileKind.Part => LlamaIndexFiles.Of(store, cancellationToken).Documents,
            FileKind.Config => ConfiguredStore(store, cancellationToken),
            _ => throw StoreErrors.NoStore(store),
        };
    }

    /// <summary>Whether a file is a store of a framework, by its content.</summary>
    public static bool IsStore(string path, CancellationToken cancellationToken) => KindOf(path, cancellationToken) is FileKind.Store or FileKind.Damaged;

    private static string? StoreOf(string index, Contents contents, CancellationToken cancellationToken) =>
        FrameworkStoreOf(index, contents, cancellationToken) ?? ListOf(index, contents, cancellationToken)
            ?? (Hdf5Beside(index) is string metadata ? throw StoreErrors.Hdf5(index, metadata) : null);

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

    /// <summary>The list that has as many entries as the index has vectors; lists of other lengths are nobody's.</summary>
    private static string? ListOf(string index, Contents contents, CancellationToken cancellationToken)
    {
        // Of several indexes each has only the lists that have its name, and what all of them share.
        string[] lists =
        [
            .. contents.Lists.Concat(contents.JsonLines)
                .Where(list => contents.Indexes.Count <= 1 || IsSibling(list, index) || TableForms.IsShared(list)),
        ];
        if (lists.Length == 0 || CountOf(index) is not (> 0 and long count))
        {
            return null;
        }

        string[] fitting = [.. lists.Where(list =>
            contents.JsonLines.Contains(list) ? JsonLinesFiles.CountOf(list, cancellationToken) == count
                : StorePayloads.Fits(list, count, cancellationToken) && !StorePayloads.RepeatsIds(list, index, cancellationToken))];
        return fitting switch
        {
            [] => null,
            [string only] => only,
            _ when fitting.Where(list => IsSibling(list, index)).ToArray() is [string own] => own,
            _ => throw JsonErrors.SeveralLists(index, fitting, count),
        };
    }

    private static long? CountOf(string index)
    {
        try
        {
            return VectorFile.DescribeAny(index).Count;
        }
        catch (MigrationException)
        {
            // Opening the index reports what is wrong with it.
            return null;
        }
    }

    private static string? FrameworkStoreOf(string index, Contents contents, CancellationToken cancellationToken)
    {
        if (contents.Stores.Concat(contents.Damaged).Where(store => IsSibling(store, index)).ToArray() is [string own])
        {
            return own;
        }

        string[] free = [.. contents.Stores.Where(store => !contents.Indexes.Any(other => other != index && IsSibling(store, other)))];
        if (ConfigOf(index, contents) is string config)
        {
            return free is [string one] && contents.Indexes.Count <= 1 ? one : ConfiguredStore(config, cancellationToken);
        }

        return free switch
        {
            [] => null,
            [string only] when contents.Indexes.Count <= 1 => only,
            _ => throw StoreErrors.SeveralStores(index, free, MostNamed),
        };
    }

    /// <summary>The store that a configuration speaks of.</summary>
    private static string? ConfiguredStore(string config, CancellationToken cancellationToken) =>
        HaystackConfig.Of(config)?.Database() ?? TxtaiConfig.Of(config, cancellationToken)?.Store();

    /// <summary>An index of txtai that another library wrote is told by its configuration.</summary>
    private static MigrationException NoIndex(string folder, Contents contents, CancellationToken cancellationToken)
    {
        if (contents.Configs is [string only])
        {
            TxtaiConfig.Of(only, cancellationToken)?.ThrowIfOtherBackend();
        }

        return StoreErrors.NoIndexInFolder(folder);
    }

    /// <summary>The configuration that belongs to an index: that of its name, or the only one.</summary>
    private static string? ConfigOf(string index, Contents contents) =>
        contents.Configs.Where(config => IsSibling(config, index)).ToArray() is [string own] ? own
            : contents.Configs is [string only] && contents.Indexes.Count <= 1 ? only
            : null;

    private static string IndexOf(string store, Contents contents) =>
        contents.Indexes.Where(index => IsSibling(store, index)).ToArray() is [string own] ? own
            : contents.Indexes is [string only] ? only
            : contents.Indexes.Count == 0 ? throw StoreErrors.NoIndexBeside(store)
            : throw StoreErrors.SeveralIndexes(Path.GetDirectoryName(store)!, contents.Indexes, MostNamed);

    /// <summary>Whether a store has the name of an index: without its extension, with <c>_meta</c> behind that, or with more behind all of it.</summary>
    private static bool IsSibling(string store, string index)
    {
        string stem = Path.GetFileNameWithoutExtension(index);
        string own = Path.GetFileNameWithoutExtension(store);
        return string.Equals(own, stem, StringComparison.Ordinal)
            || string.Equals(own, stem + "_meta", StringComparison.Ordinal)
            || Path.GetFileName(store).StartsWith(Path.GetFileName(index) + ".", StringComparison.Ordinal);
    }

    /// <summary>What a file is, by its beginning; null for what is neither an index nor a store, and for what cannot be read.</summary>
    private static FileKind? KindOf(string path, CancellationToken cancellationToken)
    {
        try
        {
            using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
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

    private enum FileKind
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
    private sealed record Contents(
        IReadOnlyList<string> Indexes, IReadOnlyList<string> Stores, IReadOnlyList<string> Damaged, IReadOnlyList<string> Lists, IReadOnlyList<string> Configs)
    {
        /// <summary>Files of JSON Lines, where the folder is what was named.</summary>
        public IReadOnlyList<string> JsonLines { get; init; } = [];

        public static Contents Of(string folder, CancellationToken cancellationToken)
        {
            List<string> indexes = [];
            List<string> stores = [];
            List<string> damaged = [];
            List<string> lists = [];
            List<string> configs = [];
            try
            {
                foreach (string file in Directory.EnumerateFiles(folder).Take(MostFiles).Order(StringComparer.Ordinal))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    switch (KindOf(file, cancellationToken))
                    {
                        case FileKind.Index: indexes.Add(file); break;
                        case FileKind.Store: stores.Add(file); break;
                        case FileKind.Damaged: damaged.Add(file); break;
                        case FileKind.List: lists.Add(TableForms.WholeOf(file, StorePayloads.FormOf(file, cancellationToken))); break;
                        case FileKind.Config: configs.Add(file); break;
                    }
                }

                lists.AddRange(Directory.EnumerateDirectories(folder).Take(MostFiles).Order(StringComparer.Ordinal).Select(TableForms.Beside).OfType<string>());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A folder that cannot be listed is taken to hold nothing but the file that was named.
            }

            return new Contents(indexes, stores, damaged, [.. lists.Distinct(StringComparer.Ordinal)], configs);
        }
    }
}
