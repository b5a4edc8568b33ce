namespace VectorMigration.Tests;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(0.83, "17 % less time")]
    [InlineData(1.004, "the same time")]
    [InlineData(1.05, "5 % more time")]
    [InlineData(2.4, "2.4 times as long")]
    [InlineData(0.001, "99 % less time")]
    public void A_ratio_of_durations_is_said_plainly(double ratio, string words) => Units.Longer(ratio).ShouldBe(words);
}
