using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The ids of another part of the same job.</summary>
/// <param name="Mapping">How its ids become point ids.</param>
/// <param name="Space">The part that its UUIDs contain; null for none.</param>
/// <param name="Least">Least id, its offset included.</param>
/// <param name="Greatest">Greatest id, its offset included.</param>
/// <param name="IsRange">It has every id from the least to the greatest.</param>
/// <param name="Read">Reads its ids, its offset included; not called where they are a range.</param>
internal sealed record OtherPart(
    IdMapping Mapping, string? Space, Int128 Least, Int128 Greatest, bool IsRange, Func<CancellationToken, IEnumerable<long>> Read)
{
    /// <summary>Whether equal numbers are equal points. The name of the vector does not matter: parts with other vectors share their points.</summary>
    public bool SharesIds(IdMapping mapping, string? space) =>
        Mapping == mapping && (mapping == IdMapping.Keep || (Space ?? string.Empty) == (space ?? string.Empty));
}

/// <summary>
/// The other parts of the job that a run belongs to. An id that one of them has now is neither deleted nor called left over, whichever part wrote its point.
/// Memory is bounded: candidates are taken in blocks, and the ids of the parts are gone through once for each block. Without candidates nothing is read.
/// </summary>
/// <param name="parts">The parts that can be read.</param>
/// <param name="isComplete">All parts can be read; otherwise some ids of the job are not known.</param>
/// <param name="most">Candidates of a block.</param>
internal sealed class OtherParts(IReadOnlyList<OtherPart> parts, bool isComplete, int most = 1 << 20)
{
    /// <summary>All parts can be read; otherwise some ids of the job are not known.</summary>
    public bool IsComplete => isComplete;

    /// <summary>Tells of ids of a part which of them another part has, in their order.</summary>
    /// <param name="ids">FAISS ids, each once.</param>
    /// <param name="mapping">How they become point ids.</param>
    /// <param name="offset">Added to each.</param>
    /// <param name="space">The part that UUIDs contain; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IEnumerable<(long Id, bool IsTaken)> Mark(
        IEnumerable<long> ids, IdMapping mapping, long offset, string? space, CancellationToken cancellationToken)
    {
        OtherPart[] sharing = [.. parts.Where(part => part.SharesIds(mapping, space))];
        foreach (long[] some in ids.Chunk(most))
        {
            bool[] taken = sharing.Length == 0 ? new bool[some.Length] : Find(sharing, some, offset, cancellationToken);
            for (int i = 0; i < some.Length; i++)
            {
                yield return (some[i], taken[i]);
            }
        }
    }

    private static bool[] Find(OtherPart[] sharing, long[] some, long offset, CancellationToken cancellationToken)
    {
        long[] sorted = [.. some.Select(id => unchecked(id + offset))];
        int[] places = [.. Enumerable.Range(0, some.Length)];
        Array.Sort(sorted, places);
        bool[] taken = new bool[some.Length];
        foreach (OtherPart part in sharing.Where(part => Array.Exists(sorted, id => part.Least <= id && id <= part.Greatest)))
        {
            if (part.IsRange)
            {
                for (int i = 0; i < sorted.Length; i++)
                {
                    taken[places[i]] |= part.Least <= sorted[i] && sorted[i] <= part.Greatest;
                }

                continue;
            }

            foreach (long id in part.Read(cancellationToken))
            {
                if (Array.BinarySearch(sorted, id) is >= 0 and int at)
                {
                    taken[places[at]] = true;
                }
            }
        }

        return taken;
    }
}
