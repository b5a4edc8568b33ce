using System.Buffers;

namespace VectorMigration.Vectors;

/// <summary>
/// Contiguous vectors that travel in one upsert. Components are row-major float32, <see cref="Count"/> × <see cref="Dimension"/>.
/// A batch is a lease: whoever holds it disposes it once; <see cref="Slice"/> gives a further lease on the same memory,
/// <see cref="ToOwned"/> a copy that needs no disposal (what PowerShell receives owns its memory).
/// </summary>
public sealed class VectorBatch : IDisposable
{
    private readonly BatchMemory? memory;
    private readonly ReadOnlyMemory<long> ordinals;
    private int disposed;

    private VectorBatch(BatchMemory? memory, SourceIdentity source, long firstOrdinal, ReadOnlyMemory<long> ordinals, int dimension)
    {
        this.memory = memory;
        this.ordinals = ordinals;
        Source = source;
        FirstOrdinal = firstOrdinal;
        Dimension = dimension;
    }

    /// <summary>Where the vectors come from.</summary>
    public SourceIdentity Source { get; }

    /// <summary>Ordinal of the first vector in its source.</summary>
    public long FirstOrdinal { get; }

    /// <summary>Ordinal of the last vector in its source.</summary>
    public long LastOrdinal => Ordinal(Count - 1);

    /// <summary>Number of vectors.</summary>
    public int Count => FaissIds.Length;

    /// <summary>Number of components of each vector.</summary>
    public int Dimension { get; }

    /// <summary>The ids in the index, one a vector.</summary>
    public ReadOnlyMemory<long> FaissIds { get; private init; }

    /// <summary>The ids in Qdrant, one a vector; empty until an id mapping has been applied.</summary>
    public ReadOnlyMemory<PointId> PointIds { get; private init; }

    /// <summary>Row-major components, Count × Dimension.</summary>
    public ReadOnlyMemory<float> Components { get; private init; }

    /// <summary>Payloads, one row a vector, or null.</summary>
    public PayloadBlock? Payload { get; private init; }

    /// <summary>Name of the vector in the collection; null for the unnamed one.</summary>
    public string? VectorName { get; private init; }

    /// <summary>True where all components are known to be finite; false: nobody has looked yet, or one is not.</summary>
    internal bool AllFinite { get; set; }

    /// <summary>The components of one vector.</summary>
    public ReadOnlySpan<float> Vector(int row) => Components.Span.Slice(row * Dimension, Dimension);

    /// <summary>The ordinal of one vector; they are consecutive unless vectors were left out between them.</summary>
    public long Ordinal(int row) => ordinals.IsEmpty ? FirstOrdinal + row : ordinals.Span[row];

    /// <summary>All ordinals of the batch as ranges, in the batch's order.</summary>
    public IReadOnlyList<OrdinalRange> Ordinals()
    {
        if (ordinals.IsEmpty)
        {
            return [new OrdinalRange(FirstOrdinal, LastOrdinal)];
        }

        var ranges = new List<OrdinalRange>();
        foreach (long ordinal in ordinals.Span)
        {
            if (ranges.Count > 0 && ranges[^1].Last + 1 == ordinal)
            {
                ranges[^1] = ranges[^1] with { Last = ordinal };
            }
            else
            {
                ranges.Add(new OrdinalRange(ordinal, ordinal));
            }
        }

        return ranges;
    }

    /// <summary>
    /// Makes a batch over memory that <paramref name="memory"/> gives back when the last lease is disposed
    /// (null: the memory belongs to the batch itself and nothing is given back).
    /// </summary>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static VectorBatch Create(
        SourceIdentity source,
        long firstOrdinal,
        int dimension,
        ReadOnlyMemory<long> faissIds,
        ReadOnlyMemory<float> components,
        BatchMemory? memory = null,
        ReadOnlyMemory<PointId> pointIds = default,
        PayloadBlock? payload = null,
        string? vectorName = null,
        ReadOnlyMemory<long> ordinals = default)
    {
        int count = faissIds.Length;
        if (components.Length != (long)count * dimension
            || (!pointIds.IsEmpty && pointIds.Length != count)
            || (!ordinals.IsEmpty && ordinals.Length != count)
            || (payload is not null && payload.Count != count))
        {
            throw new ArgumentException("Ids, components, ordinals and payloads of a batch must have as many rows as each other.", nameof(components));
        }

        return new VectorBatch(memory, source, ordinals.IsEmpty ? firstOrdinal : ordinals.Span[0], ordinals, dimension)
        {
            FaissIds = faissIds,
            PointIds = pointIds,
            Components = components,
            Payload = payload,
            VectorName = vectorName,
        };
    }

    /// <summary>The same lease with point ids, payload and vector name set: this batch is spent, the answer is to be disposed instead.</summary>
    public VectorBatch With(ReadOnlyMemory<PointId> pointIds, PayloadBlock? payload, string? vectorName)
    {
        Interlocked.Exchange(ref disposed, 1);
        return Create(Source, FirstOrdinal, Dimension, FaissIds, Components, memory, pointIds, payload, vectorName, ordinals);
    }

    /// <summary>A further lease on rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1.</summary>
    public VectorBatch Slice(int start, int count)
    {
        memory?.AddLease();
        return new VectorBatch(
            memory,
            Source,
            FirstOrdinal + start,
            ordinals.IsEmpty ? default : ordinals.Slice(start, count),
            Dimension,
            this,
            start,
            count);
    }

    private VectorBatch(BatchMemory? memory, SourceIdentity source, long firstOrdinal, ReadOnlyMemory<long> ordinals, int dimension, VectorBatch whole,
        int start, int count)
        : this(memory, source, ordinals.IsEmpty ? firstOrdinal : ordinals.Span[0], ordinals, dimension)
    {
        FaissIds = whole.FaissIds.Slice(start, count);
        PointIds = whole.PointIds.IsEmpty ? default : whole.PointIds.Slice(start, count);
        Components = whole.Components.Slice(start * dimension, count * dimension);
        Payload = whole.Payload?.Slice(start, count);
        VectorName = whole.VectorName;
        AllFinite = whole.AllFinite;
    }

    /// <summary>A copy that owns its memory. This lease stays as it is.</summary>
    public VectorBatch ToOwned() => Create(
        Source, FirstOrdinal, Dimension, FaissIds.ToArray(), Components.ToArray(), null, PointIds.ToArray(), Payload, VectorName, ordinals.ToArray());

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            memory?.Release();
        }
    }
}

/// <summary>Pooled buffers behind a batch and its slices; they go back to the pool when the last lease is released.</summary>
public sealed class BatchMemory
{
    private float[]? components;
    private long[]? ids;
    private int leases = 1;

    private BatchMemory(int count, int dimension)
    {
        components = ArrayPool<float>.Shared.Rent(Math.Max(1, checked(count * dimension)));
        ids = ArrayPool<long>.Shared.Rent(Math.Max(1, count));
    }

    /// <summary>Rents room for <paramref name="count"/> vectors and ids; contents are not cleared.</summary>
    public static BatchMemory Rent(int count, int dimension) => new(count, dimension);

    /// <summary>The rented components; at least as long as asked for.</summary>
    public float[] Components => components ?? throw new ObjectDisposedException(nameof(BatchMemory));

    /// <summary>The rented ids; at least as long as asked for.</summary>
    public long[] Ids => ids ?? throw new ObjectDisposedException(nameof(BatchMemory));

    /// <summary>Takes one more lease.</summary>
    public void AddLease() => Interlocked.Increment(ref leases);

    /// <summary>Gives one lease back; the buffers go back to the pool with the last one.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref leases) != 0)
        {
            return;
        }

        ArrayPool<float>.Shared.Return(Interlocked.Exchange(ref components, null)!);
        ArrayPool<long>.Shared.Return(Interlocked.Exchange(ref ids, null)!);
    }
}
