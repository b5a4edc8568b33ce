using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using VectorMigration.SideFiles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;
using VectorMigration.Tests.SideFiles.Stores;

namespace VectorMigration.Tests.SideFiles;

/// <summary>Rows that hold the vectors of the index, or lie next to a file of them, in another order than the index.</summary>
public sealed class RowsByVectorsTests : IDisposable
{
    private const int Count = 24;
    private const int Dimension = 16;

    /// <summary>The number of the vector in each row.</summary>
    private static readonly int[] Places = [.. Enumerable.Range(0, Count).Select(static row => row * 7 % Count)];

    private readonly string folder = Directory.CreateTempSubdirectory("vm-by-vectors-").FullName;

    public RowsByVectorsTests() =>
        File.WriteAllBytes(At("index.faiss"), IndexBytes.Flat(Dimension, [.. Enumerable.Range(0, Count).SelectMany(VectorOf)]).ToArray());

    public static TheoryData<string> Forms =>
        ["list.json", "rows.jsonl", "rows.csv", "base64.json", "half.json", "unit.csv", "blob.db", "blob64.db", "numpy.db", "text.db"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Forms))]
    public void Rows_are_joined_by_the_vectors_in_them(string form)
    {
        Put(form, Places);
        foreach (bool isFound in (bool[])[true, false])
        {
            Texts(form, new PayloadRules { IsFound = isFound }).ShouldBe(Enumerable.Range(0, Count).Select(static number => $"text {number}"));
        }

        PayloadRules without = new() { Mapping = PayloadMapping.Of(null, ["embedding"], null, flattens: false, null) };
        Texts(form, without).ShouldBe(Enumerable.Range(0, Count).Select(static number => $"text {number}"));
        Texts(form, new PayloadRules { ByRow = true, Mapping = without.Mapping }).ShouldBe(Places.Select(static number => $"text {number}"));
        using IPayloadSource payload = Open(form, default);
        ((IRowPayloadSource)payload).Join!.ShouldContain("to the vector that is equal to the one in its field 'embedding'");
        payload.Identity.ShouldContain("order: ");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Rows_in_the_order_of_the_index_stay_in_it(string form)
    {
        Put(form, [.. Enumerable.Range(0, Count)]);
        using IPayloadSource payload = Open(form, new PayloadRules { IsFound = true });
        ((IRowPayloadSource)payload).Join.ShouldBeNull();
    }

    [Fact]
    public void Rows_with_equal_vectors_are_not_joined_by_them()
    {
        Put("list.json", [0, 0, .. Places.Where(static number => number is not (0 or 5))]);
        using IPayloadSource payload = Open("list.json", default);
        ((IRowPayloadSource)payload).Join.ShouldBeNull();
    }

    /// <summary>A table in which some rows have no vector is not joined by them, and its vectors are held against the index nevertheless.</summary>
    [Theory]
    [InlineData("list.json")]
    [InlineData("rows.jsonl")]
    [InlineData("blob.db")]
    public void Vectors_are_found_where_the_first_rows_have_none(string form)
    {
        Put(form, Places);
        if (form == "blob.db")
        {
            SqliteMaker.Write(At("null.db"), "CREATE TABLE docs (id INTEGER PRIMARY KEY, text TEXT, embedding BLOB); INSERT INTO docs VALUES (1, 't', NULL);"
                + string.Concat(Places.Skip(1).Select(static number =>
                    $"INSERT INTO docs (text, embedding) VALUES ('text {number}', x'{Convert.ToHexString(Bytes(VectorOf(number)))}');")));
            form = "null.db";
        }
        else
        {
            string text = File.ReadAllText(At(form));
            int begin = text.IndexOf("\"embedding\":[", StringComparison.Ordinal);
            File.WriteAllText(At(form), text[..begin] + "\"embedding\":null" + text[(text.IndexOf(']', begin) + 1)..]);
        }

        using IPayloadSource payload = Open(form, default);
        ((IRowPayloadSource)payload).Join.ShouldBeNull();
        IVectorFields fields = (IVectorFields)payload;
        fields.FindVectorFields(Dimension, default).ShouldHaveSingleItem().Name.ShouldBe("embedding");
        fields.TryReadVector("embedding", 0, new float[Dimension], default).ShouldBeFalse();
        fields.TryReadVector("embedding", 1, new float[Dimension], default).ShouldBeTrue();
    }

    [Fact]
    public void A_BLOB_with_vectors_is_left_out_of_the_payload_and_other_bytes_are_not()
    {
        Put("blob.db", Places);
        using (IPayloadSource payload = Open("blob.db", default))
        {
            payload.Check(scattered: false, default);
            Encoding.UTF8.GetString(payload.Read([0], default)[0].Span).ShouldBe("""{"id":100,"text":"text 0"}""");
        }

        SqliteMaker.Write(At("bytes.db"), "CREATE TABLE docs (text TEXT, embedding BLOB);"
            + string.Concat(Places.Select(static number => $"INSERT INTO docs VALUES ('text {number}', x'{new string('f', Dimension * 8)}');")));
        using IPayloadSource bytes = Open("bytes.db", default);
        Should.Throw<MigrationException>(() => bytes.Check(scattered: false, default)).Message.ShouldContain("bytes (BLOB), which JSON cannot represent");
    }

    [Theory]
    [InlineData("embeddings.npy", false, true)]
    [InlineData("embeddings.npy", true, true)]
    [InlineData("embeddings.fvecs", false, true)]
    [InlineData("embeddings.npy", false, false)]
    public void A_file_of_vectors_in_another_order_refuses_the_rows_next_to_it(string file, bool isUnit, bool isShuffled)
    {
        File.WriteAllText(At("texts.json"), JsonSerializer.Serialize(Enumerable.Range(0, Count).Select(static row => $"some text {row}")));
        int[] order = isShuffled ? Places : [.. Enumerable.Range(0, Count)];
        float[] components = [.. order.SelectMany(number => isUnit ? Unit(VectorOf(number)) : VectorOf(number))];
        File.WriteAllBytes(At(file), file.EndsWith("fvecs", StringComparison.Ordinal)
            ? [.. components.Chunk(Dimension).SelectMany(static row => (byte[])[.. BitConverter.GetBytes(Dimension), .. MemoryMarshal.AsBytes<float>(row)])]
            : Numpy("<f4", $"({Count}, {Dimension})", MemoryMarshal.AsBytes<float>(components)));
        if (!isShuffled)
        {
            Open("texts.json", new PayloadRules { IsFound = true }).Dispose();
            return;
        }

        MigrationException refused = Should.Throw<MigrationException>(() => Open("texts.json", new PayloadRules { IsFound = true }));
        refused.ErrorId.ShouldBe("PayloadOrderUnknown");
        refused.Message.ShouldContain($"{file} holds vectors of");
        refused.Message.ShouldContain("its row 1 is vector 7");
        refused.RecommendedAction!.ShouldContain("-PayloadByRow");
        Open("texts.json", new PayloadRules { ByRow = true }).Dispose();
    }

    [Fact]
    public void Vectors_in_the_order_in_which_inverted_lists_store_them_say_nothing()
    {
        foreach (string file in (string[])["index.faiss", "recon.npy"])
        {
            File.Copy(Path.Combine(Fixture.Of("faiss-1.7.3/ivfflat_l2").Folder, file), At(file), overwrite: true);
        }

        File.WriteAllText(At("texts.json"), JsonSerializer.Serialize(Enumerable.Range(0, 500).Select(static row => $"some text {row}")));
        Open("texts.json", new PayloadRules { IsFound = true }).Dispose();
    }

    [Fact]
    public void Vectors_of_another_model_next_to_the_rows_say_nothing()
    {
        File.WriteAllText(At("texts.json"), JsonSerializer.Serialize(Enumerable.Range(0, Count).Select(static row => $"some text {row}")));
        float[] components = [.. Enumerable.Range(100, Count).SelectMany(VectorOf)];
        File.WriteAllBytes(At("embeddings.npy"), Numpy("<f4", $"({Count}, {Dimension})", MemoryMarshal.AsBytes<float>(components)));
        Open("texts.json", new PayloadRules { IsFound = true }).Dispose();
    }

    private static float[] VectorOf(int number)
    {
        Random random = new(number + 1);
        return [.. Enumerable.Range(0, Dimension).Select(_ => (random.NextSingle() * 4) - 2)];
    }

    private static float[] Unit(float[] vector)
    {
        double length = Math.Sqrt(vector.Sum(static component => (double)component * component));
        return [.. vector.Select(component => (float)(component / length))];
    }

    private static string Text(float[] vector, string format = "R") =>
        $"[{string.Join(',', vector.Select(component => component.ToString(format, CultureInfo.InvariantCulture)))}]";

    private static byte[] Numpy(string type, string shape, ReadOnlySpan<byte> data)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.Latin1.GetBytes(header), .. data];
    }

    private static byte[] Bytes(float[] vector) => MemoryMarshal.AsBytes<float>(vector).ToArray();

    private static byte[] Halves(float[] vector) => [.. vector.SelectMany(static component => BitConverter.GetBytes((Half)component))];

    private string At(string name) => Path.Combine(folder, name);

    private IPayloadSource Open(string table, PayloadRules rules)
    {
        IndexDescription index;
        using (IVectorSource source = FaissIndex.Open(At("index.faiss")))
        {
            index = source.Description;
        }

        rules = rules with { VectorDimension = Dimension };
        IPayloadSource payload = StorePayloads.Open(At(table), rules, null, index.Path, default) ?? JsonLinesPayloadSource.Open(At(table), rules, null);
        return PayloadOrder.Of(payload, rules, index, default);
    }

    private IEnumerable<string?> Texts(string table, PayloadRules rules)
    {
        using IPayloadSource payload = Open(table, rules);
        payload.Check(scattered: false, default);
        PayloadBlock block = payload.Read([.. Enumerable.Range(0, Count)], default);
        return [.. Enumerable.Range(0, Count).Select(row => JsonDocument.Parse(block[row]).RootElement.GetProperty("text").GetString())];
    }

    private void Put(string form, int[] numbers)
    {
        IEnumerable<(string Text, float[] Vector)> rows = numbers.Select(static number => ($"text {number}", VectorOf(number)));
        string Object(string text, string value) => $$"""{"text":"{{text}}","embedding":{{value}}}""";
        string List(Func<float[], string> value) => $"[{string.Join(',', rows.Select(row => Object(row.Text, value(row.Vector))))}]";
        string Csv(Func<float[], string> value) => "text,embedding\n" + string.Concat(rows.Select(row => $"{row.Text},\"{value(row.Vector)}\"\n"));
        if (form.EndsWith(".db", StringComparison.Ordinal))
        {
            Func<float[], string> value = form switch
            {
                "blob.db" => static vector => $"x'{Convert.ToHexString(Bytes(vector))}'",
                "blob64.db" => static vector => $"x'{Convert.ToHexString([.. vector.SelectMany(static one => BitConverter.GetBytes((double)one))])}'",
                "numpy.db" => static vector => $"x'{Convert.ToHexString(Numpy("<f4", $"({Dimension},)", Bytes(vector)))}'",
                _ => static vector => $"'{Text(vector)}'",
            };
            SqliteMaker.Write(At(form), "CREATE TABLE docs (id INTEGER PRIMARY KEY, text TEXT, embedding BLOB);"
                + string.Concat(rows.Select((row, at) => $"INSERT INTO docs VALUES ({at + 100}, '{row.Text}', {value(row.Vector)});")));
            return;
        }

        File.WriteAllText(At(form), form switch
        {
            "rows.jsonl" => string.Concat(rows.Select(row => Object(row.Text, Text(row.Vector)) + "\n")),
            "rows.csv" => Csv(static vector => Text(vector)),
            // Normalised, and with few digits.
            "unit.csv" => Csv(static vector => Text(Unit(vector), "F5")),
            "base64.json" => List(static vector => $"\"{Convert.ToBase64String(Bytes(vector))}\""),
            "half.json" => List(static vector => $"\"{Convert.ToBase64String(Halves(vector))}\""),
            _ => List(static vector => Text(vector)),
        });
    }
}
