namespace VectorMigration.Micro;

/// <summary>Batches of random components, the same at every run.</summary>
internal static class Batches
{
    /// <summary>Makes one, its point ids set.</summary>
    public static VectorBatch Make(int count, int dimension)
    {
        Random random = new(dimension);
        float[] components = new float[count * dimension];
        for (int i = 0; i < components.Length; i++)
        {
            components[i] = (random.NextSingle() * 2) - 1;
        }

        long[] ids = [.. Enumerable.Range(0, count).Select(static i => (long)i)];
        return VectorBatch.Create(SourceIdentity.Objects, 0, dimension, ids, components,
            pointIds: ids.Select(static id => PointId.FromNumber((ulong)id)).ToArray());
    }
}
