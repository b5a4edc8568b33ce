namespace VectorMigration.Tests;

/// <summary>An index in memory: vectors whose first component is their ordinal, ids as given.</summary>
internal sealed class MemorySource : IVectorSource
{
    private readonly long[] ids;
    private readonly float[] components;

    public MemorySource(int count, int dimension = 4, Func<int, long>? id = null, string idSource = "id map", FaissMetric metric = FaissMetric.L2,
        Distance? distance = Distance.Euclid)
    {
        ids = [.. Enumerable.Range(0, count).Select(i => id?.Invoke(i) ?? i)];
        components = [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(0, dimension).Select(j => j == 0 ? i : (float)(i * 31 + j) / 7))];
        Description = new IndexDescription
        {
            Path = "memory.faiss",
            Kind = "IDMap(Flat)",
            FourCC = "IxMp",
            Dimension = dimension,
            Count = count,
            Metric = metric,
            Distance = distance,
            Fidelity = Fidelity.Exact,
            IdSource = idSource,
        };
    }

    public IndexDescription Description { get; set; }

    public Span<float> Vector(int ordinal) => components.AsSpan(ordinal * Description.Dimension, Description.Dimension);

    public VectorBatch Read(long ordinal, int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        count = (int)Math.Min(count, ids.Length - ordinal);
        int dimension = Description.Dimension;
        BatchMemory memory = BatchMemory.Rent(count, dimension);
        components.AsSpan((int)ordinal * dimension, count * dimension).CopyTo(memory.Components);
        ids.AsSpan((int)ordinal, count).CopyTo(memory.Ids);
        return VectorBatch.Create(SourceIdentity.Objects, ordinal, dimension, memory.Ids.AsMemory(0, count), memory.Components.AsMemory(0, count * dimension),
            memory);
    }

    public int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken)
    {
        int count = (int)Math.Min(destination.Length, ids.Length - ordinal);
        ids.AsSpan((int)ordinal, count).CopyTo(destination);
        return count;
    }

    public void Dispose()
    {
    }
}
