using VectorMigration.Errors;
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
        if (options.IdNamespace is null && Path.GetFileName(Path.GetDirectoryName(indexPath)) is { Length: > 0 } folder)
        {
            // Frameworks call every index by one name; its folder tells them apart.
            string own = JournalPaths.OfPart(logDirectory, options.Collection, options.VectorName, $"{folder}.{Path.GetFileNameWithoutExtension(indexPath)}");
            path = IsOfAnother(path, indexPath, describe) || (!File.Exists(path) && File.Exists(own) && !IsOfAnother(own, indexPath, describe)) ? own : path;
        }

        string old = JournalPaths.Default(logDirectory, options.Collection);
        return !File.Exists(path) && File.Exists(old) && IsOf(old, options, describe) ? old : path;
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
