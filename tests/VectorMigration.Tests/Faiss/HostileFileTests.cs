namespace VectorMigration.Tests.Faiss;

/// <summary>Files whose numbers lie.</summary>
public sealed class HostileFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData((1 << 20) + 1)]
    [InlineData(int.MinValue)]
    public void A_dimension_that_FAISS_cannot_have_is_refused(int dimension) =>
        Refused(new IndexBytes().Header("IxF2", dimension, 0).U64(0)).Message.ShouldContain("field 'd' of IndexFlat, expected a dimension of 1 to 1048576");

    [Fact]
    public void A_dimension_that_only_Qdrant_lacks_is_described() =>
        Described(IndexBytes.Flat(1 << 20, [])).Dimension.ShouldBe(1 << 20);

    [Theory]
    [InlineData(long.MaxValue, ulong.MaxValue)]
    [InlineData(1L << 61, 1UL << 63)]
    [InlineData(1L << 62, 0UL)]
    [InlineData(2L, 7UL)]
    [InlineData(2L, 9UL)]
    [InlineData(1_000_000_000_000L, 4_000_000_000_000UL)]
    public void Counts_that_no_bytes_stand_behind_are_refused(long count, ulong codes)
    {
        MigrationException error = Refused(new IndexBytes().Header("IxF2", 4, count).U64(codes).Bytes(new byte[36]));
        error.ErrorId.ShouldBeOneOf("IndexTruncated", "IndexInvalid");
        error.Message.ShouldContain("field 'codes' of IndexFlat");
    }

    [Fact]
    public void Nesting_ends_at_fifty_levels()
    {
        IndexBytes deep = new();
        for (int i = 0; i < 10_000; i++)
        {
            deep.Header(i % 2 == 0 ? "IxMp" : "IxPT", 4, 0);
            if (i % 2 == 1)
            {
                deep.I32(0);
            }
        }

        Refused(deep).Message.ShouldContain("expected at most 50 levels of nesting, found one more");
    }

    /// <summary>Found by the fuzzer: case 928475 of the seed 20261127.</summary>
    [Fact]
    public void Shared_vectors_of_empty_lists_are_refused()
    {
        IndexBytes index = new IndexBytes().Header("IwFd", 2, 1).U64(1).U64(1).Append(IndexBytes.Flat(2, [])).U8(0).U64(0).Ids(1, 2)
            .Code("ilar").U64(1).U64(8).Code("full").Ids(0);
        Refused(index).Message.ShouldContain("field 'instances' of IndexIVFFlatDedup, expected no pairs of ids, because the inverted lists are empty, found 1");
    }

    [Fact]
    public void Transforms_do_not_nest_without_end()
    {
        IndexBytes deep = new IndexBytes().Header("IxPT", 4, 0).I32(1);
        for (int i = 0; i < 10_000; i++)
        {
            deep.Code("Viqt").U64(0).U8(0);
        }

        Refused(deep).Message.ShouldContain("levels of nesting");
        Refused(new IndexBytes().Header("IxPT", 4, 0).I32(1_000_000)).Message.ShouldContain("0 to 64 transforms");
    }

    [Fact]
    public void Sparse_lists_cost_what_they_hold_not_what_they_claim()
    {
        const long Lists = 10_000_000_000;
        IndexBytes index = IndexBytes.Ivf(2, Lists, 3).Code("ilar").U64((ulong)Lists).U64(8).Code("sprs").Ids(5, 2, 9_999_999_999, 1)
            .Bytes(new byte[16]).Raw(100, 101).Bytes(new byte[8]).Raw(102);
        string path = folder.Write("sparse.faiss", index.ToArray());
        FaissIndex.Describe(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        IndexDescription description = FaissIndex.Describe(path);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
        description.Count.ShouldBe(3);
        description.ListCount.ShouldBe(Lists);
        using IVectorSource source = FaissIndex.Open(path);
        long[] ids = new long[3];
        source.ReadIds(0, ids, CancellationToken.None).ShouldBe(3);
        ids.ShouldBe([100, 101, 102]);
    }

    [Theory]
    [InlineData(new long[] { 5, 1, 5, 1 })]
    [InlineData(new long[] { 6, 1, 5, 1 })]
    [InlineData(new long[] { 5, 1, 100, 1 })]
    [InlineData(new long[] { 5, 1, -1, 1 })]
    [InlineData(new long[] { 5, 1, 6 })]
    [InlineData(new long[] { 5, long.MaxValue })]
    [InlineData(new long[] { 5, 1L << 60, 6, 1L << 60 })]
    [InlineData(new long[] { 5, -1 })]
    public void Sparse_lists_that_cannot_be_are_refused(long[] pairs) =>
        Refused(IndexBytes.Ivf(2, 100, 1).Code("ilar").U64(100).U64(8).Code("sprs").Ids(pairs).Bytes(new byte[48])).Message.ShouldContain("ArrayInvertedLists");

    [Fact]
    public void Lists_that_are_not_the_indexs_are_refused()
    {
        Refused(IndexBytes.Ivf(2, 100, 1).Code("ilar").U64(99).U64(8).Code("full").U64(0))
            .Message.ShouldContain("field 'nlist' of ArrayInvertedLists, expected the index's 100, found 99");
        Refused(IndexBytes.Ivf(2, 1, 1).Code("ilar").U64(1).U64(4).Code("full").Ids(0))
            .Message.ShouldContain("field 'code_size' of ArrayInvertedLists, expected 8, found 4");
        Refused(IndexBytes.Ivf(2, 2, 1).Code("ilar").U64(2).U64(8).Code("full").Ids(0)).Message.ShouldContain("expected 2 elements, found 1");
        Refused(IndexBytes.Ivf(2, 1L << 62, 1).Code("ilar").U64(1UL << 62).U64(8).Code("full").U64(1UL << 62)).ErrorId.ShouldBe("IndexTruncated");
    }

    [Fact]
    public void A_header_that_disagrees_with_its_lists_is_told_and_the_lists_believed()
    {
        IndexDescription description = Described(IndexBytes.Ivf(2, 1, 7).Code("ilar").U64(1).U64(8).Code("full").Ids(2).Bytes(new byte[16]).Raw(1, 2));
        description.Count.ShouldBe(2);
        description.Warnings.ShouldHaveSingleItem().ShouldContain("states 7 vectors, but its inverted lists contain 2");
    }

    [Fact]
    public void Bytes_after_the_index_are_told()
    {
        IndexDescription description = Described(IndexBytes.Flat(2, [1, 2]).Append(IndexBytes.Flat(2, [3, 4, 5, 6])));
        description.Count.ShouldBe(1);
        description.TrailingBytes.ShouldBe(61);
        description.Warnings.ShouldHaveSingleItem().ShouldContain("61 more bytes");
    }

    [Fact]
    public void An_id_map_of_another_length_is_refused()
    {
        IndexBytes flat = IndexBytes.Flat(2, [1, 2, 3, 4]);
        Refused(new IndexBytes().Header("IxMp", 2, 2).Append(flat).Ids(1))
            .Message.ShouldContain("field 'id_map' of IndexIDMap, expected an id for each of 2 vectors, found 1 ids");
        Refused(new IndexBytes().Header("IxMp", 3, 2).Append(flat).Ids(1, 2)).Message.ShouldContain("expected dimension 3, found 2");
        Refused(new IndexBytes().Header("IxMp", 2, 2).Code("null")).Message.ShouldContain("expected an index, found 'null'");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void An_inner_id_outside_the_id_map_is_refused_when_it_is_read(long inner)
    {
        IndexBytes ivf = IndexBytes.Ivf(2, 1, 2).Code("ilar").U64(1).U64(8).Code("full").Ids(2).Bytes(new byte[16]).Raw(0, inner);
        using IVectorSource source = FaissIndex.Open(folder.Write("index.faiss", new IndexBytes().Header("IxMp", 2, 2).Append(ivf).Ids(70, 71).ToArray()));
        long[] ids = new long[2];
        MigrationException error = Should.Throw<MigrationException>(() => source.ReadIds(0, ids, CancellationToken.None));
        error.ErrorId.ShouldBe("IdOutOfRange");
        error.Message.ShouldContain($"at offset 208, field 'id' of vector 1, expected an inner id within the id map of 2 ids, found {inner}");
        Should.Throw<MigrationException>(() => source.Read(1, 1, CancellationToken.None)).ErrorId.ShouldBe("IdOutOfRange");
        source.ReadIds(0, ids.AsSpan(0, 1), CancellationToken.None).ShouldBe(1);
        ids[0].ShouldBe(70);
    }

    [Fact]
    public void Id_maps_nest()
    {
        IndexBytes inner = new IndexBytes().Header("IxMp", 2, 2).Append(IndexBytes.Flat(2, [1, 2, 3, 4])).Ids(1, 0);
        using IVectorSource source = FaissIndex.Open(folder.Write("index.faiss", new IndexBytes().Header("IxM2", 2, 2).Append(inner).Ids(500, 600).ToArray()));
        source.Description.Kind.ShouldBe("IDMap2(IDMap(Flat))");
        using VectorBatch batch = source.Read(0, 5, CancellationToken.None);
        batch.FaissIds.ToArray().ShouldBe([600, 500]);
        batch.Components.ToArray().ShouldBe([1f, 2f, 3f, 4f]);
    }

    [Theory]
    [InlineData(0, 0f, Distance.Dot)]
    [InlineData(1, 0f, Distance.Euclid)]
    [InlineData(2, 0f, Distance.Manhattan)]
    [InlineData(4, 1f, Distance.Manhattan)]
    [InlineData(4, 2f, Distance.Euclid)]
    [InlineData(4, 3f, null)]
    [InlineData(4, float.NaN, null)]
    [InlineData(3, 0f, null)]
    [InlineData(23, 0f, null)]
    [InlineData(77, 0f, null)]
    [InlineData(-3, 0f, null)]
    public void The_metric_decides_the_distance_and_unknown_ones_are_described(int metric, float argument, Distance? distance)
    {
        IndexDescription description = Described(IndexBytes.Flat(2, [1, 2], metric, argument, "IxFl"));
        description.Metric.ShouldBe((FaissMetric)metric);
        description.Distance.ShouldBe(distance);
        description.MetricArgument.ShouldBe(argument);
    }

    [Fact]
    public void A_bool_is_0_or_1()
    {
        byte[] bytes = IndexBytes.Flat(2, [1, 2]).ToArray();
        bytes[32] = 2;
        Should.Throw<MigrationException>(() => FaissIndex.Describe(folder.Write("index.faiss", bytes)))
            .Message.ShouldContain("at offset 32, field 'is_trained' of IndexFlat, expected 0 or 1, found 2");
    }

    public void Dispose() => folder.Dispose();

    private IndexDescription Described(IndexBytes index) => FaissIndex.Describe(folder.Write("index.faiss", index.ToArray()));

    private MigrationException Refused(IndexBytes index)
    {
        string path = folder.Write("index.faiss", index.ToArray());
        long before = GC.GetAllocatedBytesForCurrentThread();
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Describe(path));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
        return error;
    }
}
