using System.Runtime.InteropServices;

namespace VectorMigration.Tests.Faiss;

public sealed class ReadingTests
{
    public static TheoryData<string> Readable => Fixture.Names(Fixture.Readable.Where(static fixture => fixture.Name != "faiss-1.7.3/ivfflat_dedup"));

    public static TheoryData<string> Decoded => Fixture.Names(Fixture.Decoded);

    [Theory]
    [MemberData(nameof(Readable))]
    public void Ids_and_floats_are_those_of_FAISS_bit_for_bit(string name)
    {
        Fixture fixture = Fixture.Of(name);
        using IVectorSource source = FaissIndex.Open(fixture.IndexPath);
        using VectorBatch batch = source.Read(0, int.MaxValue / source.Description.Dimension / 64, CancellationToken.None);
        batch.FaissIds.ToArray().ShouldBe(fixture.Ids());
        Bits(batch.Components.Span).ShouldBe(Bits(fixture.Vectors()));
        source.Description.Count.ShouldBe(fixture.Ids().LongLength);
        source.Description.IsSupported.ShouldBeTrue();
        source.Description.UnsupportedReason.ShouldBeNull();
        source.Description.Fidelity.ShouldBe(Fidelity.Exact);
        source.Description.TrailingBytes.ShouldBe(0);
        batch.Source.ShouldBe(source.Description.Identity);
    }

    [Theory]
    [MemberData(nameof(Decoded))]
    public void Any_split_equals_the_whole(string name)
    {
        using IVectorSource source = FaissIndex.Open(Fixture.Of(name).IndexPath, allowDecoded: true);
        using VectorBatch whole = source.Read(0, (int)source.Description.Count, CancellationToken.None);
        long[] ids = whole.FaissIds.ToArray();
        float[] vectors = whole.Components.ToArray();
        int dimension = source.Description.Dimension;
        Random random = new(20260808);
        for (int i = 0; i < 200; i++)
        {
            int first = random.Next(ids.Length + 2);
            int wanted = random.Next(3) == 0 ? random.Next(4) : random.Next(ids.Length + 10);
            int expected = Math.Min(wanted, Math.Max(0, ids.Length - first));
            using VectorBatch batch = source.Read(first, wanted, CancellationToken.None);
            batch.Count.ShouldBe(expected);
            batch.FirstOrdinal.ShouldBe(first);
            int from = Math.Min(first, ids.Length);
            batch.FaissIds.Span.SequenceEqual(ids.AsSpan(from, expected)).ShouldBeTrue();
            MemoryMarshal.AsBytes(batch.Components.Span).SequenceEqual(MemoryMarshal.AsBytes(vectors.AsSpan(from * dimension, expected * dimension)))
                .ShouldBeTrue();

            long[] alone = new long[wanted];
            source.ReadIds(first, alone, CancellationToken.None).ShouldBe(expected);
            alone.AsSpan(0, expected).SequenceEqual(ids.AsSpan(from, expected)).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("faiss-1.7.3/idmap_ivfflat")]
    [InlineData("faiss-1.7.3/hnsw_flat")]
    [InlineData("faiss-1.7.3/ivfflat_ondisk")]
    [InlineData("faiss-1.7.3/ivfflat_dedup")]
    [InlineData("faiss-1.7.3/ivfpqr")]
    [InlineData("faiss-1.7.3/vt_opq6_12_ivf16_pq6x6np")]
    [InlineData("faiss-1.7.3/ivf_fs_pq24x4fsr")]
    public async Task Many_threads_read_what_one_reads(string name)
    {
        using IVectorSource source = FaissIndex.Open(Fixture.Of(name).IndexPath, allowDecoded: true);
        using VectorBatch whole = source.Read(0, (int)source.Description.Count, CancellationToken.None);
        long[] ids = whole.FaissIds.ToArray();
        float[] vectors = whole.Components.ToArray();
        int dimension = source.Description.Dimension;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            Random random = new(worker);
            for (int i = 0; i < 300; i++)
            {
                int first = random.Next(ids.Length);
                using VectorBatch batch = source.Read(first, 17, CancellationToken.None);
                batch.FaissIds.Span.SequenceEqual(ids.AsSpan(first, batch.Count)).ShouldBeTrue();
                batch.Components.Span.SequenceEqual(vectors.AsSpan(first * dimension, batch.Count * dimension)).ShouldBeTrue();
            }
        })));
    }

    [Fact]
    public void Regions_lead_to_the_vectors()
    {
        Fixture fixture = Fixture.Of("faiss-1.7.3/ivfflat_ids");
        IndexDescription description = FaissIndex.Describe(fixture.IndexPath);
        byte[] file = fixture.Bytes();
        List<long> ids = [];
        foreach (IndexRegion region in description.Regions.Where(region => region.Content == RegionContent.Ids))
        {
            region.FirstOrdinal.ShouldBe(ids.Count);
            ids.AddRange(MemoryMarshal.Cast<byte, long>(file.AsSpan((int)region.Offset, (int)region.Length)).ToArray());
        }

        ids.ShouldBe(fixture.Ids());
        description.Regions.Where(region => region.Content == RegionContent.Components).Sum(region => region.Length)
            .ShouldBe(description.Count * description.Dimension * 4);
    }

    [Fact]
    public void A_cancelled_read_stops()
    {
        using IVectorSource source = FaissIndex.Open(Fixture.Of("faiss-1.7.3/flat_l2").IndexPath);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => source.Read(0, 1, cancelled.Token));
        Should.Throw<OperationCanceledException>(() => source.ReadIds(0, new long[1], cancelled.Token));
    }

    private static uint[] Bits(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, uint>(values).ToArray();
}
