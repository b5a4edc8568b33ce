using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Keeps the record of written ids beside the journal of a run (<see cref="WrittenIds"/>).</summary>
/// <param name="source">The index.</param>
/// <param name="options">What was asked for.</param>
internal sealed class IdRecord(IVectorSource source, MigrationOptions options)
{
    private string Journal => options.JournalPath!;

    private SourceIds Ids => new(source, options.SpillFolder);

    /// <summary>The record that a journal names, where it speaks of the same points as this run; null where there is none.</summary>
    /// <param name="said">What the journal said.</param>
    /// <param name="key">What the run writes.</param>
    /// <param name="collectionRun">The run id of the collection.</param>
    /// <exception cref="MigrationException">It is damaged or cannot be read.</exception>
    public WrittenIds? Find(JournalContent? said, JournalKey? key, string? collectionRun) =>
        said?.Header is { } header && key is not null && header.CollectionRun == collectionRun && key.MapsIdsAs(header.Key)
        && (collectionRun is not null || EndpointAddresses.AreSame(key.Endpoint, header.Key.Endpoint))
            ? WrittenIds.Find(Journal, header)
            : null;

    /// <summary>The vectors of the index whose ids were written before.</summary>
    public OrdinalSet OrdinalsOf(WrittenIds record, JournalContent said, CancellationToken cancellationToken)
    {
        OrdinalBits ours = new(source.Description.Count);
        foreach (long _ in Ids.Vanished(record.All(said), ours.Add, cancellationToken))
        {
            // Ids that are gone have no vector.
        }

        return ours.ToSet();
    }

    /// <summary>Makes sure, before the journal is begun or gone on with, that what the run will write can be told by its ids later.</summary>
    /// <param name="planned">What was planned.</param>
    /// <param name="collectionRun">The run id of the collection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The record, which the journal is to name.</returns>
    /// <exception cref="MigrationException">It cannot be written, or the one that is there is damaged.</exception>
    public Guid Prepare(PlannedRun planned, string? collectionRun, CancellationToken cancellationToken)
    {
        JournalKey key = planned.Key!;
        WrittenIds? old = planned.Plan.CreatesCollection ? null : FindUnlessRestarted(planned, collectionRun);
        long end = planned.Plan.Offset + planned.Plan.Count;
        bool sameIndex = old?.Header.Index == key.Index;
        if (!planned.BeginsAnew && sameIndex && old!.Header.Covered >= end)
        {
            return old.Header.Record;
        }

        long covered = sameIndex ? Math.Max(end, old!.Header.Covered) : end;
        Guid record = old?.Header.Record ?? Guid.NewGuid();
        IEnumerable<long> carried = old is null ? []
            : planned.BeginsAnew || !sameIndex ? Ids.Distinct(old.All(planned.Said!), cancellationToken)
            : old.Carried();
        WrittenIds.Write(Journal, new WrittenIdsHeader(record, key.Index, covered), carried, Ids.InOrder(covered, cancellationToken));
        return record;
    }

    /// <summary>Keeps, of what is not of the present index, only some ids: the others are no longer in the collection.</summary>
    public void Keep(WrittenIds record, IEnumerable<long> left, CancellationToken cancellationToken) =>
        WrittenIds.Write(Journal, record.Header, left, Ids.InOrder(record.Header.Covered, cancellationToken));

    /// <summary>
    /// Notes what was written as ids alone, because places in the index mean nothing any more: it changed while it was sent. Best effort: the run ends for
    /// that reason anyway.
    /// </summary>
    public void Fold(CancellationToken cancellationToken)
    {
        try
        {
            JournalContent said = JournalContent.Read(Journal);
            if (WrittenIds.Find(Journal, said.Header) is WrittenIds record)
            {
                WrittenIds.Write(Journal, record.Header with { Covered = 0 }, Ids.Distinct(record.All(said), cancellationToken), []);
            }
        }
        catch (MigrationException)
        {
            // What earlier runs wrote stands in the record as it is.
        }
    }

    private WrittenIds? FindUnlessRestarted(PlannedRun planned, string? collectionRun)
    {
        try
        {
            // The journal of another index makes nothing ours, unless it was named as the same one that has changed, or is begun anew: what the runs before
            // wrote stays known, so that it can be counted and pruned.
            return options.OnChanged != ChangedSource.Refuse || options.Restart || planned.Said?.Header?.Key.Index == planned.Key!.Index
                ? Find(planned.Said, planned.Key, collectionRun)
                : null;
        }
        catch (MigrationException e) when (options.Restart && e.ErrorId == ErrorIds.JournalCorrupt)
        {
            // A damaged record is no obstacle to starting anew.
            return null;
        }
    }
}
