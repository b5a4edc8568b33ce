using BenchmarkDotNet.Attributes;

namespace VectorMigration.Micro;

/// <summary>Brute force of one query over a batch, beside the same by one loop over the components.</summary>
public class DistanceBenchmarks
{
    private const int Count = 100;
    private readonly VectorBatch batch = Batches.Make(Count, 384);

    [Benchmark(Baseline = true)]
    public float Loop()
    {
        float least = float.MaxValue;
        for (int row = 0; row < Count; row++)
        {
            ReadOnlySpan<float> a = batch.Vector(0);
            ReadOnlySpan<float> b = batch.Vector(row);
            float sum = 0;
            for (int i = 0; i < a.Length; i++)
            {
                sum += (a[i] - b[i]) * (a[i] - b[i]);
            }

            least = MathF.Min(least, sum);
        }

        return least;
    }

    [Benchmark]
    public float Kernel()
    {
        float least = float.MaxValue;
        for (int row = 0; row < Count; row++)
        {
            least = MathF.Min(least, DistanceKernels.SquaredEuclid(batch.Vector(0), batch.Vector(row)));
        }

        return least;
    }
}
