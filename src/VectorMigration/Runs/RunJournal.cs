using VectorMigration.Engine;
using VectorMigration.Journal;
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

    private RunJournal(MigrationJournal? journal) => this.journal = journal;

    /// <summary>Vectors that need not be sent again; null without a journal.</summary>
    public long? Acknowledged => journal?.Acknowledged.Count;

    /// <summary>Opens the journal that the options name, and keeps other runs away from it. A dry run has none.</summary>
    /// <exception cref="Errors.MigrationException">It is in use, damaged, no journal, or cannot be read or written.</exception>
    public static RunJournal Open(MigrationOptions options, TimeProvider time) => new(
        options is { DryRun: false, JournalPath: string path } ? MigrationJournal.Open(path, options.Restart || options.Recreate, time) : null);

    /// <summary>Goes on with it, or begins it where it says nothing that could be gone on with.</summary>
    /// <exception cref="Errors.MigrationException">It cannot be written.</exception>
    /// <param name="header">What it belongs to.</param>
    /// <param name="owned">Ordinals that the same migration wrote before, where it is begun anew; null for none.</param>
    /// <param name="anew">Begin it anew, whatever it says.</param>
    /// <param name="record">Writes the record of ids beside it, which comes first; null where there is none.</param>
    public void Begin(Func<JournalHeader> header, OrdinalSet? owned, bool anew, Func<Guid?> record)
    {
        if (journal is null)
        {
            return;
        }

        Guid? ids = record();
        isBegun = true;
        if (journal.Acknowledged.Count > 0 && !anew)
        {
            journal.Resume(ids);
        }
        else
        {
            journal.Begin(header() with { Record = ids }, owned);
        }
    }

    /// <summary>Notes vectors that were found to be there already.</summary>
    /// <exception cref="Errors.MigrationException">It cannot be written.</exception>
    public void Own(OrdinalSet there)
    {
        foreach (OrdinalRange range in there.Ranges)
        {
            journal?.Append(range);
        }
    }

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
