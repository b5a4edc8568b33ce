using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>What the journal of a migration says to a check of its collection: which points are its own, and why a repair must not write.</summary>
/// <param name="findings">What the journal was found to say.</param>
/// <param name="key">What the check compares: index, payload, and how ids become points.</param>
/// <param name="collectionRun">The run id of the collection.</param>
/// <param name="options">What was asked for.</param>
/// <param name="indexPath">Full path of the index.</param>
internal sealed class CheckJournal(JournalFindings findings, JournalKey key, string? collectionRun, MigrationOptions options, string indexPath)
{
    /// <summary>Vectors whose points the migration wrote; null where the journal knows of none.</summary>
    public OrdinalSet? Ours => findings.Ours(key, collectionRun);

    /// <summary>The migration sent payloads, and the check compares none.</summary>
    public bool LeavesPayloadsOut => key.Payload == JournalKey.NoPayload
        && findings.BegunInto(key, collectionRun) is { } begun && begun.Key.Payload != JournalKey.NoPayload;

    /// <summary>Reads the journal; null where there is none.</summary>
    public static CheckJournal? Read(MigrationOptions options, JournalKey key, string? collectionRun, string indexPath) =>
        JournalFindings.Read(options) is JournalFindings findings ? new CheckJournal(findings, key, collectionRun, options, indexPath) : null;

    /// <summary>
    /// Why a repair must not write: the journal cannot be read, is of another index, or the repair would make other points than the migration did. Null where
    /// it may. Another state of the same file is no reason: of such a repair only missing points are sent.
    /// </summary>
    public MigrationException? RepairReason()
    {
        MigrationException? unusable = findings.Fault ?? findings.PipelineReason(options with { Verification = VerificationMode.Full });
        return unusable is not null || findings.BegunInto(key, collectionRun) is not JournalHeader begun ? unusable
            : IndexReason(begun) ?? IdReason(begun) ?? (options.ComparesPayload ? PayloadReason(begun) : null);
    }

    /// <summary>The journal tells nothing of this index, and no option makes it do so: that is said before anything else.</summary>
    private MigrationException? IndexReason(JournalHeader begun) =>
        new ChangedIndex(ChangedSource.Refuse, indexPath, Forced: false).IsElsewhere(begun, key)
            ? JournalErrors.RepairOfOtherIndex(options.JournalPath!, begun, indexPath) : null;

    /// <summary>Points would get other ids, so that every vector would be there twice.</summary>
    private MigrationException? IdReason(JournalHeader begun)
    {
        IReadOnlyList<string> differences = key.WithSourceOf(begun.Key).DifferencesFrom(begun.Key, isSameCollection: true);
        return differences.Count > 0 ? JournalErrors.RepairDiffers(options.JournalPath!, begun, differences)
            : key is { IdFrom: IdOrigin.StoreId, Payload: not JournalKey.NoPayload } && key.Payload != begun.Key.Payload
                ? JournalErrors.RepairOfOtherStore(options.JournalPath!, begun)
            : null;
    }

    private MigrationException? PayloadReason(JournalHeader begun)
    {
        if (key.Payload == JournalKey.NoPayload)
        {
            return begun.Key.Payload == JournalKey.NoPayload ? null
                : JournalErrors.PayloadWouldBeLost(options.JournalPath!, begun, repairs: true, fromPipeline: false);
        }

        // What a pipeline sent says nothing of a file. A merge sets fields, which brings a payload up to date that has changed.
        if (begun.Key.Payload == JournalKey.PipelinePayload || (options.MergePayload && begun.Key.Payload == JournalKey.NoPayload))
        {
            return null;
        }

        if (begun.Key.Payload == JournalKey.NoPayload)
        {
            return JournalErrors.PayloadWouldBeAdded(options.JournalPath!, begun);
        }

        JournalKey sameContent = key with { Index = begun.Key.Index, Vectors = begun.Key.Vectors, Payload = begun.Key.Payload };
        IReadOnlyList<string> differences = sameContent.DifferencesFrom(begun.Key, isSameCollection: true);
        return differences.Count > 0 ? JournalErrors.RepairDiffers(options.JournalPath!, begun, differences)
            : key.Payload != begun.Key.Payload && !options.MergePayload ? JournalErrors.RepairOfOtherPayload(options.JournalPath!, begun)
            : null;
    }
}
