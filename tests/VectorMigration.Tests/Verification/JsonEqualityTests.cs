using System.Text;

namespace VectorMigration.Tests.Verification;

public sealed class JsonEqualityTests
{
    [Theory]
    [InlineData("13570027672830659665", "13570027672830659666", false)]
    [InlineData("13570027672830659665", "1.357002767283066E+19", false)]
    [InlineData("13570027672830659666", "1.357002767283066E+19", false)]
    [InlineData("13570027672830658560", "1.357002767283066E+19", false)]
    [InlineData("9223372036854775808", "9.223372036854775808E+18", true)]
    [InlineData("9007199254740993", "9007199254740992.0", false)]
    [InlineData("9007199254740993", "9007199254740993", true)]
    [InlineData("5", "5.0", true)]
    [InlineData("5.0", "5", true)]
    [InlineData("5", "5.5", false)]
    [InlineData("0.1", "0.1000000000000000055", true)]
    [InlineData("1e3", "1000.0", true)]
    [InlineData("-0", "0", true)]
    [InlineData("1", "\"1\"", false)]
    public void Numbers_are_equal_only_where_they_are(string left, string right, bool same) =>
        JsonEquality.SamePayload(Encoding.UTF8.GetBytes($$"""{"x":{{left}}}"""), $$"""{"x":{{right}}}""").ShouldBe(same);
}
