using System.Buffers;
using System.Text;

namespace VectorMigration.Tests.Feeds;

/// <summary>Types that fields get, and values that cannot have them.</summary>
public sealed class PayloadConversionTests
{
    [Theory]
    [InlineData("integer", "5", "5")]
    [InlineData("integer", "\"-12\"", "-12")]
    [InlineData("integer", "5.0", "5")]
    [InlineData("integer", "\"1e3\"", "1000")]
    [InlineData("integer", "\"9223372036854775807\"", "9223372036854775807")]
    [InlineData("integer", "null", "null")]
    [InlineData("integer", "[\"1\",2,null]", "[1,2,null]")]
    [InlineData("float", "5", "5.0")]
    [InlineData("float", "\"2.50\"", "2.5")]
    [InlineData("float", "\"-1e-7\"", "-1E-07")]
    [InlineData("float", "9007199254740994", "9007199254740994.0")]
    [InlineData("bool", "true", "true")]
    [InlineData("bool", "\"False\"", "false")]
    [InlineData("bool", "1", "true")]
    [InlineData("bool", "\"0\"", "false")]
    [InlineData("datetime", "\"2024-02-29\"", "\"2024-02-29T00:00:00Z\"")]
    [InlineData("datetime", "\"2024-02-29T10:49\"", "\"2024-02-29T10:49:00Z\"")]
    [InlineData("datetime", "\"2024-02-29 10:49:01\"", "\"2024-02-29T10:49:01Z\"")]
    [InlineData("datetime", "\"2024-02-29T10:49:01.123456789+01:30\"", "\"2024-02-29T10:49:01.123456789+01:30\"")]
    [InlineData("datetime", "\"2024-02-29t10:49:01z\"", "\"2024-02-29T10:49:01Z\"")]
    [InlineData("unix", "0", "\"1970-01-01T00:00:00Z\"")]
    [InlineData("unix", "1700000000", "\"2023-11-14T22:13:20Z\"")]
    [InlineData("unix", "\"1700000000.25\"", "\"2023-11-14T22:13:20.25Z\"")]
    [InlineData("unix", "-1", "\"1969-12-31T23:59:59Z\"")]
    [InlineData("keyword", "1.50", "\"1.50\"")]
    [InlineData("keyword", "true", "\"true\"")]
    [InlineData("text", "\"a\\u0062\"", "\"a\\u0062\"")]
    [InlineData("text", "[1,\"b\"]", "[\"1\",\"b\"]")]
    [InlineData("array", "[1, {\"a\":2}]", "[1, {\"a\":2}]")]
    [InlineData("array", "\"[1, \\\"b\\\"]\"", "[1, \"b\"]")]
    [InlineData("array", "null", "null")]
    [InlineData("geo", "{\"lat\":52.5,\"lon\":-13.4}", "{\"lon\":-13.4,\"lat\":52.5}")]
    [InlineData("geo", "\"52.5, 13.4\"", "{\"lon\":13.4,\"lat\":52.5}")]
    [InlineData("geo", "[13.4,52.5]", "{\"lon\":13.4,\"lat\":52.5}")]
    [InlineData("geo", "[[13.4,52.5],\"1,2\",{\"lon\":3,\"lat\":4}]", "[{\"lon\":13.4,\"lat\":52.5},{\"lon\":2,\"lat\":1},{\"lon\":3,\"lat\":4}]")]
    public void A_value_gets_its_type(string type, string value, string expected)
    {
        ArrayBufferWriter<byte> output = new();
        Take(type, value, output).ShouldBeNull();
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe($$"""{"a":0,"m":{"v":{{expected}}},"z":1}""");
    }

    [Theory]
    [InlineData("integer", "1.5", "another number")]
    [InlineData("integer", "\"5 \"", "another string")]
    [InlineData("integer", "\"\"", "another string")]
    [InlineData("integer", "true", "true or false")]
    [InlineData("integer", "{}", "an object")]
    [InlineData("integer", "[1,[2]]", "an array in an array as an element of an array")]
    [InlineData("integer", "\"9223372036854775808\"", "another string")]
    [InlineData("integer", "9007199254740993.0", "another number")]
    [InlineData("integer", "1e300", "another number")]
    [InlineData("float", "9007199254740993", "another number")]
    [InlineData("float", "\"NaN\"", "another string")]
    [InlineData("float", "\"Infinity\"", "another string")]
    [InlineData("float", "\"1,5\"", "another string")]
    [InlineData("float", "\"1e400\"", "another string")]
    [InlineData("bool", "2", "another number")]
    [InlineData("bool", "\"yes\"", "another string")]
    [InlineData("bool", "\" true\"", "another string")]
    [InlineData("datetime", "1700000000", "another number")]
    [InlineData("datetime", "\"2023-02-29\"", "another string")]
    [InlineData("datetime", "\"2023-02-28T24:00:00Z\"", "another string")]
    [InlineData("datetime", "\"2023-02-28T10:00:00+0100\"", "another string")]
    [InlineData("datetime", "\"2023-02-28T10:00.5Z\"", "another string")]
    [InlineData("datetime", "\"2023-02-28T10:00:00.Z\"", "another string")]
    [InlineData("datetime", "\"28.02.2023\"", "another string")]
    [InlineData("datetime", "\"2023-02-28T\"", "another string")]
    [InlineData("unix", "\"2023-02-28\"", "another string")]
    [InlineData("unix", "1700000000000", "another number")]
    [InlineData("unix", "1e30", "another number")]
    [InlineData("keyword", "{\"a\":1}", "an object")]
    [InlineData("array", "\"a,b\"", "another string")]
    [InlineData("array", "\"[1\"", "another string")]
    [InlineData("array", "\"[1] 2\"", "another string")]
    [InlineData("array", "\"{}\"", "another string")]
    [InlineData("array", "5", "another number")]
    [InlineData("geo", "{\"lat\":91,\"lon\":0}", "an object")]
    [InlineData("geo", "{\"lat\":1}", "an object")]
    [InlineData("geo", "{\"lat\":1,\"lon\":2,\"alt\":3}", "an object")]
    [InlineData("geo", "{\"lat\":\"1\",\"lon\":2}", "an object")]
    [InlineData("geo", "[1,2,3]", "an array")]
    [InlineData("geo", "[1]", "an array")]
    [InlineData("geo", "\"1;2\"", "another string")]
    [InlineData("geo", "\"1,181\"", "another string")]
    [InlineData("geo", "7", "another number")]
    public void A_value_that_cannot_have_its_type_is_refused_by_its_place_and_not_shown(string type, string value, string found)
    {
        RowFault fault = Take(type, value, new ArrayBufferWriter<byte>()).ShouldNotBeNull();
        fault.ErrorId.ShouldBe("PayloadTypeMismatch");
        fault.Found.ShouldEndWith($", found {found} in 'm.v'");
        fault.Found.ShouldStartWith("expected ");
        fault.Action.ShouldContain("-PayloadType");
    }

    [Theory]
    [InlineData("\"[18446744073709551616]\"", "PayloadIntegerTooLarge")]
    [InlineData("\"[1e400]\"", "PayloadRowInvalid")]
    [InlineData("\"[\\\"\\\\ud800\\\"]\"", "PayloadRowInvalid")]
    public void What_a_text_becomes_as_an_array_is_judged_as_all_payloads_are(string value, string errorId) =>
        Take("array", value, new ArrayBufferWriter<byte>()).ShouldNotBeNull().ErrorId.ShouldBe(errorId);

    private static RowFault? Take(string type, string value, ArrayBufferWriter<byte> output) =>
        new PayloadRows(new PayloadRules { Mapping = PayloadMappingTests.Make(types: [("m.v", type)]) })
            .Take(Encoding.UTF8.GetBytes($$"""{"a":0,"m":{"v":{{value}}},"z":1}"""), output, out _);
}
