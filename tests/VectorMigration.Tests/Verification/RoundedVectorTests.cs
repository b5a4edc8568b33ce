namespace VectorMigration.Tests;

/// <summary>What rounding to 16 bits leaves of a vector, and what it loses.</summary>
public sealed class RoundedVectorTests
{
    [Theory]
    [InlineData(0.1f, 0.099975586f, true)]
    [InlineData(0.1f, 0.1f, false)]
    [InlineData(1f, 1f, true)]
    [InlineData(-0f, 0f, false)]
    [InlineData(2049f, 2048f, true)]
    [InlineData(2051f, 2052f, true)]
    [InlineData(65_504f, 65_504f, true)]
    [InlineData(1e6f, float.PositiveInfinity, false)]
    [InlineData(-7e4f, float.NegativeInfinity, false)]
    [InlineData(1e-9f, 0f, true)]
    [InlineData(6e-8f, 5.9604645e-8f, true)]
    public void A_component_is_the_same_if_it_is_the_nearest_half(float source, float stored, bool same) =>
        VectorComparison.SameHalves([1, source], [1, stored]).ShouldBe(same);

    [Fact]
    public void The_greatest_difference_is_told() => VectorComparison.Deviation([1, 2, 3], [1, 2.5f, 2.75f]).ShouldBe(0.5);
}
