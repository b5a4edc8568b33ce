namespace VectorMigration.Tests.Faiss.Codecs;

/// <summary>Centroids by number, and the tables that no file holds.</summary>
public sealed class CentroidsTests
{
    /// <summary>Point i of a MultiIndexQuantizer: its m-th part is the entry that the m-th field of i names, the lowest first.</summary>
    [Fact]
    public void Numbers_are_codes_where_no_centroid_is_stored()
    {
        float[] tables = Differences.Numbers(new Random(3), 6 << 3);
        var centroids = new CodedCentroids(new ProductCodec(6, 2, 3, tables), 64);
        float[] centroid = new float[6];
        for (int list = 0; list < 64; list++)
        {
            centroids.Read(list, centroid);
            centroid.ShouldBe([.. tables.Skip((list & 7) * 3).Take(3), .. tables.Skip((8 + (list >> 3)) * 3).Take(3)]);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => centroids.Read(64, centroid));
        Should.Throw<ArgumentOutOfRangeException>(() => centroids.Read(-1, centroid));
    }

    [Fact]
    public void Centroids_in_memory_are_rows()
    {
        var centroids = new ArrayCentroids([1, 2, 3, 4], 2);
        float[] centroid = new float[2];
        centroids.Read(1, centroid);
        centroid.ShouldBe([3, 4]);
        centroids.Count.ShouldBe(2);
        Should.Throw<ArgumentOutOfRangeException>(() => centroids.Read(2, centroid));
    }

    [Fact]
    public void A_code_of_a_list_that_does_not_exist_is_refused()
    {
        var codec = new TwoLayerCodec(new ArrayCentroids([1, 2, 3, 4], 2), 1, new ProductCodec(2, 1, 4, new float[32]));
        Should.Throw<ArgumentOutOfRangeException>(() => codec.Decode(new byte[] { 2, 0 }, new float[2]));
        float[] vector = new float[2];
        codec.Decode(new byte[] { 1, 0 }, vector);
        vector.ShouldBe([3, 4]);
    }

    /// <summary>The best table: each entry is the mean of what lies nearer to it than to others. Up to four bits FAISS has it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Tables_of_the_normal_distribution_are_optimal(int bits)
    {
        float[] table = NormalTables.Of(bits);
        for (int i = table.Length / 2; i < table.Length; i++)
        {
            double low = (table[i - 1] + (double)table[i]) / 2;
            double high = i + 1 < table.Length ? (table[i] + (double)table[i + 1]) / 2 : 12;
            Mean(low, high).ShouldBe(table[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Tables_ascend_and_mirror(int bits)
    {
        float[] table = NormalTables.Of(bits);
        table.Length.ShouldBe(1 << bits);
        table.ShouldBe(table.Order());
        table.Distinct().Count().ShouldBe(table.Length);
        table.ShouldBe(table.Reverse().Select(static entry => -entry));
    }

    /// <summary>Mean of a normal distribution between two bounds, by Simpson's rule.</summary>
    private static double Mean(double low, double high)
    {
        const int Steps = 20_000;
        double step = (high - low) / Steps;
        double mass = 0;
        double moment = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double x = low + (i * step);
            double weight = (i is 0 or Steps ? 1 : i % 2 == 0 ? 2 : 4) * Math.Exp(-x * x / 2);
            mass += weight;
            moment += weight * x;
        }

        return moment / mass;
    }
}
