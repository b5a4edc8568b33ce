namespace VectorMigration.Tests;

public sealed class SampleChoiceTests
{
    [Theory]
    [InlineData(1_000, 10)]
    [InlineData(1_000, 900)]
    [InlineData(1_000, 5_000)]
    public void Picks_ascend_without_repetition_within_the_range(int count, int size)
    {
        HashSet<long> without = [100, 150, 1_099];
        long[] picked = SampleChoice.Pick(100, count, without, size, seed: 3);
        picked.Length.ShouldBe(Math.Min(size, count - 3));
        picked.ShouldBe(picked.Distinct().Order());
        picked.ShouldAllBe(ordinal => ordinal >= 100 && ordinal < 100 + count && !without.Contains(ordinal));
        SampleChoice.Pick(100, count, without, size, seed: 3).ShouldBe(picked);
    }

    /// <summary>Against the definition, by multiplying out the probability that none of the picked ones is bad.</summary>
    [Theory]
    [InlineData(100, 30)]
    [InlineData(10_000, 500)]
    [InlineData(1_000_000, 300)]
    public void The_bound_is_the_exact_hypergeometric_one(long population, long size)
    {
        long bound = SampleChoice.MostBad(population, size, bad: 0);
        NoneBad(population, size, bound).ShouldBeGreaterThan(0.05);
        NoneBad(population, size, bound + 1).ShouldBeLessThanOrEqualTo(0.05);
    }

    [Fact]
    public void The_rule_of_three_holds_for_large_collections()
    {
        SampleResult result = SampleChoice.Judge(1_000_000_000, 10_000, 0, seed: 1);
        (result.AtMost / 1e9).ShouldBe(3.0 / 10_000, tolerance: 1e-6);
        result.Statement.ShouldBe("With 95 % confidence, fewer than 0.03 % of all 1,000,000,000 points (at most 299,526) are missing or different. 10,000 "
            + "were compared, chosen at random (seed 1); missing or different: 0.");
    }

    [Fact]
    public void Faults_widen_the_bound_and_a_census_has_none()
    {
        SampleChoice.MostBad(10_000, 500, 5).ShouldBeGreaterThan(100);
        SampleChoice.MostBad(10_000, 500, 500).ShouldBe(10_000);
        SampleChoice.Judge(500, 500, 3, seed: 1).AtMost.ShouldBe(3);
    }

    private static double NoneBad(long population, long size, long bad)
    {
        double probability = 1;
        for (long i = 0; i < size; i++)
        {
            probability *= (double)(population - bad - i) / (population - i);
        }

        return Math.Max(0, probability);
    }
}
