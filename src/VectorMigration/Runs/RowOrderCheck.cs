using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Looks for a field that speaks against joining rows in the order of adding: one that numbers the rows in another order, or holds the FAISS ids of other
/// rows. Either could be meant, so the rows are refused.
/// </summary>
/// <param name="source">The index.</param>
/// <param name="rows">The rows, which have been judged.</param>
internal sealed class RowOrderCheck(IVectorSource source, IRowPayloadSource rows)
{
    private const int BlockSize = 1 << 15;

    private readonly IndexDescription index = source.Description;
    private readonly RowNumberSample sample = new();
    private ulong numbers;
    private ulong order;
    private bool isPosition = true;

    /// <summary>What speaks against the order without deciding it, of a file that somebody named; null where nothing does.</summary>
    /// <exception cref="MigrationException">A field contradicts the order. Of a file that was named, only a field that must be the FAISS id does.</exception>
    public string? Doubt(CancellationToken cancellationToken)
    {
        IReadOnlyList<RowNumbers> fields = rows.IsByRow ? [] : rows.Numbers;
        if (fields.Count == 0)
        {
            return null;
        }

        HashIds(cancellationToken);
        if (Stale(fields) is (RowNumbers stale, RowOverlap overlap))
        {
            return rows.IsNamed && !stale.NamesId ? PayloadJoinErrors.Doubt(rows, stale, overlap)
                : throw PayloadJoinErrors.InOtherRows(rows, index, stale, overlap);
        }

        RowNumbers[] held = [.. fields.Where(field => HoldsIds(field) && field.Order != order)];
        if (held.FirstOrDefault(static field => field.NamesVector) is RowNumbers vector)
        {
            throw PayloadJoinErrors.InOtherOrder(rows, index, vector, isFaissId: true);
        }

        if (fields.Any(field => field.IsComplete && !field.IsText && field.Order == order))
        {
            // The FAISS id itself, in the order of the vectors; a second id that says otherwise takes its word.
            return held.FirstOrDefault(static field => field.NamesId) is not RowNumbers second ? null
                : rows.IsNamed ? PayloadJoinErrors.Doubt(rows, second, isFaissId: true)
                : throw PayloadJoinErrors.InOtherOrder(rows, index, second, isFaissId: true);
        }

        // Beside an id in its order, a field of another name is a rank or a count.
        bool isOrdered = fields.Any(static field => field is { NamesId: true, IsAscending: true });
        RowNumbers[] open = [.. fields.Where(field => !isOrdered || field.NamesId)];
        if ((held.FirstOrDefault(field => open.Contains(field) && (field.NamesId || field.IsList)) ?? held.FirstOrDefault(open.Contains)) is RowNumbers id)
        {
            return rows.IsNamed && !id.NamesId && !id.IsList
                ? PayloadJoinErrors.Doubt(rows, id, isFaissId: true)
                : throw PayloadJoinErrors.InOtherOrder(rows, index, id, isFaissId: true);
        }

        return (rows.IsNamed ? open.FirstOrDefault(static field => field is { NamesId: true, IsOutOfOrder: true })
            : open.FirstOrDefault(static field => field.IsUnordered)) is not RowNumbers odd ? Gaps(fields)
            : rows.IsNamed ? PayloadJoinErrors.Doubt(rows, odd, isFaissId: false)
            : throw PayloadJoinErrors.InOtherOrder(rows, index, odd, isFaissId: false);
    }

    /// <summary>
    /// A field most of whose numbers are FAISS ids, some of them of other rows, and some of no vector: the table is of another state of the index. Where ids
    /// are positions, only a field with the name of a vector's id must be them: a table from which rows were deleted has numbers of its own.
    /// </summary>
    private (RowNumbers Field, RowOverlap Overlap)? Stale(IReadOnlyList<RowNumbers> fields)
    {
        foreach (RowNumbers field in fields.OrderByDescending(static field => field.NamesVector).ThenByDescending(static field => field.NamesId))
        {
            if (field.IsList || field.IsText || HoldsIds(field) || field.IsCountedInOrder || (isPosition && !field.NamesVector))
            {
                continue;
            }

            // A field of any name that only ascends, and nowhere agrees, counts something else.
            if (field.Sample?.Compare(sample) is { IsOfIds: true, Moved: > 0 } overlap && (field.NamesId || overlap.Same > 0 || !field.IsAscending))
            {
                return (field, overlap);
            }
        }

        return null;
    }

    /// <summary>Ids of a table in their order, with a few missing: rows were deleted, before the index was built or since.</summary>
    private string? Gaps(IReadOnlyList<RowNumbers> fields) => !rows.IsNamed && isPosition
        && fields.FirstOrDefault(static field => field.HasFewGaps) is RowNumbers odd ? PayloadJoinErrors.GapNote(rows, index, odd) : null;

    private bool HoldsIds(RowNumbers field) => field.IsComplete && !field.IsText && field.Numbers == numbers;

    /// <summary>The sums of hashes that a field has which holds the ids of the index, in any order and in that of the rows, and some ids with their
    /// rows.</summary>
    private void HashIds(CancellationToken cancellationToken)
    {
        long[] places = new long[BlockSize];
        long[] ids = new long[BlockSize];
        for (long ordinal = 0; ordinal < index.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = source.ReadRows(ordinal, places.AsSpan(0, (int)Math.Min(BlockSize, index.Count - ordinal)), cancellationToken);
            if (count <= 0)
            {
                throw FeedErrors.EndedEarly(index, ordinal, index.Count);
            }

            source.ReadIds(ordinal, ids.AsSpan(0, count), cancellationToken);
            for (int i = 0; i < count; i++)
            {
                Take(places[i], ids[i]);
            }

            ordinal += count;
        }
    }

    private void Take(long row, long id)
    {
        unchecked
        {
            numbers += RowNumbers.Hash(id);
            order += RowNumbers.Hash(row, id);
        }

        sample.Add(row, id);
        isPosition &= id == row;
    }
}
