using System.Buffers;
using System.Text;
using System.Text.Json;

namespace VectorMigration.Tests.Feeds;

/// <summary>What a mapping makes of payloads.</summary>
public sealed class PayloadMapperTests
{
    private const string Document =
        """{"page_content":"text","metadata":{"source":"a.txt","year":"1999","loc":{"lines":{"from":1,"to":9}},"tags":["x",{"y":1}]},"extra":{}}""";

    [Theory]
    [InlineData("page_content", """{"page_content":"text"}""")]
    [InlineData("metadata.source,page_content", """{"page_content":"text","metadata":{"source":"a.txt"}}""")]
    [InlineData("metadata.loc", """{"metadata":{"loc":{"lines":{"from":1,"to":9}}}}""")]
    [InlineData("metadata.loc.*", """{"metadata":{"loc":{"lines":{"from":1,"to":9}}}}""")]
    [InlineData("metadata.loc.lines.to", """{"metadata":{"loc":{"lines":{"to":9}}}}""")]
    [InlineData("page_content.*", "{}")]
    [InlineData("page_content.a", "{}")]
    [InlineData("none,metadata.none", "{}")]
    [InlineData("extra", """{"extra":{}}""")]
    public void Only_the_selected_fields_go(string fields, string expected) =>
        Mapped(PayloadMappingTests.Make(fields.Split(',')), Document).ShouldBe(expected);

    [Theory]
    [InlineData("metadata", """{"page_content":"text","extra":{}}""")]
    [InlineData("metadata.*", """{"page_content":"text","extra":{}}""")]
    [InlineData("metadata.loc,metadata.tags,metadata.year", """{"page_content":"text","metadata":{"source":"a.txt"},"extra":{}}""")]
    [InlineData("metadata.loc.lines.from,metadata.tags,page_content,extra", """{"metadata":{"source":"a.txt","year":"1999","loc":{"lines":{"to":9}}}}""")]
    public void Excluded_fields_do_not_go(string fields, string expected) =>
        Mapped(PayloadMappingTests.Make(excluded: fields.Split(',')), Document).ShouldBe(expected);

    /// <summary>NaN is not JSON, but Python writes it. A field that is left out may have it.</summary>
    [Theory]
    [InlineData("""{"a":1,"score":NaN}""", """{"a":1}""")]
    [InlineData("""{"score":-Infinity,"a":"NaN"}""", """{"a":"NaN"}""")]
    [InlineData("""{"score":{"x":[1,NaN]},"a":"\\"}""", """{"a":"\\"}""")]
    [InlineData("""{"a":1,"score":1e999}""", """{"a":1}""")]
    [InlineData("""{"a":NaN,"score":1}""", "NaN at byte 6")]
    [InlineData("""{"a":1e999,"score":NaN}""", "NaN at byte 20")]
    [InlineData("""{"a":1,"score":NaN""", "NaN at byte 16")]
    [InlineData("""{"a":1e999}""", "in 'a' the number 1e999")]
    public void What_is_no_number_goes_only_where_its_field_is_left_out(string row, string expected)
    {
        PayloadRows rows = new(new PayloadRules { Mapping = PayloadMappingTests.Make(excluded: ["score"]) });
        ArrayBufferWriter<byte> output = new();
        RowFault? fault = rows.Take(Encoding.UTF8.GetBytes(row), output, out RowFindings found);
        rows.Judge(Encoding.UTF8.GetBytes(row), out _).ShouldBe(fault);
        (fault?.Found ?? Encoding.UTF8.GetString(output.WrittenSpan)).ShouldContain(expected);
        (fault is null || output.WrittenCount == 0).ShouldBeTrue();
        found.Changes.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"a":1,"m":{"x":2,"y":3}}""", "m.x=x", """{"a":1,"x":2,"m":{"y":3}}""")]
    [InlineData("""{"m":{"x":2},"a":1}""", "m.x=x", """{"x":2,"a":1}""")]
    [InlineData("""{"a":1,"m":{"x":2}}""", "a=m.a", """{"m":{"a":1,"x":2}}""")]
    [InlineData("""{"m":{"x":2},"a":1}""", "a=m.a", """{"m":{"x":2,"a":1}}""")]
    [InlineData("""{"m":{},"a":1}""", "a=m.a", """{"m":{"a":1}}""")]
    [InlineData("""{"a":1}""", "a=m.n.a", """{"m":{"n":{"a":1}}}""")]
    [InlineData("""{"a":1,"b":2}""", "a=b,b=a", """{"b":1,"a":2}""")]
    [InlineData("""{"m":{"x":1,"n":{"y":2}}}""", "m=meta", """{"meta":{"x":1,"n":{"y":2}}}""")]
    [InlineData("""{"m":{"x":1},"t":2}""", "m=meta,t=meta.t", """{"meta":{"x":1,"t":2}}""")]
    [InlineData("""{"t":2,"m":{"x":1}}""", "m=meta,t=meta.t", """{"meta":{"t":2,"x":1}}""")]
    [InlineData("""{"t":2,"m":{"n":{"x":1}}}""", "m=meta,t=meta.n.t", """{"meta":{"n":{"t":2,"x":1}}}""")]
    [InlineData("""{"m":{"x":1,"y":2}}""", "m=meta,m.y=y", """{"meta":{"x":1},"y":2}""")]
    [InlineData("""{"m":{"x":1}}""", "m=m.old", """{"m":{"old":{"x":1}}}""")]
    [InlineData("""{"m":{"s":1},"s":2}""", "m.s=t,s=m", """{"t":1,"m":2}""")]
    [InlineData("""{"a.b":1,"a":{"b":2}}""", "\"a.b\"=c", """{"c":1,"a":{"b":2}}""")]
    [InlineData("""{"\u0061":1}""", "a=b\"", "")]
    [InlineData("""{"\u0061":1}""", "a=\"q\"r\"", """{"q\"r":1}""")]
    [InlineData("""{"x":1}""", "none=y", """{"x":1}""")]
    [InlineData("""{"e":{},"a":{"b":{}}}""", "a.b=c", """{"e":{},"c":{}}""")]
    public void Renamed_fields_go_where_they_are_told(string row, string renames, string expected)
    {
        (string, string)[] pairs = [.. renames.Split(',').Select(static pair => (pair[..pair.LastIndexOf('=')], pair[(pair.LastIndexOf('=') + 1)..]))];
        if (expected.Length == 0)
        {
            Should.Throw<MigrationException>(() => PayloadMappingTests.Make(renames: pairs)).ErrorId.ShouldBe("PayloadMappingInvalid");
            return;
        }

        Mapped(PayloadMappingTests.Make(renames: pairs), row).ShouldBe(expected);
    }

    [Fact]
    public void Nested_fields_become_fields_of_the_payload_by_their_last_name()
    {
        Mapped(PayloadMappingTests.Make(flattens: true), Document)
            .ShouldBe("""{"page_content":"text","source":"a.txt","year":"1999","from":1,"to":9,"tags":["x",{"y":1}],"extra":{}}""");
        Mapped(PayloadMappingTests.Make(flattens: true), """{"a":{"e":{}},"b":{"c":{"d":{}}}}""").ShouldBe("""{"e":{},"d":{}}""");
        PayloadMapping both = PayloadMappingTests.Make(
            excluded: ["metadata.tags"], renames: [("metadata.loc", "loc"), ("metadata.source", "from.file")], flattens: true);
        Mapped(both, Document).ShouldBe("""{"page_content":"text","from":{"file":"a.txt"},"year":"1999","loc":{"lines":{"from":1,"to":9}},"extra":{}}""");
    }

    [Theory]
    [InlineData("""{"a":1,"m":{"a":2}}""", null, true, "'a' and 'm.a' would both be 'a'")]
    [InlineData("""{"m":{"x":{"n":1},"y":{"n":2}}}""", null, true, "'m.x.n' and 'm.y.n' would both be 'n'")]
    [InlineData("""{"a":1,"b":2}""", "a=b", false, "'a' and 'b' would both be 'b'")]
    [InlineData("""{"b":2,"a":1}""", "a=b", false, "'b' and 'a' would both be 'b'")]
    [InlineData("""{"a":1,"m":2}""", "a=m.a", false, "'a' and 'm' would both be 'm'")]
    [InlineData("""{"m":2,"a":1}""", "a=m.a", false, "'m' and 'a' would both be 'm'")]
    [InlineData("""{"a":1,"m":{"a":2}}""", "a=m.a", false, "'a' and 'm.a' would both be 'a'")]
    [InlineData("""{"a":{"x":1},"b":{"y":2}}""", "a=b", false, "'a' and 'b' would both be 'b'")]
    [InlineData("""{"a":{"x":1},"b":{"y":2},"c":3}""", "a=b,c=b.c", false, "'a' and 'b' would both be 'b'")]
    [InlineData("""{"a":1,"a":2}""", "z=y", false, "expected each field once, found 'a' twice")]
    [InlineData("""{"a":1,"\u0061":2}""", "z=y", false, "expected each field once, found 'a' twice")]
    public void Two_fields_are_never_made_one(string row, string? renames, bool flattens, string message)
    {
        (string, string)[] pairs = [.. (renames?.Split(',') ?? []).Select(static pair => (pair.Split('=')[0], pair.Split('=')[1]))];
        RowFault fault = Fault(PayloadMappingTests.Make(renames: pairs, flattens: flattens), row);
        fault.ErrorId.ShouldBe("PayloadFieldCollision");
        fault.Found.ShouldContain(message);
        fault.Action.ShouldContain("-RenamePayload");
    }

    [Fact]
    public void Names_are_told_apart_however_many_there_are()
    {
        string many = string.Join(',', Enumerable.Range(0, 500).Select(static i => $"\"k{i}\":{i}"));
        Mapped(PayloadMappingTests.Make(flattens: true), "{\"m\":{" + many + "}}").ShouldBe("{" + many + "}");
        Fault(PayloadMappingTests.Make(flattens: true), "{\"m\":{" + many + "},\"k7\":1}").Found.ShouldBe("'m.k7' and 'k7' would both be 'k7' in the payload");
        Fault(PayloadMappingTests.Make(flattens: true), "{\"m\":{" + many + "},\"k499\":1}").Found.ShouldContain("'m.k499'");
    }

    [Fact]
    public void The_field_that_keeps_ids_is_held_against_what_becomes_of_the_payload()
    {
        PayloadRules rules = new() { Reserved = "faiss_id", Mapping = PayloadMappingTests.Make(renames: [("a", "faiss_id")]) };
        new PayloadRows(rules).Judge("""{"a":1}"""u8, out _).ShouldNotBeNull().ErrorId.ShouldBe("PayloadFieldTaken");
        rules = rules with { Mapping = PayloadMappingTests.Make(flattens: true) };
        new PayloadRows(rules).Judge("""{"m":{"faiss_id":1}}"""u8, out _).ShouldNotBeNull().ErrorId.ShouldBe("PayloadFieldTaken");
        rules = rules with { Mapping = PayloadMappingTests.Make(excluded: ["faiss_id"]) };
        new PayloadRows(rules).Judge("""{"faiss_id":"mine","b":1}"""u8, out _).ShouldBeNull();
        rules = rules with { Mapping = PayloadMappingTests.Make(renames: [("faiss_id", "old.id")]) };
        Written(rules, """{"faiss_id":"mine"}""").ShouldBe("""{"old":{"id":"mine"}}""");
        rules = new PayloadRules { Key = "id", Reserved = "id", DropKey = true, Mapping = PayloadMappingTests.Make(renames: [("a", "id")]) };
        new PayloadRows(rules).Judge("""{"id":1,"a":2}"""u8, out _).ShouldNotBeNull().ErrorId.ShouldBe("PayloadFieldTaken");
    }

    [Fact]
    public void The_key_finds_its_vector_whether_it_goes_to_the_point_or_not()
    {
        PayloadRules rules = new() { Key = "id", Mapping = PayloadMappingTests.Make(["text"]) };
        new PayloadRows(rules).Judge("""{"id":7,"text":"a"}"""u8, out RowFindings found).ShouldBeNull();
        (found.Key, found.Changes).ShouldBe((7, true));
        Written(rules, """{"id":7,"text":"a"}""").ShouldBe("""{"text":"a"}""");
        Written(rules with { Mapping = PayloadMappingTests.Make(renames: [("id", "n")]) }, """{"id":7,"text":"a"}""").ShouldBe("""{"n":7,"text":"a"}""");
        Written(rules with { DropKey = true, Mapping = PayloadMappingTests.Make(renames: [("text", "id")]) }, """{"id":7,"text":"a"}""")
            .ShouldBe("""{"id":"a"}""");
    }

    [Fact]
    public void Integers_beyond_64_bits_are_judged_where_they_go_to_the_point()
    {
        const string row = """{"n":18446744073709551616,"t":"a"}""";
        PayloadRules rules = new() { Mapping = PayloadMappingTests.Make(renames: [("t", "u")]) };
        new PayloadRows(rules).Judge(Encoding.UTF8.GetBytes(row), out _).ShouldNotBeNull().ErrorId.ShouldBe("PayloadIntegerTooLarge");
        Written(rules with { LargeInteger = LargeInteger.Text }, row).ShouldBe("""{"n":"18446744073709551616","u":"a"}""");
        Written(rules with { Mapping = PayloadMappingTests.Make(excluded: ["n"]) }, row).ShouldBe("""{"t":"a"}""");
        Written(rules with { Mapping = PayloadMappingTests.Make(types: [("n", "keyword")]) }, row).ShouldBe("""{"n":"18446744073709551616","t":"a"}""");
        new PayloadRows(rules).Judge("""{"n":NaN}"""u8, out _).ShouldNotBeNull().ErrorId.ShouldBe("PayloadRowInvalid");
    }

    [Fact]
    public void What_nests_deeper_than_Qdrant_takes_is_refused_after_the_mapping()
    {
        PayloadRules rules = new() { Mapping = PayloadMappingTests.Make(renames: [("a", string.Join('.', Enumerable.Repeat("x", 40)))]) };
        RowFault fault = new PayloadRows(rules).Judge("""{"a":1}"""u8, out _).ShouldNotBeNull();
        fault.Found.ShouldContain("nested deeper");
    }

    [Fact]
    public void White_space_and_values_that_are_not_taken_apart_stay_as_they_are() =>
        Mapped(PayloadMappingTests.Make(renames: [("b", "c")]), """ { "a" : [ 1, 2.50 ] , "b" : { "x" : "\u00e4" } } """)
            .ShouldBe("""{"a":[ 1, 2.50 ],"c":{ "x" : "\u00e4" }}""");

    [Fact]
    public void Random_documents_lose_nothing_and_gain_nothing()
    {
        Random random = new(11);
        for (int trial = 0; trial < 2_000; trial++)
        {
            string row = Row(random, 3);
            string leaves = Leaves(row);
            string renamed = Mapped(PayloadMappingTests.Make(renames: [("a", "new.a"), ("b.a", "c2"), ("c", "b.moved")]), row, mayCollide: true);
            if (renamed.Length > 0)
            {
                Leaves(renamed).ShouldBe(leaves, row);
            }

            string flat = Mapped(PayloadMappingTests.Make(flattens: true), row, mayCollide: true);
            if (flat.Length > 0)
            {
                Leaves(flat).ShouldBe(leaves, row);
                using JsonDocument document = JsonDocument.Parse(flat);
                document.RootElement.EnumerateObject().ShouldAllBe(static field => field.Value.ValueKind == JsonValueKind.Number);
            }
        }
    }

    private static string Row(Random random, int depth)
    {
        string[] names = ["a", "b", "c", "d"];
        random.Shuffle(names);
        IEnumerable<string> fields = names.Take(random.Next(1, 5)).Select(
            name => $"\"{name}\":{(depth > 0 && random.Next(2) == 0 ? Row(random, depth - 1) : $"{random.Next(1_000_000)}")}");
        return $"{{{string.Join(',', fields)}}}";
    }

    private static string Leaves(string json)
    {
        List<long> found = [];
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(json));
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                found.Add(reader.GetInt64());
            }
        }

        return string.Join(' ', found.Order());
    }

    private static string Mapped(PayloadMapping mapping, string row, bool mayCollide = false)
    {
        PayloadRows rows = new(new PayloadRules { Mapping = mapping });
        RowFault? fault = rows.Judge(Encoding.UTF8.GetBytes(row), out RowFindings found);
        if (mayCollide && fault is not null)
        {
            fault.ErrorId.ShouldBe("PayloadFieldCollision");
            return string.Empty;
        }

        fault.ShouldBeNull(fault?.Found);
        return Written(new PayloadRules { Mapping = mapping }, row);
    }

    private static string Written(PayloadRules rules, string row)
    {
        PayloadRows rows = new(rules);
        ArrayBufferWriter<byte> taken = new();
        rows.Take(Encoding.UTF8.GetBytes(row), taken, out _).ShouldBeNull();
        ArrayBufferWriter<byte> written = new();
        rows.Judge(Encoding.UTF8.GetBytes(row), out RowFindings found).ShouldBeNull();
        rows.Write(Encoding.UTF8.GetBytes(row), found, written);
        string text = Encoding.UTF8.GetString(taken.WrittenSpan);
        Encoding.UTF8.GetString(written.WrittenSpan).ShouldBe(text);
        return text;
    }

    private static RowFault Fault(PayloadMapping mapping, string row)
    {
        ArrayBufferWriter<byte> output = new();
        RowFault fault = new PayloadRows(new PayloadRules { Mapping = mapping }).Take(Encoding.UTF8.GetBytes(row), output, out _).ShouldNotBeNull();
        output.WrittenCount.ShouldBe(0);
        return fault;
    }
}
