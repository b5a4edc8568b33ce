using System.Buffers;
using System.Globalization;
using VectorMigration.Engine;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// Batches of an index for the engine: read, checked for non-finite components, joined with payloads, their ids mapped.
/// Verification reads the very same batches, so that both sides mean the same points.
/// </summary>
internal sealed class IndexFeed : IRunFeed
{
    /// <summary>Payload bytes at which a batch ends: more than a request that is worth sending holds, few enough for several in memory.</summary>
    public const long MostPayloadBytes = 3 << 19;

    private readonly IVectorSource source;
    private readonly PayloadJoin? join;
    private readonly bool mayMiss;
    private readonly FeedOptions options;
    private readonly IdMap map;
    private readonly IReadOnlySet<long> superseded;
    private readonly Action<SkippedVector>? onInvalid;
    private readonly OrdinalSet? acknowledged;
    private readonly long end;
    private readonly BlockReader blocks;
    private readonly long mostPayloadBytes;
    private long next;

    /// <summary>Payload bytes of a row in the last batch: no more rows are taken from the file than will do.</summary>
    private double bytesPerPayload;

    /// <summary>Makes a feed over ordinals <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="count"/> − 1.</summary>
    /// <param name="source">The index.</param>
    /// <param name="payload">Its payloads, or null.</param>
    /// <param name="options">Mapping, and what becomes of vectors that cannot be stored.</param>
    /// <param name="offset">First ordinal.</param>
    /// <param name="count">How many.</param>
    /// <param name="superseded">Ordinals to leave out because a later vector has the same id.</param>
    /// <param name="onInvalid">Told of vectors that are left out for their components.</param>
    /// <param name="acknowledged">Ordinals that need not be sent again; null for none.</param>
    /// <param name="mostPayloadBytes">Payload bytes at which a batch ends; one row alone may have more.</param>
    public IndexFeed(IVectorSource source, IPayloadSource? payload, FeedOptions options, long offset, long count, IReadOnlySet<long> superseded,
        Action<SkippedVector>? onInvalid, OrdinalSet? acknowledged = null, long mostPayloadBytes = MostPayloadBytes)
    {
        this.mostPayloadBytes = mostPayloadBytes;
        this.source = source;
        join = payload is null ? null : new PayloadJoin(source, payload);
        mayMiss = payload is IKeyedPayloadSource;
        this.options = options;
        map = options.Ids;
        this.superseded = superseded;
        this.onInvalid = onInvalid;
        this.acknowledged = acknowledged;
        next = offset;
        end = offset + count;
        blocks = new BlockReader(source);
    }

    /// <summary>The next ordinals to read, those that need not be sent again passed over; null at the end.</summary>
    private OrdinalRange? Pending => acknowledged is null
        ? next < end ? new OrdinalRange(next, end - 1) : null
        : acknowledged.NextGap(next, end);

    /// <inheritdoc/>
    public ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Pending is not null);

    /// <inheritdoc/>
    public async ValueTask<VectorBatch?> NextAsync(int batchSize, CancellationToken cancellationToken)
    {
        while (Pending is { } pending)
        {
            int wanted = bytesPerPayload > 1 ? (int)Math.Clamp(1.25 * mostPayloadBytes / bytesPerPayload, 1, batchSize) : batchSize;
            VectorBatch raw = await blocks.TakeAsync(pending, wanted, cancellationToken).ConfigureAwait(false);
            VectorBatch? batch = Prepare(raw, pending.First, out int read, cancellationToken);
            next = pending.First + read;
            if (batch is not null)
            {
                return batch;
            }
        }

        return null;
    }

    /// <summary>The batch over some ordinals; null when every vector of it was left out.</summary>
    public VectorBatch? Read(long ordinal, int count, CancellationToken cancellationToken, out int read)
    {
        VectorBatch batch = source.Read(ordinal, count, cancellationToken);
        return Prepare(batch, ordinal, out read, cancellationToken);
    }

    /// <summary>Gives back what was read ahead.</summary>
    public ValueTask DisposeAsync() => blocks.DisposeAsync();

    /// <summary>Checks vectors as they were read, joins their payloads and maps their ids. Takes the lease over.</summary>
    private VectorBatch? Prepare(VectorBatch batch, long ordinal, out int read, CancellationToken cancellationToken)
    {
        read = batch.Count;
        try
        {
            if (batch.Count == 0)
            {
                throw FeedErrors.EndedEarly(source.Description, ordinal, end);
            }

            PayloadBlock? rows = join?.ReadWithin(ordinal, batch.FaissIds.Span, mostPayloadBytes, cancellationToken);
            if (rows is not null)
            {
                bytesPerPayload = (double)rows.Bytes / rows.Count;
                if (rows.Count < batch.Count)
                {
                    // The rest is read again in its turn; only its payloads are large.
                    VectorBatch whole = batch;
                    batch = whole.Slice(0, rows.Count);
                    whole.Dispose();
                    read = batch.Count;
                }
            }

            List<int>? kept = Kept(batch, rows);
            if (kept is null)
            {
                return Map(batch, rows);
            }

            VectorBatch? rest = kept.Count == 0 ? null : Map(Without(batch, kept), rows is null ? null : Select(rows, kept));
            batch.Dispose();
            return rest;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Rows to send; null when that is all of them.</summary>
    private List<int>? Kept(VectorBatch batch, PayloadBlock? rows)
    {
        int bad = batch.AllFinite && !options.KeepsHalves ? -1 : Unstorable(batch.Components.Span);
        if (bad >= 0 && !options.SkipInvalid)
        {
            int row = bad / batch.Dimension;
            throw FeedErrors.NonFinite(source.Description, batch.Ordinal(row), batch.FaissIds.Span[row], bad % batch.Dimension, batch.Components.Span[bad]);
        }

        int lost = options.Normalizes ? CosineNorm.FirstLost(batch) : -1;
        if (lost >= 0 && !options.SkipInvalid)
        {
            throw FeedErrors.NormLost(source.Description, Occurrence(batch, lost), OthersLost(batch, lost), wasBatch: true);
        }

        bool looksForPayload = mayMiss && options.OnMissingPayload != MissingPayload.Empty;
        if (bad < 0 && lost < 0 && superseded.Count == 0 && !looksForPayload)
        {
            return null;
        }

        var kept = new List<int>(batch.Count);
        for (int row = 0; row < batch.Count; row++)
        {
            if (superseded.Contains(batch.Ordinal(row)))
            {
                continue;
            }

            int component = bad < 0 ? -1 : Unstorable(batch.Vector(row));
            string? reason = component >= 0 ? Reason(component, batch.Vector(row)[component])
                : lost >= 0 && row >= lost && CosineNorm.IsLost(Norms.Of(batch.Vector(row))) ? CosineNorm.Reason(Norms.Of(batch.Vector(row)))
                : looksForPayload && rows![row].IsEmpty ? NoPayload(batch, row)
                : null;
            if (reason is not null)
            {
                onInvalid?.Invoke(new SkippedVector(batch.Ordinal(row), batch.FaissIds.Span[row], reason));
                continue;
            }

            kept.Add(row);
        }

        return kept.Count == batch.Count ? null : kept;
    }

    /// <summary>The first component that the collection cannot store; −1 when it can store all.</summary>
    private int Unstorable(ReadOnlySpan<float> components)
    {
        int found = FiniteCheck.IndexOfNonFinite(components);
        return found < 0 && options.KeepsHalves ? HalfRange.IndexOfBeyond(components) : found;
    }

    private static string Reason(int component, float value) => string.Create(
        CultureInfo.InvariantCulture, $"component {component} is {value}{(float.IsFinite(value) ? ", which Float16 cannot hold" : string.Empty)}");

    private static VectorOccurrence Occurrence(VectorBatch batch, int row) =>
        new(batch.Ordinal(row), batch.FaissIds.Span[row], Norms.Of(batch.Vector(row)));

    private static long OthersLost(VectorBatch batch, int first)
    {
        long others = 0;
        for (int row = first + 1; row < batch.Count; row++)
        {
            others += CosineNorm.IsLost(Norms.Of(batch.Vector(row))) ? 1 : 0;
        }

        return others;
    }

    private string NoPayload(VectorBatch batch, int row) => options.OnMissingPayload == MissingPayload.Skip
        ? SkippedVector.NoPayload
        : throw FeedErrors.PayloadMissing(batch.Source.Path, batch.Ordinal(row), batch.FaissIds.Span[row]);

    private static VectorBatch Without(VectorBatch batch, List<int> kept)
    {
        BatchMemory memory = BatchMemory.Rent(kept.Count, batch.Dimension);
        long[] ordinals = new long[kept.Count];
        for (int i = 0; i < kept.Count; i++)
        {
            batch.Vector(kept[i]).CopyTo(memory.Components.AsSpan(i * batch.Dimension));
            memory.Ids[i] = batch.FaissIds.Span[kept[i]];
            ordinals[i] = batch.Ordinal(kept[i]);
        }

        return VectorBatch.Create(
            batch.Source, ordinals[0], batch.Dimension, memory.Ids.AsMemory(0, kept.Count), memory.Components.AsMemory(0, kept.Count * batch.Dimension), memory,
                ordinals: ordinals);
    }

    private static PayloadBlock Select(PayloadBlock rows, List<int> kept)
    {
        int[] offsets = new int[kept.Count + 1];
        var bytes = new ArrayBufferWriter<byte>();
        for (int i = 0; i < kept.Count; i++)
        {
            bytes.Write(rows[kept[i]].Span);
            offsets[i + 1] = bytes.WrittenCount;
        }

        return new PayloadBlock(bytes.WrittenMemory, offsets);
    }

    private VectorBatch Map(VectorBatch batch, PayloadBlock? rows)
    {
        ReadOnlySpan<long> ids = batch.FaissIds.Span;
        PointId[] points = new PointId[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            points[i] = map.Find(batch.Ordinal(i), ids[i]) ?? throw FeedErrors.StoreIdMissing(batch.Source.Path, batch.Ordinal(i), ids[i]);
        }

        return batch.With(
            points,
            options.IdMapping == IdMapping.Keep ? rows
                : options.StoreIds is PointIdTable store ? IdField.AddTo(rows, ids, store, options.IdField)
                : IdField.AddTo(rows, ids, options.IdField),
            options.VectorName);
    }

    /// <summary>The point id of a FAISS id.</summary>
    public static PointId MapId(long faissId, IdMapping mapping) =>
        mapping == IdMapping.Uuid5 ? PointId.FromGuid(UuidV5.OfFaissId(faissId)) : PointId.FromNumber((ulong)faissId);
}
