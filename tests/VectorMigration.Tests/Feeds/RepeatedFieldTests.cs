using System.Buffers;
using System.Globalization;
using System.Text;
using VectorMigration.SideFiles;

namespace VectorMigration.Tests.Feeds;

/// <summary>An object has each field once, or one of the values would be lost without a word.</summary>
public sealed class RepeatedFieldTests
{
    [Theory]
    [InlineData("""{"a":1,"a":2}""", "a")]
    [InlineData("""{"a":1,"b":{"c":1,"d":[],"c":2}}""", "b.c")]
    [InlineData("""{"a":[{"x":1},{"x":1,"y":2,"x":1}]}""", "a[1].x")]
    [InlineData("""{"a":1,"\u0061":2}""", "a")]
    [InlineData("""{"":1,"":2}""", "")]
    [InlineData("""{"a":{"a":1},"b":{"a":1},"c":[],"a":null}""", "a")]
    public void A_field_that_is_there_twice_is_refused_by_its_path(string row, string path)
    {
        RowFault fault = new PayloadRows(default).Judge(Encoding.UTF8.GetBytes(row), out _)!;
        fault.ErrorId.ShouldBe("PayloadFieldCollision");
        fault.Found.ShouldContain($"found '{path}' twice");
        PayloadRows.FindRepeated(Encoding.UTF8.GetBytes(row)).ShouldBe(fault);
    }

    [Theory]
    [InlineData("""{"a":1,"A":2,"b":{"a":1,"b":[{"a":1},{"a":2}]}}""")]
    [InlineData("{}")]
    public void The_same_name_in_another_object_or_case_is_another_field(string row)
    {
        new PayloadRows(default).Judge(Encoding.UTF8.GetBytes(row), out _).ShouldBeNull();
        PayloadRows.FindRepeated(Encoding.UTF8.GetBytes(row)).ShouldBeNull();
    }

    [Fact]
    public void One_among_many_fields_is_found()
    {
        IEnumerable<string> names = Enumerable.Range(0, 5_000).Select(static i => string.Create(CultureInfo.InvariantCulture, $"\"name{i}\":{{\"x\":{i}}}"));
        string all = string.Join(',', names);
        new PayloadRows(default).Judge(Encoding.UTF8.GetBytes($"{{{all}}}"), out _).ShouldBeNull();
        new PayloadRows(default).Judge(Encoding.UTF8.GetBytes($"{{{all},\"name2500\":1}}"), out _)!.Found.ShouldContain("'name2500' twice");
    }

    [Fact]
    public void A_mapping_that_leaves_it_out_lets_the_row_pass()
    {
        byte[] row = """{"a":1,"m":{"x":1,"x":2},"m2":3}"""u8.ToArray();
        var without = new PayloadRows(new PayloadRules { Mapping = PayloadMappingTests.Make(excluded: ["m"]) });
        ArrayBufferWriter<byte> output = new();
        without.Take(row, output, out _).ShouldBeNull();
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("""{"a":1,"m2":3}""");
        var renamed = new PayloadRows(new PayloadRules { Mapping = PayloadMappingTests.Make(renames: [("a", "b")]) });
        renamed.Take(row, output, out _)!.Found.ShouldContain("'m.x' twice");
        renamed.Judge(row, out _)!.ErrorId.ShouldBe("PayloadFieldCollision");
    }

    [Fact]
    public void Rows_that_are_not_sent_stay_as_they_are()
    {
        byte[] row = """{"a":1,"a":2.0}"""u8.ToArray();
        ArrayBufferWriter<byte> output = new();
        new PayloadRows(new PayloadRules { KeepsRepeatedFields = true }).Take(row, output, out RowFindings found).ShouldBeNull();
        found.Changes.ShouldBeFalse();
        output.WrittenSpan.SequenceEqual(row).ShouldBeTrue();
    }

    [Fact]
    public void A_file_is_refused_by_line_and_field_before_anything_is_sent()
    {
        string folder = Directory.CreateTempSubdirectory("vm-repeated-").FullName;
        try
        {
            string path = Path.Combine(folder, "p.jsonl");
            File.WriteAllText(path, "{\"a\":1}\n{\"a\":{\"b\":1,\"b\":2}}\n");
            using JsonLinesPayloadSource lines = new(path);
            MigrationException refused = Should.Throw<MigrationException>(() => lines.Check(scattered: false, default));
            refused.ErrorId.ShouldBe("PayloadFieldCollision");
            refused.Message.ShouldContain("line 2");
            refused.Message.ShouldContain("'a.b' twice");
            File.WriteAllText(path, "{\"id\":1,\"a\":1}\n{\"id\":0,\"a\":1,\"a\":2}\n");
            using KeyedJsonLinesSource keyed = new(path, new PayloadRules { Key = "id" });
            refused = Should.Throw<MigrationException>(() => keyed.Check(scattered: false, default));
            refused.Message.ShouldContain("line 2");
            refused.Message.ShouldContain("'a' twice");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_payload_notes_what_its_JSON_has_twice_until_a_script_decides()
    {
        VectorPayload payload = new("""{"a":1,"m":{"x":1,"x":2},"a":2}"""u8.ToArray());
        payload["a"].ShouldBe(2L);
        payload.Repeated.ShouldBe("a");
        VectorPayload inner = payload["m"].ShouldBeOfType<VectorPayload>();
        inner.Repeated.ShouldBe("x");
        payload.FindRepeated().ShouldBe("a");
        payload.Original.ShouldNotBeNull();
        payload["a"] = 3L;
        payload.Repeated.ShouldBeNull();
        payload.FindRepeated().ShouldBe("m.x");
        inner.Remove("x").ShouldBeTrue();
        payload.FindRepeated().ShouldBeNull();
        new VectorPayload("""{"l":[[{"x":1},{"x":1,"x":2}]]}"""u8.ToArray()).FindRepeated().ShouldBe("l[0][1].x");
    }
}
