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
        JsonEquality.SamePayload(Encoding.UTF8.GetBytes($$"""{"x":{{left}}}"""), Encoding.UTF8.GetBytes($$"""{"x":{{right}}}""")).ShouldBe(same);

    [Theory]
    [InlineData("a\\n\\u00e9\\ud83d\\ude00\\/", "a\\u000aé😀/", true)]
    [InlineData("\\u00E9", "\\u00e9", true)]
    [InlineData("a", "ab", false)]
    [InlineData("\\\"", "\\u0022", true)]
    [InlineData("\\\\u0041", "A", false)]
    [InlineData("é", "e", false)]
    [InlineData("😀", "😁", false)]
    public void Texts_are_equal_however_they_are_escaped(string left, string right, bool same) =>
        JsonEquality.SamePayload(Encoding.UTF8.GetBytes($$"""{"x":"{{left}}"}"""), Encoding.UTF8.GetBytes($$"""{"x":"{{right}}"}""")).ShouldBe(same);

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
