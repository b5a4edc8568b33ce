using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Journal;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The journal of a run that names none: one for each part that goes into a collection, so that several files share a folder of logs.</summary>
public static class DefaultJournal
{
    /// <summary>
    /// Full path: by collection, vector and index file, and by the folder of the index where another index of that name has taken it, or had
    /// taken it when that journal began. Where there is none of
    /// that name, but one of the collection alone (the name until version 2) that belongs to the same vectors, that one is gone on with.
    /// A journal of the same vectors and points comes before a name: files change places, and the parts of a job have journals of other names.
    /// </summary>
    /// <param name="logDirectory">Folder of the logs.</param>
    /// <param name="options">What is run.</param>
    /// <param name="indexPath">The index file.</param>
    /// <param name="describe">Describes the index; asked only where there is an old journal.</param>
    public static string Find(string logDirectory, MigrationOptions options, string indexPath, Func<IndexDescription> describe)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(describe);
        string path = JournalPaths.OfPart(logDirectory, options.Collection, options.VectorName,
            options.IdNamespace ?? Path.GetFileNameWithoutExtension(indexPath));
        string named = path;
        if (options.IdNamespace is null && Path.GetFileName(Path.GetDirectoryName(indexPath)) is { Length: > 0 } folder)
        {
            // Frameworks call every index by one name; its folder tells them apart.
            string own = JournalPaths.OfPart(logDirectory, options.Collection, options.VectorName, $"{folder}.{Path.GetFileNameWithoutExtension(indexPath)}");
            path = IsOfAnother(path, indexPath, describe) || (!File.Exists(path) && File.Exists(own) && !IsOfAnother(own, indexPath, describe)) ? own : path;
        }

        string old = JournalPaths.Default(logDirectory, options.Collection);
        path = !File.Exists(path) && File.Exists(old) && IsOf(old, options, describe) ? old : path;
        return options is { IdFrom: IdOrigin.FaissId, Recreate: false } && (!File.Exists(path) || IsOfOtherVectors(path, describe))
            ? SameVectors(path, named, options, indexPath, describe) ?? path : path;
    }

    /// <summary>The journal of an earlier run, looked for in several folders of logs: the first that is there; null where none is.</summary>
    /// <param name="logDirectories">Folders, in the order in which they are looked into.</param>
    /// <param name="options">What was run.</param>
    /// <param name="indexPath">The index file.</param>
    /// <param name="describe">Describes the index; asked only where there is an old journal.</param>
    public static string? FindExisting(IEnumerable<string> logDirectories, MigrationOptions options, string indexPath, Func<IndexDescription> describe)
    {
        ArgumentNullException.ThrowIfNull(logDirectories);
        return logDirectories.Select(logs => Find(logs, options, indexPath, describe)).FirstOrDefault(File.Exists);
    }

    /// <summary>Whether a journal was begun, and vectors were acknowledged, without payloads: such a run goes on without them.</summary>
    /// <param name="journal">Full path of the journal.</param>
    public static bool BeganWithoutPayload(string journal)
    {
        try
        {
            return JournalContent.Read(journal) is { Header.Key.Payload: JournalKey.NoPayload, Acknowledged.Count: > 0 };
        }
        catch (MigrationException)
        {
            // A journal that cannot be read is told by whoever needs it.
            return false;
        }
    }

    /// <summary>
    /// The only journal of the folder that was begun, and in which vectors were acknowledged, for these vectors and the same points: of this file where there
    /// is none of its name, of any file where that one is of other vectors. Null where there is none, and where several would do.
    /// </summary>
    private static string? SameVectors(string path, string named, MigrationOptions options, string indexPath, Func<IndexDescription> describe)
    {
        bool isTaken = File.Exists(path) || File.Exists(named);
        (string Path, JournalHeader Header)[] journals = [.. JournalFolder.OfOneCommand(Path.GetDirectoryName(path)!)
            .Where(one => one.Path != path && one.Header.Key.Collection == options.Collection)];
        if (journals.Length == 0)
        {
            return null;
        }

        try
        {
            JournalKey key = JournalKey.Of(describe(), null, options.IdMapping, string.Empty, options.Collection, options.VectorName)
                .WithPart(options.IdOffset, options.IdNamespace);
            string full = Path.GetFullPath(indexPath);
            return journals.Where(one => key.IsOfTheSamePoints(one.Header.Key)
                && (isTaken || string.Equals(one.Header.IndexPath, full, FilePaths.Comparison))).ToArray() is [var only] ? only.Path : null;
        }
        catch (MigrationException)
        {
            // An index that cannot be read is told by whoever needs it.
            return null;
        }
    }

    /// <summary>Whether a journal was begun, and vectors were acknowledged, for other vectors than those of the index.</summary>
    private static bool IsOfOtherVectors(string journal, Func<IndexDescription> describe)
    {
        try
        {
            return JournalContent.Read(journal) is { Header: JournalHeader header, Acknowledged.Count: > 0 }
                && header.Key.Index != JournalKey.Of(describe(), null, default, string.Empty, string.Empty, null).Index;
        }
        catch (MigrationException)
        {
            // A journal or an index that cannot be read is told by whoever needs it.
            return false;
        }
    }

    /// <summary>Whether a journal was begun, and vectors were acknowledged, for another file with other contents that is still there.</summary>
    private static bool IsOfAnother(string journal, string indexPath, Func<IndexDescription> describe)
    {
        try
        {
            return File.Exists(journal) && JournalContent.Read(journal) is { Header: JournalHeader header, Acknowledged.Count: > 0 }
                && File.Exists(header.IndexPath)
                && new ChangedIndex(ChangedSource.Refuse, Path.GetFullPath(indexPath), Forced: false)
                    .IsElsewhere(header, JournalKey.Of(describe(), null, default, string.Empty, string.Empty, null));
        }
        catch (MigrationException)
        {
            // A journal or an index that cannot be read is told by whoever needs it.
            return false;
        }
    }

    private static bool IsOf(string journal, MigrationOptions options, Func<IndexDescription> describe)
    {
        try
        {
            return JournalContent.Read(journal).Header is JournalHeader header
                && JournalKey.Of(describe(), null, options.IdMapping, string.Empty, options.Collection, options.VectorName)
                    .WithPart(options.IdOffset, options.IdNamespace)
                    .IsOfTheSamePoints(header.Key)
                && options.IdFrom == IdOrigin.FaissId;
        }
        catch (MigrationException)
        {
            // A journal or an index that cannot be read is told by whoever needs it.
            return false;
        }
    }
}
