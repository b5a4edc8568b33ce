using VectorMigration.Collections;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

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
    /// <param name="onChanged">What was asked for where index or payload have changed; null where there is no choice.</param>
    public static MigrationException? Reason(string path, JournalContent content, JournalKey key, JournalTarget? target, IReadOnlySet<long> superseded,
        ChangedSource? onChanged = null)
    {
        if (content.Header is not { } header || content.Acknowledged.Count == 0)
        {
            return null;
        }

        long acknowledged = content.Acknowledged.Count;
        bool isSame = target is { Run: not null } there && there.Run == header.CollectionRun;
        IReadOnlyList<string> differences = key.DifferencesFrom(header.Key, isSame);
        bool onlySource = onChanged is not null && differences.Count > 0
            && key.WithSourceOf(header.Key).DifferencesFrom(header.Key, isSame).Count == 0;
        if (differences.Count > 0 && !(onlySource && onChanged != ChangedSource.Refuse))
        {
            return onlySource ? JournalErrors.SourceChanged(path, header, acknowledged, differences)
                : JournalErrors.Differs(path, header, acknowledged, differences, key.IsOfTheSamePoints(header.Key));
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

        if (onChanged == ChangedSource.Sync || (onlySource && onChanged == ChangedSource.Restart))
        {
            // Points that are gone are sent again.
            return null;
        }

        // Vectors that share an id are one point.
        long points = acknowledged - superseded.Count(content.Acknowledged.Contains);
        return found.Present >= points || (superseded.Count > 0 && found.Run is not null)
            ? null
            : JournalErrors.PointsGone(path, key.Collection, found.Present, points);
    }
}
