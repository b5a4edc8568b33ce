using VectorMigration.Engine;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// The journal of one run, from before anything is created to its end; of a run that comes to nothing before it was begun, it leaves nothing.
/// Without a path it is none, and nothing is noted.
/// </summary>
internal sealed class RunJournal : IDisposable
{
    private readonly MigrationJournal? journal;
    private bool isBegun;
    private SentPoints? sent;

    private RunJournal(MigrationJournal? journal) => this.journal = journal;

    /// <summary>Vectors that need not be sent again; null without a journal.</summary>
    public long? Acknowledged => journal?.Acknowledged.Count;

    /// <summary>What it belongs to; null without one, and until it was begun.</summary>
    public JournalHeader? Header => journal?.Header;

    /// <summary>What a pipeline sent for each position; null for every other run, and without a journal.</summary>
    public SentPoints? Sent => sent;

    /// <summary>Opens the journal that the options name, and keeps other runs away from it. A dry run has none.</summary>
    /// <exception cref="Errors.MigrationException">It is in use, damaged, no journal, or cannot be read or written.</exception>
    public static RunJournal Open(MigrationOptions options, TimeProvider time) => new(
        options is { DryRun: false, JournalPath: string path } ? MigrationJournal.Open(path, options.Restart || options.Recreate, time) : null);

    /// <summary>Goes on with it, or begins it where it says nothing that could be gone on with.</summary>
    /// <exception cref="Errors.MigrationException">It cannot be written.</exception>
    /// <param name="header">What it belongs to.</param>
    /// <param name="owned">Ordinals that the same migration wrote before, where it is begun anew; null for none.</param>
    /// <param name="attempted">Ordinals that the same migration attempted before, where it is begun anew; null for none.</param>
    /// <param name="anew">Begin it anew, whatever it says.</param>
    /// <param name="record">Writes the record of ids beside it, which comes first; null where there is none.</param>
    /// <param name="fromPipeline">Keep what is sent for each position.</param>
    /// <param name="sentBefore">The record of that from before, where the journal is begun anew; null for none.</param>
    public void Begin(Func<JournalHeader> header, OrdinalSet? owned, OrdinalSet? attempted, bool anew, Func<Guid?> record, bool fromPipeline = false,
        Guid? sentBefore = null)
    {
        if (journal is null)
        {
            return;
        }

        bool resumes = journal.Acknowledged.Count > 0 && !anew;
        Guid? ids = record();
        sent = fromPipeline ? SentPoints.Take(journal.Path, resumes ? journal.Header!.Sent : sentBefore) : null;
        isBegun = true;
        if (resumes)
        {
            journal.Resume(ids, sent?.Record);
        }
        else
        {
            journal.Begin(header() with { Record = ids, Sent = sent?.Record }, owned, attempted);
        }
    }

    /// <summary>
    /// Notes vectors whose equal points are there already and are ours: the migration wrote them, or a batch with them was about to be sent when an earlier
    /// run died. Equal points that nobody of ours can have written stay what they are: found, and of others.
    /// </summary>
    /// <param name="equal">Vectors whose points are equal.</param>
    /// <param name="owned">Vectors that the migration wrote before; null for none.</param>
    /// <exception cref="Errors.MigrationException">It cannot be written.</exception>
    public void Own(OrdinalSet equal, OrdinalSet? owned)
    {
        if (journal is null)
        {
            return;
        }

        OrdinalSet foreign = equal.Copy();
        foreign.RemoveAll(owned ?? new OrdinalSet());
        foreign.RemoveAll(journal.CopyAttempted());
        OrdinalSet ours = equal.Copy();
        ours.RemoveAll(foreign);
        foreach (OrdinalRange range in ours.Ranges)
        {
            journal.Append(range);
        }
    }

    /// <summary>Notes that vectors are about to be sent. From any thread.</summary>
    /// <exception cref="Errors.MigrationException">It cannot be written; nothing may be sent then.</exception>
    public void Attempt(IReadOnlyList<OrdinalRange> ranges) => journal?.Attempt(ranges);

    /// <summary>Whether a vector was ever about to be sent by the migration: only then can an equal point be ours. From any thread.</summary>
    public bool HasAttempted(long ordinal) => journal?.HasAttempted(ordinal) == true;

    /// <summary>The same target, with a note of each batch before its first attempt; without a journal, the target itself.</summary>
    public IPointTarget Noting(IPointTarget target) => journal is null ? target : new AttemptedTarget(target, this);

    /// <summary>The ordinals that need not be sent again, as they are now; null without a journal.</summary>
    public OrdinalSet? CopyAcknowledged() => journal?.Acknowledged.Copy();

    /// <summary>Notes what is acknowledged from now on; nobody without a journal.</summary>
    public IRunObserver? Observer(IReadOnlySet<long> superseded) => journal is null ? null : new JournalObserver(journal, superseded);

    /// <summary>Forgets everything that was acknowledged, because what was sent can no longer be relied upon.</summary>
    public void Invalidate()
    {
        if (isBegun)
        {
            journal?.Invalidate();
        }
    }

    /// <summary>Brings everything to the disk.</summary>
    /// <exception cref="Errors.MigrationException">It cannot be.</exception>
    public void Complete() => journal?.Complete();

    /// <inheritdoc/>
    public void Dispose()
    {
        sent?.Dispose();
        if (isBegun)
        {
            journal?.Dispose();
        }
        else
        {
            journal?.Discard();
        }
    }
}
