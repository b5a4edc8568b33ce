using VectorMigration.Feeds;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// Counts payload fields that whole points remove. Points of its own a run may replace; what an application has added to them is not its own. Thread-safe.
/// </summary>
internal sealed class RemovedFields
{
    private const int LooksAtOnce = 4;
    private const int MostListed = 10;

    private readonly Lock gate = new();
    private readonly SortedList<long, PointId> first = [];
    private long fields;
    private long points;

    /// <summary>Notes a point that is replaced whole.</summary>
    /// <param name="batch">The batch that replaces it.</param>
    /// <param name="compared">Its row, as it was compared.</param>
    public void Add(VectorBatch batch, in ComparedRow compared)
    {
        if (compared.AddedFields == 0)
        {
            return;
        }

        lock (gate)
        {
            fields += compared.AddedFields;
            points++;
            first[batch.Ordinal(compared.Row)] = batch.PointIds.Span[compared.Row];
            if (first.Count > MostListed)
            {
                first.RemoveAt(MostListed);
            }
        }
    }

    /// <summary>The plan with what was counted.</summary>
    public ExistingPointsPlan AddTo(ExistingPointsPlan plan) => plan with
    {
        RemovedFields = fields,
        PointsWithRemovedFields = points,
        FirstRemoved = [.. first.Values.Select(static id => id.Value)],
    };

    /// <summary>Reads the points that a run which begins anew replaces, and counts.</summary>
    /// <param name="rows">Reads the vectors with their payloads.</param>
    /// <param name="comparer">Compares whole points.</param>
    /// <param name="written">Vectors whose points the migration wrote.</param>
    /// <param name="range">The vectors that are sent.</param>
    /// <param name="rowsAtOnce">Rows of a batch.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Errors.MigrationException">The server refused or does not answer, or the index cannot be read.</exception>
    public Task ReadAsync(
        IndexFeed rows, PointComparer comparer, OrdinalSet written, OrdinalRange range, int rowsAtOnce, CancellationToken cancellationToken) =>
        new IndexRows(rows, LooksAtOnce).VisitAsync(
            range.First,
            range.Count,
            rowsAtOnce,
            async (batch, token) =>
            {
                int[] own = [.. Enumerable.Range(0, batch.Count).Where(row => written.Contains(batch.Ordinal(row)))];
                if (own.Length == 0)
                {
                    return;
                }

                VectorBatch ours = batch.Pick(own);
                ComparedPoints compared = await comparer.CompareAsync(ours, token).ConfigureAwait(false);
                foreach (ComparedRow row in compared.Differences)
                {
                    Add(ours, row);
                }
            },
            null,
            cancellationToken);
}
