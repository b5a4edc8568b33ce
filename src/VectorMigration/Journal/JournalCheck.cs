using VectorMigration.Collections;
using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Journal;

/// <summary>What is known of the collection that a journal is to be held against.</summary>
/// <param name="Exists">Whether it is there.</param>
/// <param name="Run">The run id in its metadata, or null.</param>
/// <param name="Present">Its exact count.</param>
internal readonly record struct JournalTarget(bool Exists, string? Run, long Present)
{
    /// <summary>The run id that a collection keeps, or null.</summary>
    public static string? RunOf(CollectionDescription? collection) => collection?.Metadata.GetValueOrDefault(CollectionFit.RunKey);
}

/// <summary>Whether a journal belongs to what is about to be run.</summary>
internal static class JournalCheck
{
    /// <summary>Why a journal is refused: it is of another migration, or of a collection that is no longer the same; null where it belongs.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="content">What it says.</param>
    /// <param name="key">What is about to be run.</param>
    /// <param name="target">The collection, counted after the journal was read; null when the server did not answer.</param>
    /// <param name="superseded">Ordinals that a later vector of the same id replaces.</param>
    public static MigrationException? Reason(string path, JournalContent content, JournalKey key, JournalTarget? target, IReadOnlySet<long> superseded)
    {
        if (content.Header is not { } header || content.Acknowledged.Count == 0)
        {
            return null;
        }

        long acknowledged = content.Acknowledged.Count;
        IReadOnlyList<string> differences = key.DifferencesFrom(header.Key);
        if (differences.Count > 0)
        {
            return JournalErrors.Differs(path, header, acknowledged, differences);
        }

        if (target is not { } found)
        {
            return null;
        }

        if (!found.Exists)
        {
            return JournalErrors.CollectionGone(path, key.Collection, key.Endpoint, acknowledged);
        }

        if (found.Run != header.CollectionRun)
        {
            return JournalErrors.CollectionReplaced(path, key.Collection, header.CollectionRun, found.Run, acknowledged);
        }

        // Vectors that share an id are one point.
        long points = acknowledged - superseded.Count(content.Acknowledged.Contains);
        return found.Present >= points || (superseded.Count > 0 && found.Run is not null)
            ? null
            : JournalErrors.PointsGone(path, key.Collection, found.Present, points);
    }
}
