using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;

namespace VectorMigration.Micro;

/// <summary>The look for NaN and infinity, beside a copy of the same components.</summary>
public class CheckBenchmarks
{
    private readonly VectorBatch batch = Batches.Make(100, 384);
    private readonly byte[] target = new byte[100 * 384 * sizeof(float)];

    [Benchmark(Baseline = true)]
    public void Memcpy() => MemoryMarshal.AsBytes(batch.Components.Span).CopyTo(target);

    [Benchmark]
    public int FiniteCheck() => VectorMigration.Vectors.FiniteCheck.IndexOfNonFinite(batch.Components.Span);
}
