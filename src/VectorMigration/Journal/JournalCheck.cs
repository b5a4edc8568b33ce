using VectorMigration.Collections;
using VectorMigration.Errors;
using VectorMigration.Files;
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

/// <summary>What is to become of an index that is not the one that a journal was begun with.</summary>
/// <param name="Then">What was asked for.</param>
/// <param name="Path">Full path of the index.</param>
/// <param name="Forced">It was said that another path does not matter.</param>
internal readonly record struct ChangedIndex(ChangedSource Then, string Path, bool Forced)
{
    /// <summary>Full path of payloads that were found next to the index; null where they were named, and without any.</summary>
    public string? FoundPayload { get; init; }

    /// <summary>What to do where a sync would be refused; null where it would not.</summary>
    public string? InsteadOfSync { get; init; }

    /// <summary>
    /// Whether the payloads differ from those that a journal was begun with, and nobody named them: they may come from another file. A journal of an earlier
    /// version does not know the name of that file, so a run that brings the collection up to date is trusted there.
    /// </summary>
    public bool MayBeOtherPayload(JournalHeader header, JournalKey key) =>
        FoundPayload is not null && key.Payload != header.Key.Payload && header.Key.Payload != JournalKey.NoPayload
        && (header.PayloadFile is string file ? !string.Equals(System.IO.Path.GetFileName(FoundPayload), file, FilePaths.Comparison)
            : Then == ChangedSource.Refuse);

    /// <summary>Whether the index has other contents and lies elsewhere than the one that a journal was begun with: it is probably another one. Copies of what
    /// lies in an archive have no place of their own.</summary>
    public bool IsElsewhere(JournalHeader header, JournalKey key) =>
        key.Index != header.Key.Index && !string.Equals(Path, header.IndexPath, FilePaths.Comparison)
        && !(PrivateFolder.IsCopy(Path) && PrivateFolder.IsCopy(header.IndexPath));
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
    /// <param name="changed">What was asked for where index or payload have changed; null where there is no choice.</param>
    public static MigrationException? Reason(string path, JournalContent content, JournalKey key, JournalTarget? target, IReadOnlySet<long> superseded,
        ChangedIndex? changed = null)
    {
        if (content.Header is not { } header || content.Acknowledged.Count == 0)
        {
            return null;
        }

        long acknowledged = content.Acknowledged.Count;
        bool isSame = target is { Run: not null } there && there.Run == header.CollectionRun;
        IReadOnlyList<string> differences = key.DifferencesFrom(header.Key, isSame);
        ChangedSource? onChanged = changed?.Then;
        bool onlySource = onChanged is not null && differences.Count > 0
            && key.WithSourceOf(header.Key).DifferencesFrom(header.Key, isSame).Count == 0;
        if (onlySource && changed!.Value.IsElsewhere(header, key) && (onChanged == ChangedSource.Refuse || !changed.Value.Forced))
        {
            // Another file is no newer state of the one that the journal was begun with: bringing the collection up to date would replace that one's points.
            return JournalErrors.OtherFile(path, header, changed.Value.Path, acknowledged, differences);
        }

        if (onlySource && key.Payload == JournalKey.NoPayload && header.Key.Payload != JournalKey.NoPayload)
        {
            // Vectors would be replaced and their old texts stay, or be lost: neither is a newer state of what was migrated.
            return JournalErrors.PayloadLeftOut(path, header, acknowledged, key.WithPayloadOf(header.Key).DifferencesFrom(header.Key, isSame));
        }

        if (onlySource && changed!.Value.MayBeOtherPayload(header, key))
        {
            // What lies next to the index would replace texts of another file.
            return JournalErrors.OtherPayloadFound(path, header, acknowledged, changed.Value.FoundPayload!);
        }

        if (differences.Count > 0 && !(onlySource && onChanged != ChangedSource.Refuse))
        {
            return onlySource ? JournalErrors.SourceChanged(path, header, acknowledged, differences, changed!.Value.InsteadOfSync)
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
