using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores;

/// <summary>What a path stands for: an index, and the store that a framework keeps beside it.</summary>
/// <param name="IndexPath">Full path of the index file.</param>
/// <param name="StorePath">Full path of the file that holds its documents; null where there is none.</param>
public sealed record FoundStore(string IndexPath, string? StorePath);

/// <summary>
/// Finds index and store: a path may be the folder that a framework saved, its index, or its other files. Files are recognised by their content, never by
/// their names; where a name decides among several, it is that of the index without its extension.
/// </summary>
public static class StoreFinder
{
    /// <summary>Files of a folder that are looked into: a store has a handful.</summary>
    private const int MostFiles = 1_000;

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
            string index = contents.Indexes switch
            {
                [string only] => only,
                [] => throw StoreErrors.NoIndexInFolder(full),
                var several => throw StoreErrors.SeveralIndexes(full, several, MostNamed),
            };
            return new FoundStore(index, withStore ? StoreOf(index, contents, cancellationToken) : null);
        }

        if (!File.Exists(full) || KindOf(full, cancellationToken) is not FileKind kind)
        {
            return new FoundStore(full, null);
        }

        Contents beside = Contents.Of(Path.GetDirectoryName(full)!, cancellationToken);
        return kind switch
        {
            FileKind.Store or FileKind.Damaged => new FoundStore(IndexOf(full, beside), withStore ? full : null),
            FileKind.Part => new FoundStore(IndexOf(full, beside), withStore ? LlamaIndexFiles.Of(full, cancellationToken).Documents : null),
            FileKind.List => beside.Indexes.Count == 1 ? new FoundStore(beside.Indexes[0], withStore ? full : null) : new FoundStore(full, null),
            _ => new FoundStore(full, withStore ? StoreOf(full, beside, cancellationToken) : null),
        };
    }

    /// <summary>Whether a file is a store of a framework, by its content.</summary>
    public static bool IsStore(string path, CancellationToken cancellationToken) => KindOf(path, cancellationToken) is FileKind.Store or FileKind.Damaged;

    private static string? StoreOf(string index, Contents contents, CancellationToken cancellationToken) =>
        FrameworkStoreOf(index, contents) ?? ListOf(index, contents, cancellationToken);

    /// <summary>The list that has as many entries as the index has vectors; lists of other lengths are nobody's.</summary>
    private static string? ListOf(string index, Contents contents, CancellationToken cancellationToken)
    {
        if (contents.Lists.Count == 0 || contents.Indexes.Count > 1 || CountOf(index) is not (> 0 and long count))
        {
            return null;
        }

        string[] fitting = [.. contents.Lists.Where(list =>
            StorePayloads.CountOf(list, StorePayloads.FormOf(list, cancellationToken), cancellationToken) == count)];
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
            return FaissIndex.Describe(index).Count;
        }
        catch (MigrationException)
        {
            // Opening the index reports what is wrong with it.
            return null;
        }
    }

    private static string? FrameworkStoreOf(string index, Contents contents)
    {
        if (contents.Stores.Concat(contents.Damaged).Where(store => IsSibling(store, index)).ToArray() is [string own])
        {
            return own;
        }

        string[] free = [.. contents.Stores.Where(store => !contents.Indexes.Any(other => other != index && IsSibling(store, other)))];
        return free switch
        {
            [] => null,
            [string only] when contents.Indexes.Count <= 1 => only,
            _ => throw StoreErrors.SeveralStores(index, free, MostNamed),
        };
    }

    private static string IndexOf(string store, Contents contents) =>
        contents.Indexes.Where(index => IsSibling(store, index)).ToArray() is [string own] ? own
            : contents.Indexes is [string only] ? only
            : contents.Indexes.Count == 0 ? throw StoreErrors.NoIndexBeside(store)
            : throw StoreErrors.SeveralIndexes(Path.GetDirectoryName(store)!, contents.Indexes, MostNamed);

    private static bool IsSibling(string one, string other) =>
        string.Equals(Path.GetFileNameWithoutExtension(one), Path.GetFileNameWithoutExtension(other), StringComparison.Ordinal);

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
                StoreForm.JsonList or StoreForm.Pickle => FileKind.List,
                _ => FileKind.Store,
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
    }

    /// <summary>Indexes, stores and lists of a folder, in the order of their names.</summary>
    private sealed record Contents(
        IReadOnlyList<string> Indexes, IReadOnlyList<string> Stores, IReadOnlyList<string> Damaged, IReadOnlyList<string> Lists)
    {
        public static Contents Of(string folder, CancellationToken cancellationToken)
        {
            List<string> indexes = [];
            List<string> stores = [];
            List<string> damaged = [];
            List<string> lists = [];
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
                        case FileKind.List: lists.Add(file); break;
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A folder that cannot be listed is taken to hold nothing but the file that was named.
            }

            return new Contents(indexes, stores, damaged, lists);
        }
    }
}
