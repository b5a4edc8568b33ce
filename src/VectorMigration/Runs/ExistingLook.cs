using System.Diagnostics;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// Looks before the first vector whether ids that are to be sent are taken by points of others. Ids first, without vectors and payloads and side by side;
/// then the taken ones are read in full: what is equal is not sent again. Changes nothing.
/// </summary>
internal sealed class ExistingLook
{
    /// <summary>Ids of one question.</summary>
    public const int IdsAtOnce = 10_000;

    private const int LooksAtOnce = 4;
    private const int MostListed = 10;

    /// <summary>Ids of the collection that are held at once.</summary>
    private const long MostScrolled = 1 << 20;

    private readonly IVectorSource source;
    private readonly IPayloadSource? payload;
    private readonly IVectorStore store;
    private readonly MigrationOptions options;
    private readonly IndexFindings index;
    private readonly Distance distance;
    private readonly OrdinalSet? ours;
    private readonly IdMap ids;
    private readonly Lock gate = new();

    /// <summary>Sets a look up.</summary>
    /// <param name="source">The index.</param>
    /// <param name="payload">Its payloads, or null.</param>
    /// <param name="store">The server.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="index">What the index was found to be.</param>
    /// <param name="ours">Ordinals that a journal holds.</param>
    public ExistingLook(IVectorSource source, IPayloadSource? payload, IVectorStore store, MigrationOptions options, IndexFindings index, OrdinalSet? ours)
    {
        this.source = source;
        this.payload = payload;
        this.store = store;
        this.options = options;
        this.index = index;
        this.ours = ours;
        distance = index.Distance ?? Distance.Dot;
        ids = index.Feed(options).Ids;
    }

    /// <summary>The collection does not have the vector yet: a merge adds it to every point that is there.</summary>
    public bool AddsVector { get; init; }

    /// <summary>Ordinals that are looked at although points under their ids are the migration's own; null for none.</summary>
    public OrdinalSet? Written { get; init; }

    /// <summary>Own points are replaced whole; otherwise in their vector alone, because they may hold other vectors.</summary>
    public bool ReplacesWholePoints { get; init; }

    /// <summary>Own points that are sent again keep their payload: their vector alone is replaced, and they need not be read.</summary>
    public bool KeepsPayloads { get; init; }

    /// <summary>Own points that are replaced whole are read, so that what others have added to their payloads is counted; null for none.</summary>
    public OrdinalSet? Replaced { get; init; }

    /// <summary>Points may be written over: they are counted and neither read nor told apart.</summary>
    public bool CountsOnly { get; init; }

    /// <summary>A vector that the collection has; null where it has none, so that no point can be read by it.</summary>
    public string? OtherVector { get; init; }

    /// <summary>The datatype in which the collection keeps the vector.</summary>
    public VectorDatatype Datatype { get; init; }

    private long End => index.Offset + index.Count;

    private bool IsArithmetic => source.Description.IdSource == "sequential" && index.Feed(options).KeepsFaissIds;

    /// <summary>Looks.</summary>
    /// <param name="present">Points in the collection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The server refused or does not answer, or the index cannot be read.</exception>
    public async Task<ExistingFindings> RunAsync(long present, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        long pending = index.Count - (ours?.CountWithin(index.Offset, index.Count) ?? 0) - index.Ids.Superseded.Count(
            ordinal => ours?.Contains(ordinal) != true);
        List<long> taken = present == 0 || pending == 0 ? []
            : present <= MostScrolled && present < pending / 4 ? await ScrollAsync(cancellationToken).ConfigureAwait(false)
            : await LookUpAsync(cancellationToken).ConfigureAwait(false);
        long[] sorted = [.. taken];
        Array.Sort(sorted);
        RemovedFields removed = new();
        if (Replaced is { Count: > 0 } own && present > 0)
        {
            await removed.ReadAsync(NewFeed(), NewComparer(), own, new OrdinalRange(index.Offset, End - 1), IndexRows.RowsAtOnce(source.Description.Dimension),
                cancellationToken).ConfigureAwait(false);
        }

        if (CountsOnly)
        {
            return Conclude(new TakenPoints { Rewritten = sorted.Length }, sorted, pending, Stopwatch.GetElapsedTime(started));
        }

        TakenPoints found = AddsVector ? await AllMergedAsync(sorted, cancellationToken).ConfigureAwait(false)
            : await ReadAsync(KeepsPayloads ? [.. sorted.Where(IsForeign)] : sorted, cancellationToken).ConfigureAwait(false);
        foreach (long kept in KeepsPayloads && !AddsVector ? sorted.Where(ordinal => !IsForeign(ordinal)) : [])
        {
            found.Rewritten++;
            found.Merged.Add(new OrdinalRange(kept, kept));
        }

        ExistingFindings findings = Conclude(found, sorted, pending, Stopwatch.GetElapsedTime(started));
        return findings with { Plan = removed.AddTo(findings.Plan) };
    }

    /// <summary>What is ours stays out of the look, and so does what a later vector of the same id replaces.</summary>
    private bool IsPending(long ordinal) => ours?.Contains(ordinal) != true && !index.Ids.Superseded.Contains(ordinal);

    private async Task<List<long>> LookUpAsync(CancellationToken cancellationToken)
    {
        List<long> taken = [];
        await Parallel.ForEachAsync(
            Blocks(),
            new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = cancellationToken },
            async (start, token) =>
            {
                (long[] ordinals, PointId[] points) = Read(start, token);
                if (points.Length == 0)
                {
                    return;
                }

                bool[] there = await store.ContainAsync(options.Collection, points, token).ConfigureAwait(false);
                lock (gate)
                {
                    for (int i = 0; i < there.Length; i++)
                    {
                        if (there[i])
                        {
                            taken.Add(ordinals[i]);
                        }
                    }
                }
            }).ConfigureAwait(false);
        return taken;
    }

    /// <summary>Of a collection that is far smaller than the index its own ids are fewer.</summary>
    private async Task<List<long>> ScrollAsync(CancellationToken cancellationToken)
    {
        HashSet<PointId> there = [];
        PointId? from = null;
        do
        {
            (IReadOnlyList<PointId> page, from) = await store.ScrollAsync(options.Collection, from, IdsAtOnce, cancellationToken).ConfigureAwait(false);
            there.UnionWith(page);
        }
        while (from is not null);
        if (IsArithmetic)
        {
            return [.. there.Where(static id => !id.IsGuid).Select(id => (Int128)id.Number - options.IdOffset)
                .Where(ordinal => ordinal >= index.Offset && ordinal < End && IsPending((long)ordinal)).Select(static ordinal => (long)ordinal)];
        }

        List<long> taken = [];
        foreach (long start in Blocks())
        {
            (long[] ordinals, PointId[] points) = Read(start, cancellationToken);
            for (int i = 0; i < points.Length; i++)
            {
                if (there.Contains(points[i]))
                {
                    taken.Add(ordinals[i]);
                }
            }
        }

        return taken;
    }

    private IEnumerable<long> Blocks()
    {
        for (long start = index.Offset; start < End; start += IdsAtOnce)
        {
            if (ours?.NextGap(start, Math.Min(End, start + IdsAtOnce)) is not null || ours is null)
            {
                yield return start;
            }
        }
    }

    private (long[] Ordinals, PointId[] Points) Read(long start, CancellationToken cancellationToken)
    {
        long[] read = new long[(int)Math.Min(IdsAtOnce, End - start)];
        if (IsArithmetic)
        {
            for (int i = 0; i < read.Length; i++)
            {
                read[i] = start + i;
            }
        }
        else
        {
            for (int done = 0; done < read.Length;)
            {
                int more = source.ReadIds(start + done, read.AsSpan(done), cancellationToken);
                done += more > 0 ? more : throw FeedErrors.EndedEarly(source.Description, start + done, End);
            }
        }

        List<long> ordinals = new(read.Length);
        List<PointId> points = new(read.Length);
        for (int i = 0; i < read.Length; i++)
        {
            if (IsPending(start + i) && ids.Find(start + i, read[i]) is PointId id)
            {
                ordinals.Add(start + i);
                points.Add(id);
            }
        }

        return ([.. ordinals], [.. points]);
    }

    private bool IsForeign(long ordinal) => Written?.Contains(ordinal) != true;

    /// <summary>Every point that is there gets the vector; of their payloads it is only counted what is replaced.</summary>
    private async Task<TakenPoints> AllMergedAsync(long[] taken, CancellationToken cancellationToken)
    {
        TakenPoints found = new();
        if (options.MergePayload && OtherVector is not null)
        {
            TakenPoints read = await ReadAsync(taken, cancellationToken).ConfigureAwait(false);
            (found.ReplacedFields, found.PointsWithReplacedFields) = (read.ReplacedFields, read.PointsWithReplacedFields);
        }

        foreach (long ordinal in taken)
        {
            found.Merged.Add(new OrdinalRange(ordinal, ordinal));
        }

        return found;
    }

    /// <summary>Reads taken points in full and compares them.</summary>
    private async Task<TakenPoints> ReadAsync(long[] taken, CancellationToken cancellationToken)
    {
        TakenPoints found = new();
        if (taken.Length == 0)
        {
            return found;
        }

        PointComparer comparer = NewComparer();
        var rows = new IndexRows(NewFeed(), LooksAtOnce);
        await rows.VisitAsync(
            taken,
            IndexRows.RowsAtOnce(source.Description.Dimension),
            async (batch, token) =>
            {
                ComparedPoints compared = await comparer.CompareAsync(batch, token).ConfigureAwait(false);
                lock (gate)
                {
                    Sort(batch, compared, found);
                }
            },
            null,
            cancellationToken).ConfigureAwait(false);
        return found;
    }

    private IndexFeed NewFeed() => new(source, payload, Scope.Feed, index.Offset, index.Count, index.Ids.Superseded, null,
        mostPayloadBytes: IndexRows.MostPayloadBytes);

    private PointComparer NewComparer()
    {
        bool comparesWhole = options.OnExisting != ExistingPoints.Merge;
        return new PointComparer(store, Scope, comparesPayload: comparesWhole || options.MergePayload)
        {
            ComparesWhole = comparesWhole,
            VectorName = AddsVector ? OtherVector : options.VectorName,
        };
    }

    private VerificationScope Scope => new()
    {
        Collection = options.Collection,
        Distance = distance,
        Datatype = Datatype,
        Feed = index.Feed(options) with { SkipInvalid = true },
        Offset = index.Offset,
        Count = index.Count,
        Ids = index.Ids,
        Parallelism = LooksAtOnce,
        MayHoldMore = options.MergePayload,
    };

    private void Sort(VectorBatch batch, ComparedPoints compared, TakenPoints found)
    {
        Dictionary<int, PointFaults> faults = compared.Differences.ToDictionary(static row => row.Row, static row => row.Faults);
        found.ReplacedFields += compared.Differences.Sum(static row => (long)row.ReplacedFields);
        found.PointsWithReplacedFields += compared.Differences.Count(static row => row.ReplacedFields > 0);
        for (int row = 0; row < batch.Count; row++)
        {
            PointFaults fault = faults.GetValueOrDefault(row);
            long ordinal = batch.Ordinal(row);
            if (fault == PointFaults.None)
            {
                found.Equal.Add(new OrdinalRange(ordinal, ordinal));
            }
            else if (fault.HasFlag(PointFaults.Missing))
            {
                // It was deleted since its id was seen.
                found.Gone++;
            }
            else if (options.OnExisting == ExistingPoints.Merge && fault.MayBeMerged())
            {
                found.Merged.Add(new OrdinalRange(ordinal, ordinal));
            }
            else if (Written?.Contains(ordinal) == true && (ReplacesWholePoints || !fault.HasFlag(PointFaults.Payload)))
            {
                found.Rewritten++;
                if (!ReplacesWholePoints)
                {
                    found.Merged.Add(new OrdinalRange(ordinal, ordinal));
                }
            }
            else
            {
                AddConflict(found, ordinal, batch.PointIds.Span[row], fault);
            }
        }
    }

    private void AddConflict(TakenPoints found, long ordinal, PointId id, PointFaults fault)
    {
        bool isOwn = Written?.Contains(ordinal) == true;
        found.Conflicts.Add(new OrdinalRange(ordinal, ordinal));
        found.Own += isOwn ? 1 : 0;
        found.OtherPayload += fault == PointFaults.Payload ? 1 : 0;
        SortedList<long, PointId> first = isOwn ? found.FirstOwn : found.First;
        first[ordinal] = id;
        if (first.Count > MostListed)
        {
            first.RemoveAt(MostListed);
        }
    }

    private ExistingFindings Conclude(TakenPoints found, long[] taken, long pending, TimeSpan duration)
    {
        bool mergesOnly = options is { OnExisting: ExistingPoints.Merge, AddAbsent: false };
        OrdinalSet notSent = mergesOnly ? Complement(found.Merged) : found.Equal.Copy();
        notSent.AddAll(found.Conflicts);
        return new ExistingFindings(
            new ExistingPointsPlan
            {
                OnExisting = options.OnExisting,
                Looked = pending,
                Taken = taken.Length - found.Gone,
                Equal = found.Equal.Count,
                Merged = found.Merged.Count,
                ReplacedFields = options.MergePayload ? found.ReplacedFields : 0,
                PointsWithReplacedFields = options.MergePayload ? found.PointsWithReplacedFields : 0,
                Conflicts = found.Conflicts.Count,
                OtherPayload = found.OtherPayload,
                Absent = mergesOnly ? pending - taken.Length + found.Gone : 0,
                OwnConflicts = found.Own,
                FirstConflicts = [.. (found.First.Count > 0 ? found.First : found.FirstOwn).Values.Select(static id => id.Value)],
                Duration = duration,
            },
            found.Equal,
            found.Merged,
            notSent,
            mergesOnly ? pending - found.Merged.Count : found.Equal.Count + found.Conflicts.Count)
        {
            Rewritten = found.Rewritten,
        };
    }

    private OrdinalSet Complement(OrdinalSet set)
    {
        OrdinalSet rest = new();
        for (long next = index.Offset; set.NextGap(next, End) is OrdinalRange gap; next = gap.Last + 1)
        {
            rest.Add(gap);
        }

        return rest;
    }
}
