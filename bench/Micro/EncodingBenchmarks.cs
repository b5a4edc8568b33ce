using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using VectorMigration.Qdrant;
using Protocol = Qdrant.Client.Grpc;

namespace VectorMigration.Micro;

/// <summary>Writing the upsert of one batch, beside a copy of its components and beside Google.Protobuf's own serialiser.</summary>
[MemoryDiagnoser]
public class EncodingBenchmarks
{
    private const int Count = 100;
    private readonly UpsertForm form = new() { Collection = "benchmark"u8.ToArray() };
    private VectorBatch batch = null!;
    private Protocol.UpsertPoints message = null!;
    private byte[] target = [];

    /// <summary>Components of a vector.</summary>
    [Params(100, 384, 1536)]
    public int Dimension { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        batch = Batches.Make(Count, Dimension);
        message = new Protocol.UpsertPoints { CollectionName = "benchmark", Wait = true };
        for (int row = 0; row < Count; row++)
        {
            Protocol.DenseVector dense = new();
            dense.Data.AddRange(batch.Vector(row).ToArray());
            message.Points.Add(new Protocol.PointStruct
            {
                Id = new Protocol.PointId { Num = (ulong)row },
                Vectors = new Protocol.Vectors { Vector = new Protocol.Vector { Dense = dense } },
            });
        }

        target = new byte[message.CalculateSize()];
        using UpsertEncoder encoder = new(batch, form);
        byte[] ours = new byte[encoder.Length];
        encoder.Write(ours);
        if (!ours.AsSpan().SequenceEqual(message.ToByteArray()))
        {
            throw new InvalidOperationException("The encoder and Google.Protobuf do not write the same bytes.");
        }
    }

    /// <summary>As many bytes as the components have, in one copy.</summary>
    [Benchmark(Baseline = true)]
    public void Memcpy() => MemoryMarshal.AsBytes(batch.Components.Span).CopyTo(target);

    [Benchmark]
    public int Encoder()
    {
        using UpsertEncoder encoder = new(batch, form);
        encoder.Write(target.AsSpan(0, encoder.Length));
        return encoder.Length;
    }

    /// <summary>The message is built beforehand.</summary>
    [Benchmark]
    public void Protobuf() => message.WriteTo(target.AsSpan());
}
