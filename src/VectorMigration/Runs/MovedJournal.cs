using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Finds the journal of an index that has another path or name by now: journals are named after their index. It is that journal only if its index is gone from
/// where it was, has the same content and ids, and if the collection says by its run id that it is the same.
/// </summary>
internal static class MovedJournal
{
    /// <summary>The options with that journal; as they are where there is none, where several would do, and where the server cannot say.</summary>
    /// <param name="options">What is run.</param>
    /// <param name="index">The index.</param>
    /// <param name="store">The server.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<MigrationOptions> ApplyAsync(
        MigrationOptions options, IndexDescription index, IVectorStore store, CancellationToken cancellationToken)
    {
        if (options is not { JournalIsDefault: true, JournalPath: string path, Recreate: false, IdFrom: IdOrigin.FaissId } || File.Exists(path))
        {
            return options;
        }

        JournalKey key = JournalKey.Of(index, null, options.IdMapping, string.Empty, options.Collection, options.VectorName)
            .WithPart(options.IdOffset, options.IdNamespace);
        (string Path, JournalHeader Header)[] candidates = [.. JournalFolder.OfOneCommand(Path.GetDirectoryName(path)!)
            .Where(one => one.Header.CollectionRun is not null && key.IsOfTheSamePoints(one.Header.Key) && !Path.Exists(one.Header.IndexPath))];
        if (candidates.Length == 0)
        {
            return options;
        }

        try
        {
            string? run = JournalTarget.RunOf(await store.GetCollectionAsync(options.Collection, cancellationToken).ConfigureAwait(false));
            return run is not null && candidates.Where(candidate => candidate.Header.CollectionRun == run).ToArray() is [var (moved, header)]
                ? options with { JournalPath = moved, JournalMovedFrom = header.IndexPath } : options;
        }
        catch (MigrationException)
        {
            // The run asks the server again, and reports what is wrong.
            return options;
        }
    }
}
