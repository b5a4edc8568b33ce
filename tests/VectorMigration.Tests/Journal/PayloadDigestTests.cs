using System.Text;

namespace VectorMigration.Tests;

/// <summary>A hashtable of a script has another order of keys in each process: a resumed pipeline must find its payloads unchanged.</summary>
public sealed class PayloadDigestTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[1,2]}""", """{"b":[1,2],"a":1}""", true)]
    [InlineData("""{"a":{"x":1,"y":2},"b":null}""", """{ "b": null, "a": { "y": 2, "x": 1 } }""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"a":1}""", """{"a":1.0}""", false)]
    [InlineData("""{"a":1}""", """{"a":"1"}""", false)]
    [InlineData("""{"a":1}""", """{"b":1}""", false)]
    [InlineData("""{"a":1,"b":2}""", """{"a":2,"b":1}""", false)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"a":[[1],2]}""", """{"a":[1,[2]]}""", false)]
    [InlineData("""{"a":[]}""", """{"a":{}}""", false)]
    [InlineData("""{"a":{"b":1}}""", """{"a":{},"b":1}""", false)]
    [InlineData("""{"a":true}""", """{"a":false}""", false)]
    [InlineData("""{"a":null}""", "{}", false)]
    [InlineData("{}", "", false)]
    public void Only_the_order_of_keys_makes_no_difference(string left, string right, bool same) => Hex(left).Equals(Hex(right), StringComparison.Ordinal)
        .ShouldBe(same);

    private static string Hex(string json)
    {
        byte[] digest = new byte[PayloadDigest.Length];
        PayloadDigest.Of(Encoding.UTF8.GetBytes(json), digest);
        return Convert.ToHexString(digest);
    }
}
