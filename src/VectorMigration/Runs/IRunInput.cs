using VectorMigration.Engine;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>Where a run takes its vectors from: an index that it reads itself, or a pipeline that hands them over one by one.</summary>
internal interface IRunInput
{
    /// <summary>Full path of the index, or a name for what is none.</summary>
    string Path { get; }

    /// <summary>Vectors that will come, as far as that is known before.</summary>
    long Expected { get; }

    /// <summary>Calls that will soon be under way at once to a server far away.</summary>
    int Lanes { get; }

    /// <summary>
    /// The settings of the collection, where everything is known that this input could be refused for: a missing one may be created at once then.
    /// Null where something is still to be found out.
    /// </summary>
    CollectionSettings? SettingsAtOnce { get; }

    /// <summary>The index does not tell what was sent: a script changed vectors, or left some out.</summary>
    bool IsChanged => false;

    /// <summary>A script gave the vector at this position another id than the index does. From any thread.</summary>
    bool HasOwnId(long ordinal) => false;

    /// <summary>Hands over what is known of what was sent, before the feed is opened.</summary>
    /// <param name="sent">What a pipeline sent for each position; null where nothing is kept.</param>
    /// <param name="journal">The first line of the journal; null without one.</param>
    void UseRecord(SentPoints? sent, JournalHeader? journal)
    {
    }

    /// <summary>What to do where the wait for the index came to its end first; null for the usual advice.</summary>
    string? WaitAdvice { get; }

    /// <summary>Reads what a plan needs to know of the input.</summary>
    /// <exception cref="Errors.MigrationException">The run is refused for it.</exception>
    void Survey(CancellationToken cancellationToken);

    /// <summary>The mark that the run leaves in its collection while it is under way; null where it sends nothing.</summary>
    RunMark? Mark(DateTimeOffset now);

    /// <summary>Looks for points of others under the ids that are to be sent; null where there can be none, or they may be overwritten.</summary>
    /// <exception cref="Errors.MigrationException">The server refused or does not answer.</exception>
    Task<ExistingFindings?> LookAsync(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken);

    /// <summary>Points of earlier runs of the same journal that the run leaves where they are, although it sends everything again; null where there are
    /// none.</summary>
    /// <exception cref="Errors.MigrationException">The server refused or does not answer.</exception>
    Task<LeftPointsPlan?> FindLeftAsync(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken) =>
        Task.FromResult<LeftPointsPlan?>(null);

    /// <summary>Puts together what input, journal and server were found to be.</summary>
    /// <exception cref="Errors.MigrationException">The run is refused.</exception>
    PlannedRun Plan(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken);

    /// <summary>The first line of a journal that is begun now.</summary>
    JournalHeader HeaderOf(PlannedRun planned, string? collectionRun, DateTimeOffset at);

    /// <summary>Opens the feed; the run disposes it when nothing more is taken from it.</summary>
    /// <param name="planned">What was planned.</param>
    /// <param name="flow">Says how large batches are at present.</param>
    /// <param name="acknowledged">Ordinals that need not be sent again, for this feed alone; null without a journal.</param>
    /// <param name="leftOut">Told of vectors that cannot be stored.</param>
    IRunFeed OpenFeed(PlannedRun planned, IFlowControl flow, OrdinalSet? acknowledged, Action<SkippedVector> leftOut);

    /// <summary>Makes sure that what is about to be written can be told by its ids later, once the index is another one.</summary>
    /// <param name="planned">What was planned.</param>
    /// <param name="collectionRun">The run id of the collection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The record of ids that the journal is to name; null where there is none.</returns>
    /// <exception cref="Errors.MigrationException">The record cannot be written.</exception>
    Guid? RecordIds(PlannedRun planned, string? collectionRun, CancellationToken cancellationToken) => null;

    /// <summary>The source changed while it was sent: what was written is kept as ids, before the journal forgets the places.</summary>
    void KeepIds()
    {
    }

    /// <summary>The end of a sync: points of ours whose ids are gone from the source are deleted, where that was asked for.</summary>
    /// <returns>Points that were deleted.</returns>
    /// <exception cref="Errors.MigrationException">The server refused or does not answer, or the record cannot be written.</exception>
    Task<long> SettleAsync(PlannedRun planned, CancellationToken cancellationToken) => Task.FromResult(0L);

    /// <summary>What was planned, with what only the end of the feed tells.</summary>
    PlannedRun Finished(PlannedRun planned);

    /// <summary>Every batch is read under a check of length and time; the content is compared once more where it counts.</summary>
    /// <exception cref="Errors.MigrationException">It is another one by now.</exception>
    void ThrowIfChanged();

    /// <summary>Compares both sides; null where there is nothing to read again.</summary>
    Verifier? NewVerifier(PlannedRun planned);
}
