using VectorMigration.Feeds;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>What holding payloads against an index found.</summary>
/// <param name="Missing">Vectors of the range that there is no payload for.</param>
/// <param name="FirstMissing">The first of them, by id.</param>
internal sealed record PayloadFindings(long Missing, IReadOnlyList<IdOccurrence> FirstMissing)
{
    /// <summary>Rows that belong to no vector of the index and are ignored, as was asked for.</summary>
    public long Surplus { get; init; }

    /// <summary>The keys of the first of them.</summary>
    public IReadOnlyList<long> FirstSurplus { get; init; } = [];

    /// <summary>What speaks against rows in the order of adding, in a file that somebody named, or what is odd about a store; null where nothing is.</summary>
    public string? Doubt { get; init; }

    /// <summary>No payloads.</summary>
    public static PayloadFindings None { get; } = new(0, []);
}

/// <summary>
/// Holds payloads against the whole index before anything is created, whatever part of it is asked for: every row is a payload, every row has its
/// vector and, unless that is wanted otherwise, every vector its row. A wrong text on a right vector is proved by nothing afterwards.
/// </summary>
/// <param name="source">The index.</param>
/// <param name="payload">Its payloads.</param>
/// <param name="policy">What becomes of vectors without one.</param>
/// <param name="refusals">Takes what is refused.</param>
/// <param name="spill">Folder for what does not fit in memory; null for that of the system.</param>
internal sealed class PayloadCheck(IVectorSource source, IPayloadSource payload, MissingPayload policy, ReasonList refusals, string? spill)
{
    /// <summary>Vectors without a payload that are listed one by one.</summary>
    private const int MostListed = 1_000;

    private const int BlockSize = 1 << 15;

    /// <summary>Rows that are looked for in one pass: 32 MiB of bits.</summary>
    private const long RowsAtOnce = 1L << 28;

    /// <summary>What becomes of rows that belong to no vector.</summary>
    public SurplusPayload OnSurplus { get; init; }

    /// <summary>What is added to the FAISS ids for point ids. Payloads are joined by FAISS id.</summary>
    public long IdOffset { get; init; }

    private readonly IndexDescription index = source.Description;
    private readonly long[] block = new long[BlockSize];
    private long? matched;

    /// <summary>Refuses options that say nothing together.</summary>
    /// <param name="rules">What the rows must be.</param>
    /// <param name="policy">What becomes of vectors without a payload.</param>
    /// <param name="surplus">What becomes of rows that belong to no vector.</param>
    /// <param name="payload">The payloads; null without any.</param>
    public static void RefuseOptions(in PayloadRules rules, MissingPayload policy, SurplusPayload surplus, IPayloadSource? payload)
    {
        if (rules.Key is not null && payload is null)
        {
            throw PayloadJoinErrors.KeyWithoutFile();
        }

        if (payload is null && (rules.Mapping is not null || rules.Layout != PayloadLayout.Default))
        {
            throw MappingErrors.NoPayloads();
        }

        if (payload is IStorePayloadSource && (rules.Key is not null || rules.DropKey))
        {
            throw PayloadJoinErrors.KeyOfStore(payload.Path);
        }

        if (payload is IStorePayloadSource && surplus != SurplusPayload.Fail)
        {
            throw PayloadJoinErrors.SurplusOfStore(payload.Path);
        }

        if (rules.ByRow && (rules.Key is not null || payload is not IRowPayloadSource))
        {
            throw PayloadJoinErrors.ByRowNotApplicable(rules.Key, payload);
        }

        if (rules.Key is null && payload is not IStorePayloadSource && (rules.DropKey || policy != MissingPayload.Fail || surplus != SurplusPayload.Fail))
        {
            throw PayloadJoinErrors.NeedsKey();
        }
    }

    /// <summary>Makes the check; counts what is missing among <paramref name="count"/> vectors from <paramref name="offset"/> on.</summary>
    public PayloadFindings Run(long offset, long count, CancellationToken cancellationToken)
    {
        PayloadFindings found = PayloadFindings.None;
        // A table tells its rows at once: one of another length need not be read to its end.
        if (payload is not IKeyedPayloadSource && index.IsSupported && !refusals.Check(RefuseRows))
        {
            return found;
        }

        if (!refusals.Check(() => payload.Check(scattered: index.RowOrder != RowOrder.Position, cancellationToken)) || !index.IsSupported)
        {
            return found;
        }

        if (payload is IKeyedPayloadSource keyed)
        {
            if (refusals.Check(() => found = Match(keyed, new OrdinalRange(offset, offset + count - 1), cancellationToken) with
            {
                Doubt = (payload as IDescribedPayloadSource)?.Doubt,
            }))
            {
                refusals.Check(() => RefuseOtherVectors(cancellationToken));
            }

            return found;
        }

        if (refusals.Check(RefusePartOrder) && refusals.Check(RefuseRows) && refusals.Check(() => RefuseUnknownOrder(cancellationToken))
            && refusals.Check(() => RefuseOtherVectors(cancellationToken)) && payload is IRowPayloadSource rows)
        {
            refusals.Check(() => found = found with
            {
                Doubt = new RowOrderCheck(source, rows).Doubt(cancellationToken) ?? (payload as IDescribedPayloadSource)?.Doubt,
            });
        }

        return found;
    }

    /// <summary>Refuses payloads that hold vectors which are not those that they are joined to.</summary>
    private void RefuseOtherVectors(CancellationToken cancellationToken)
    {
        if (payload is IVectorFields fields and not IRowPayloadSource { IsByRow: true } && payload.Path != index.Path
            && new VectorFieldCheck(source, payload, fields).Run(cancellationToken) is VectorFieldDifference difference)
        {
            throw PayloadJoinErrors.OtherVectors(payload, index, difference, cancellationToken);
        }
    }

    /// <summary>One list over files whose order is in doubt: which row of it belongs to which file is unknown. Files of a table have the order of
    /// theirs.</summary>
    private void RefusePartOrder()
    {
        if (index.PartOrder is string order && payload is not IRowPayloadSource { IsByRow: true } && payload.Path != index.Path
            && !Directory.Exists(payload.Path))
        {
            throw PayloadJoinErrors.PartOrderUnknown(index, payload.Path, order);
        }
    }

    /// <summary>As many rows as the index has vectors, or one of them has lost its place without a trace.</summary>
    private void RefuseRows()
    {
        if (payload.Count is not long rows || rows == index.Count)
        {
            return;
        }

        throw rows < index.Count ? PayloadJoinErrors.TooShort(payload, rows, index) : PayloadJoinErrors.TooLong(payload, rows, index);
    }

    /// <summary>Where ids tell the order of adding, they must be exactly 0 to n − 1; of others nobody knows which came first.</summary>
    private void RefuseUnknownOrder(CancellationToken cancellationToken)
    {
        if (index.RowOrder == RowOrder.Position)
        {
            return;
        }

        for (long first = 0; first < index.Count; first += RowsAtOnce)
        {
            long width = Math.Min(RowsAtOnce, index.Count - first);
            ulong[] seen = new ulong[(width + 63) / 64];
            ForEach(source.ReadRows, (row, ordinal) =>
            {
                long bit = row - first;
                if ((ulong)row >= (ulong)index.Count)
                {
                    throw PayloadJoinErrors.OrderUnknown(index, payload, row, ordinal);
                }

                if ((ulong)bit < (ulong)width)
                {
                    ulong mask = 1UL << (int)(bit & 63);
                    if ((seen[bit >> 6] & mask) != 0)
                    {
                        throw PayloadJoinErrors.OrderUnknown(index, payload, row, ordinal);
                    }

                    seen[bit >> 6] |= mask;
                }
            }, cancellationToken);
        }

        if (index is { RowOrder: RowOrder.Id, ListCount: long lists } && payload is not IRowPayloadSource { IsByRow: true })
        {
            RefuseDescents(lists, cancellationToken);
        }
    }

    /// <summary>Vectors are appended to their lists, so ids in the order of adding ascend in every list: there are fewer descents than lists.</summary>
    private void RefuseDescents(long lists, CancellationToken cancellationToken)
    {
        long before = -1;
        long descents = 0;
        ForEach(source.ReadRows, (row, ordinal) =>
        {
            descents += row < before ? 1 : 0;
            before = row;
            if (descents >= Math.Max(1, lists))
            {
                throw PayloadJoinErrors.OrderOfAddingLost(index, payload, ordinal);
            }
        }, cancellationToken);
    }

    /// <summary>Goes through the ids of the index and of the payloads side by side, both ascending.</summary>
    private PayloadFindings Match(IKeyedPayloadSource keyed, OrdinalRange range, CancellationToken cancellationToken)
    {
        var missing = new List<IdOccurrence>();
        var surplus = new List<long>();
        long missingCount = 0;
        long missingInRange = 0;
        long surplusCount = 0;
        (long Least, long Greatest) surplusKeys = default;
        (long Least, long Greatest)? ids = null;
        using IEnumerator<long> keys = keyed.Keys(cancellationToken).GetEnumerator();
        bool more = keys.MoveNext();
        foreach ((long id, long ordinal) in SortedIds(cancellationToken))
        {
            ids = (ids?.Least ?? id, id);
            for (; more && keys.Current < id; more = keys.MoveNext())
            {
                // One that has been matched is passed only now: several vectors may have its id.
                NoteSurplus(keys.Current);
            }

            if (more && keys.Current == id)
            {
                matched = id;
            }
            else
            {
                missingCount++;
                bool asked = ordinal >= range.First && ordinal <= range.Last;
                missingInRange += asked ? 1 : 0;
                if (missing.Count < MostListed && (asked || policy == MissingPayload.Fail))
                {
                    missing.Add(new IdOccurrence(id, ordinal));
                }
            }
        }

        for (; more; more = keys.MoveNext())
        {
            NoteSurplus(keys.Current);
        }

        if (surplusCount > 0 && IdOffset != 0 && ids is var (least, greatest)
            && (Int128)surplusKeys.Greatest >= (Int128)least + IdOffset && (Int128)surplusKeys.Least <= (Int128)greatest + IdOffset)
        {
            throw PayloadJoinErrors.KeysArePointIds(keyed, index, surplusCount, surplus, IdOffset);
        }

        if (surplusCount > 0 && OnSurplus == SurplusPayload.Fail)
        {
            throw PayloadJoinErrors.SurplusKeys(keyed, index, surplusCount, surplus, cancellationToken);
        }

        return missingCount > 0 && policy == MissingPayload.Fail
            ? throw PayloadJoinErrors.KeysMissing(keyed, index, missingCount, missing)
            : new PayloadFindings(missingInRange, missing) { Surplus = surplusCount, FirstSurplus = surplus };

        void NoteSurplus(long key)
        {
            if (key == matched)
            {
                return;
            }

            surplusKeys = (surplusCount == 0 ? key : surplusKeys.Least, key);
            surplusCount++;
            if (surplus.Count < 3)
            {
                surplus.Add(key);
            }
        }
    }

    /// <summary>The ids of the index, ascending, with the ordinals they lie at; sorted outside of memory where they are many and in no order.</summary>
    private IEnumerable<(long Id, long Ordinal)> SortedIds(CancellationToken cancellationToken)
    {
        if (Ascending(cancellationToken))
        {
            long ordinal = 0;
            while (ordinal < index.Count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int read = ReadBlock(source.ReadIds, ordinal, cancellationToken);
                for (int i = 0; i < read; i++)
                {
                    yield return (block[i], ordinal + i);
                }

                ordinal += read;
            }

            yield break;
        }

        using PairSort sort = new(new SpillFolder(spill));
        ForEach(source.ReadIds, sort.Add, cancellationToken);
        using SortedPairs sorted = sort.Finish(cancellationToken);
        foreach ((long Key, long Value) pair in sorted.All())
        {
            yield return pair;
        }
    }

    private bool Ascending(CancellationToken cancellationToken)
    {
        if (index.IdSource == "sequential")
        {
            return true;
        }

        long previous = long.MinValue;
        bool ascending = true;
        ForEach(source.ReadIds, (id, _) =>
        {
            ascending &= id >= previous;
            previous = id;
        }, cancellationToken);
        return ascending;
    }

    private void ForEach(ReadNumbers read, Action<long, long> visit, CancellationToken cancellationToken)
    {
        for (long ordinal = 0; ordinal < index.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = ReadBlock(read, ordinal, cancellationToken);
            for (int i = 0; i < count; i++)
            {
                visit(block[i], ordinal + i);
            }

            ordinal += count;
        }
    }

    private int ReadBlock(ReadNumbers read, long ordinal, CancellationToken cancellationToken)
    {
        int count = read(ordinal, block.AsSpan(0, (int)Math.Min(BlockSize, index.Count - ordinal)), cancellationToken);
        return count > 0 ? count : throw FeedErrors.EndedEarly(index, ordinal, index.Count);
    }

    private delegate int ReadNumbers(long ordinal, Span<long> destination, CancellationToken cancellationToken);
}
