using VectorMigration.Engine;
using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>Notes acknowledged batches in the journal, and nothing else: what failed or was left out is tried again by the next run.</summary>
/// <param name="journal">The journal.</param>
/// <param name="superseded">Ordinals that are never sent because a later vector has the same id: noted with their neighbours, so that ranges stay
/// whole.</param>
internal sealed class JournalObserver(MigrationJournal journal, IReadOnlySet<long> superseded) : IRunObserver
{
    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        if (runEvent is not BatchEnded { Result.Status: not BatchStatus.Failed } ended)
        {
            return;
        }

        foreach (OrdinalRange range in ended.Ordinals)
        {
            journal.Append(superseded.Count == 0 ? range : Widened(range));
        }
    }

    private OrdinalRange Widened(OrdinalRange range)
    {
        (long first, long last) = range;
        while (superseded.Contains(first - 1) && !journal.Acknowledged.Contains(first - 1))
        {
            first--;
        }

        while (superseded.Contains(last + 1) && !journal.Acknowledged.Contains(last + 1))
        {
            last++;
        }

        return new OrdinalRange(first, last);
    }
}
