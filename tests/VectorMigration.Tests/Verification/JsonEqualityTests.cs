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
    [InlineData("9007199254740992", "9007199254740992.0", false)]
    [InlineData("9007199254740992.0", "9007199254740992", false)]
    [InlineData("5", "5.0", false)]
    [InlineData("5.0", "5", false)]
    [InlineData("0", "-0.0", false)]
    [InlineData("5", "5.5", false)]
    [InlineData("0.1", "0.1000000000000000055", true)]
    [InlineData("1e3", "1000.0", true)]
    [InlineData("-0", "0", true)]
    [InlineData("1", "\"1\"", false)]
    public void Numbers_are_equal_only_where_they_are(string left, string right, bool same) =>
        JsonEquality.SamePayload(Encoding.UTF8.GetBytes($$"""{"x":{{left}}}"""), Encoding.UTF8.GetBytes($$"""{"x":{{right}}}"""), out _).ShouldBe(same);

    /// <summary>The numbers are those that a server 1.16.3 was seen to return.</summary>
    [Theory]
    [InlineData("90.33333333333333", "90.33333333333331", true)]
    [InlineData("-90.33333333333333", "-90.33333333333331", true)]
    [InlineData("90.33333333333333", "90.33333333333333", true)]
    [InlineData("90.33333333333333", "90.33333333333336", false)]
    [InlineData("90.33333333333333", "90.33333333333330", false)]
    [InlineData("90.33", "90.33000000000001", false)]
    [InlineData("1e-7", "1.0000000000000001e-7", false)]
    [InlineData("2.5e300", "2.5000000000000003e300", false)]
    [InlineData("0.5", "-0.5", false)]
    public void A_double_may_come_back_as_the_server_reads_it_and_as_nothing_else(string sent, string read, bool same)
    {
        JsonEquality.SamePayload(Encoding.UTF8.GetBytes($$"""{"x":[{{sent}}]}"""), Encoding.UTF8.GetBytes($$"""{"x":[{{read}}]}"""), out int rounded)
            .ShouldBe(same);
        rounded.ShouldBe(same && sent != read ? 1 : 0);
    }

    [Theory]
    [InlineData("a\\n\\u00e9\\ud83d\\ude00\\/", "a\\u000aé😀/", true)]
    [InlineData("\\u00E9", "\\u00e9", true)]
    [InlineData("a", "ab", false)]
    [InlineData("\\\"", "\\u0022", true)]
    [InlineData("\\\\u0041", "A", false)]
    [InlineData("é", "e", false)]
    [InlineData("😀", "😁", false)]
    public void Texts_are_equal_however_they_are_escaped(string left, string right, bool same) =>
        JsonEquality.SamePayload(Encoding.UTF8.GetBytes($$"""{"x":"{{left}}"}"""), Encoding.UTF8.GetBytes($$"""{"x":"{{right}}"}"""), out _).ShouldBe(same);

    [Theory]
    [InlineData("""{"faiss_id":5}""", true)]
    [InlineData("""{"a":{"faiss_id":5}}""", false)]
    [InlineData("""{"faiss_id":5.0}""", false)]
    [InlineData("""{"faiss_id":"5"}""", false)]
    [InlineData("""{"faiss_id":4,"faiss_id":5}""", true)]
    [InlineData("", false)]
    public void A_number_is_looked_for_among_the_fields_of_the_object_itself(string payload, bool has) =>
        JsonEquality.HasNumber(Encoding.UTF8.GetBytes(payload), "faiss_id", 5).ShouldBe(has);
}
