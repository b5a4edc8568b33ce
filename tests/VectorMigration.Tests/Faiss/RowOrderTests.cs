namespace VectorMigration.Tests.Faiss;

/// <summary>The rule of docs/payloads.md by kind of index, against files that FAISS filled with the same vectors in the same order.</summary>
public sealed class RowOrderTests
{
    [Theory]
    [InlineData("flat_l2", RowOrder.Position)]
    [InlineData("hnsw_flat", RowOrder.Position)]
    [InlineData("idmap_flat", RowOrder.Position)]
    [InlineData("idmap2_flat", RowOrder.Position)]
    [InlineData("idmap_hnsw", RowOrder.Position)]
    [InlineData("idmap_after_remove", RowOrder.Position)]
    [InlineData("ivfflat_l2", RowOrder.Id)]
    [InlineData("ivfflat_ids", RowOrder.Id)]
    [InlineData("ivfflat_dedup", RowOrder.Id)]
    [InlineData("ivfpq6x8", RowOrder.Id)]
    [InlineData("ivf_fs_ids", RowOrder.Id)]
    [InlineData("bin_ivf", RowOrder.Id)]
    [InlineData("bin_idmap", RowOrder.Position)]
    [InlineData("idmap_ivfflat", RowOrder.InnerId)]
    [InlineData("idmap2_pretransform_ivf", RowOrder.InnerId)]
    [InlineData("idmap_pretransform", RowOrder.Position)]
    [InlineData("idmap_refine", RowOrder.Position)]
    [InlineData("refine_ivfpqfs_flat", RowOrder.Position)]
    [InlineData("vt_rr24_flat", RowOrder.Position)]
    public void The_rule_of_a_kind_is_told_though_its_vectors_may_not_be_read(string name, RowOrder order) =>
        FaissIndex.Describe(Fixture.Of("faiss-1.7.3/" + name).IndexPath).RowOrder.ShouldBe(order);

    [Theory]
    [InlineData("flat_l2")]
    [InlineData("hnsw_flat")]
    [InlineData("idmap_flat")]
    [InlineData("idmap_hnsw")]
    [InlineData("ivfflat_l2")]
    [InlineData("ivfflat_directmap_array")]
    [InlineData("ivfflat_hnsw_quantizer")]
    [InlineData("idmap_ivfflat")]
    public void The_row_of_a_vector_is_the_one_it_was_added_as(string name)
    {
        float[] added = Fixture.Of("faiss-1.7.3/flat_l2").Vectors();
        using IVectorSource source = FaissIndex.Open(Fixture.Of("faiss-1.7.3/" + name).IndexPath);
        int dimension = source.Description.Dimension;
        int count = (int)source.Description.Count;
        long[] rows = new long[count];
        // In parts, so that reading begins in the middle of lists too.
        for (int at = 0; at < count; at += 37)
        {
            source.ReadRows(at, rows.AsSpan(at, Math.Min(37, count - at)), default).ShouldBe(Math.Min(37, count - at));
        }

        using VectorBatch batch = source.Read(0, count, default);
        rows.Order().ShouldBe(Enumerable.Range(0, count).Select(static row => (long)row));
        for (int ordinal = 0; ordinal < count; ordinal++)
        {
            batch.Vector(ordinal).SequenceEqual(added.AsSpan((int)rows[ordinal] * dimension, dimension)).ShouldBeTrue($"ordinal {ordinal}");
        }
    }
}
