using VectorMigration.Errors;

namespace VectorMigration.Vectors;

/// <summary>
/// Looks at the length of some vectors of an inner-product index, spread evenly over it: where all of them have length 1, Cosine ranks as the index does.
/// That is proposed and never assumed, because a sample does not prove it of all.
/// </summary>
internal static class NormSample
{
    private const int Blocks = 16;
    private const int RowsOfBlock = 16;

    /// <summary>The description of an index with what the sample tells; as it is where the index does not rank by inner product.</summary>
    public static IndexDescription Describe(IVectorSource source, CancellationToken cancellationToken)
    {
        IndexDescription index = source.Description;
        if (index is not { Metric: FaissMetric.InnerProduct, IsBinary: false, IsSupported: true, Count: > 0 })
        {
            return index;
        }

        try
        {
            (int units, int seen) = Count(source, cancellationToken);
            return index with { SampledNorms = seen, ProposedDistance = units == seen && seen > 0 ? Distance.Cosine : null };
        }
        catch (MigrationException)
        {
            // A proposal is not worth an error: what cannot be read is reported by what has to read it.
            return index;
        }
    }

    private static (int Units, int Seen) Count(IVectorSource source, CancellationToken cancellationToken)
    {
        long count = source.Description.Count;
        long step = Math.Max(RowsOfBlock, count / Blocks);
        (int units, int seen) = (0, 0);
        for (long first = 0; first < count && seen < Blocks * RowsOfBlock; first += step)
        {
            using VectorBatch batch = source.Read(first, (int)Math.Min(RowsOfBlock, count - first), cancellationToken);
            for (int row = 0; row < batch.Count; row++)
            {
                units += Norms.IsUnit(Norms.Of(batch.Vector(row))) ? 1 : 0;
            }

            seen += batch.Count;
        }

        return (units, seen);
    }
}
