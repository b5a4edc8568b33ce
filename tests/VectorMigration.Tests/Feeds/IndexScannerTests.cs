namespace VectorMigration.Tests;

public sealed class IndexScannerTests
{
    [Fact]
    public void Everything_a_migration_will_meet_is_found()
    {
        using var source = new MemorySource(40_000, 5, i => i == 39_999 ? 17 : i - 2);
        source.Vector(100).Clear();
        source.Vector(35_000)[3] = float.NegativeInfinity;
        source.Vector(36_000)[4] = float.NaN;
        for (int i = 200; i < 300; i++)
        {
            source.Vector(i).Clear();
            source.Vector(i)[i % 5] = i % 2 == 0 ? 1 : -1;
        }

        long told = 0;
        IndexScan scan = new IndexScanner(source).Run(done => told = done, default);
        told.ShouldBe(40_000);
        scan.LeastId.ShouldBe(-2);
        scan.GreatestId.ShouldBe(39_996);
        scan.NegativeIds.ShouldBe(2);
        scan.FirstNegativeIds.ShouldBe([new IdOccurrence(-2, 0), new IdOccurrence(-1, 1)]);
        scan.DuplicateIds.ShouldBe(1);
        scan.FirstDuplicateIds.ShouldBe([new IdOccurrence(17, 39_999)]);
        scan.NonFinite.ShouldBe(2);
        scan.FirstNonFinite.ShouldBe([new VectorOccurrence(35_000, 34_998, double.NegativeInfinity), new VectorOccurrence(36_000, 35_998, double.NaN)]);
        scan.ZeroNorms.ShouldBe(1);
        scan.FirstZeroNorms.Single().Ordinal.ShouldBe(100);
        scan.UnitNorms.ShouldBe(100);
        scan.LeastNorm.ShouldBe(0);
        scan.Advice.Count.ShouldBe(4);
    }

    [Fact]
    public void An_empty_index_is_scanned_too()
    {
        using var source = new MemorySource(0);
        IndexScan scan = new IndexScanner(source).Run(null, default);
        scan.Count.ShouldBe(0);
        scan.LeastId.ShouldBeNull();
        scan.LeastNorm.ShouldBeNull();
        scan.Advice.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(33)]
    public void Norms_do_not_overflow(int dimension)
    {
        float[] vector = [.. Enumerable.Repeat(3e38f, dimension)];
        Norms.Of(vector).ShouldBe(3e38 * Math.Sqrt(dimension), 1e32);
    }

    [Fact]
    public void Unit_inner_product_indexes_are_proposed_for_cosine()
    {
        using var source = new MemorySource(10, 4, metric: FaissMetric.InnerProduct, distance: Distance.Dot);
        for (int i = 0; i < 10; i++)
        {
            source.Vector(i).Clear();
            source.Vector(i)[i % 4] = 1;
        }

        new IndexScanner(source).Run(null, default).Advice.Single().ShouldContain("-Distance Cosine");
    }
}
