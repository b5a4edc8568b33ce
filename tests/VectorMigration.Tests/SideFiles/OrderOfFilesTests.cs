using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using VectorMigration.SideFiles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.SideFiles.Stores.Orders;
using VectorMigration.Tests.Faiss;
using VectorMigration.Tests.SideFiles.Stores;

namespace VectorMigration.Tests.SideFiles;

/// <summary>A file next to the index says which id each vector has, and a table has its rows in the order of these ids.</summary>
public sealed class OrderOfFilesTests : IDisposable
{
    private const int Count = 12;

    /// <summary>The number of the id at each position.</summary>
    private static readonly int[] Places = [7, 2, 9, 0, 11, 4, 1, 10, 3, 8, 6, 5];

    private readonly string folder = Directory.CreateTempSubdirectory("vm-order-").FullName;

    public OrderOfFilesTests() => File.WriteAllBytes(At("index.faiss"), IndexBytes.Flat(2, new float[Count * 2]).ToArray());

    public static TheoryData<string, string> Cases { get; } = AllCases();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_are_joined_by_the_ids_that_another_file_has_in_the_order_of_the_vectors(string list, string table)
    {
        Table(table, number => Id(number));
        List(list, [.. Places.Select(Id)]);
        FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        found.StorePath.ShouldBe(At(table));
        found.Notes.ShouldBeEmpty();
        Texts(table, isFound: true).ShouldBe(Places.Select(static place => $"text {place}"));
        Texts(table, isFound: false).ShouldBe(Places.Select(static place => $"text {place}"));
        Texts(table, isFound: false, byRow: true).ShouldBe(Enumerable.Range(0, Count).Select(static row => $"text {row}"));
    }

    [Theory]
    [InlineData("ids.txt")]
    [InlineData("ids.json")]
    [InlineData("map.json")]
    [InlineData("ids.npy")]
    public void A_list_in_the_order_of_the_table_confirms_it(string list)
    {
        Table("docs.csv", number => Id(number));
        List(list, [.. Enumerable.Range(0, Count).Select(Id)]);
        StoreFinder.Find(folder, withStore: true, default).StorePath.ShouldBe(At("docs.csv"));
        using IPayloadSource payload = Open("docs.csv", isFound: true);
        payload.ShouldBeOfType<VectorMigration.SideFiles.Stores.Json.RowStorePayloads>();
    }

    [Theory]
    [InlineData("ids.npy", true)]
    [InlineData("ids.txt", true)]
    [InlineData("ids.npy", false)]
    public void Numbers_of_rows_are_not_joined_by_any_list_of_them(string list, bool isFound)
    {
        Table("docs.csv", static number => $"{number}");
        List(list, [.. Places.Select(static place => $"{place}")]);
        MigrationException refused = Should.Throw<MigrationException>(() => Open("docs.csv", isFound));
        refused.ErrorId.ShouldBe("PayloadOrderUnknown");
        refused.Message.ShouldContain("only numbers the rows");
        refused.RecommendedAction!.ShouldContain("-PayloadByRow");
        Texts("docs.csv", isFound, byRow: true).ShouldBe(Enumerable.Range(0, Count).Select(static row => $"text {row}"));
    }

    [Fact]
    public void UUIDs_are_the_same_in_capitals()
    {
        string[] ids = [.. Enumerable.Range(0, Count).Select(static number => new Guid(number * 7919, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString())];
        Table("docs.jsonl", number => $"\"{ids[number]}\"");
        File.WriteAllLines(At("ids.txt"), Places.Select(place => ids[place].ToUpperInvariant()));
        Texts("docs.jsonl", isFound: false).ShouldBe(Places.Select(static place => $"text {place}"));
    }

    [Fact]
    public void The_plan_says_how_rows_are_joined()
    {
        Table("docs.csv", number => Id(number));
        List("ids.npy", [.. Places.Select(Id)]);
        using IPayloadSource payload = Open("docs.csv", isFound: true);
        ((IRowPayloadSource)payload).Join.ShouldBe("position n to an id by ids.npy, id to row by the field 'id' of docs.csv, positions counted from 0");
        payload.Identity.ShouldContain("order: ");
    }

    [Theory]
    [InlineData("sorted")]
    [InlineData("both ways round")]
    [InlineData("repeat")]
    [InlineData("third order")]
    [InlineData("order of the table")]
    [InlineData("'faiss_id' holds the FAISS ids")]
    public void What_does_not_say_the_order_for_certain_refuses_the_rows(string why)
    {
        string[] ids = [.. Enumerable.Range(0, Count).Select(Id)];
        switch (why)
        {
            case "sorted":
                Table("docs.csv", number => ids[Places[number]]);
                List("ids.txt", ids);
                break;
            case "both ways round":
                Table("docs.csv", static number => $"{number}");
                List("map.json", [.. Places.Select(static place => $"{place}")]);
                break;
            case "repeat":
                Table("docs.csv", static number => $"{number % 9}");
                List("ids.txt", [.. Places.Select(static place => $"{place % 9}")]);
                break;
            case "third order":
                Table("docs.csv", number => ids[number]);
                List("map.json", [.. Places.Select(place => ids[place])]);
                List("ids.txt", [.. Places.Reverse().Select(place => ids[place])]);
                break;
            case "order of the table":
                Table("docs.csv", number => ids[number]);
                List("map.json", [.. Places.Select(place => ids[place])]);
                List("ids.txt", ids);
                break;
            default:
                File.WriteAllLines(At("docs.csv"), Enumerable.Range(0, Count).Select(number => $"{ids[number]},{number},text {number}")
                    .Prepend("id,faiss_id,text"));
                List("ids.txt", [.. Places.Select(place => ids[place])]);
                break;
        }

        MigrationException refused = Should.Throw<MigrationException>(() => Open("docs.csv", isFound: false).Dispose());
        refused.ErrorId.ShouldBe("PayloadOrderUnknown");
        refused.Message.ShouldContain(why);
        refused.Message.ShouldContain("docs.csv");
        refused.Message.ShouldContain(why == "both ways round" || why == "third order" || why == "order of the table" ? "map.json" : "ids.txt");
        refused.Message.ShouldContain("position 0, counted from 0");
        refused.RecommendedAction.ShouldContain("-PayloadByRow");
        Open("docs.csv", isFound: false, byRow: true).Dispose();
    }

    [Theory]
    [InlineData("id_map.json", false)]
    [InlineData("id_map.json", true)]
    [InlineData("ids.txt", false)]
    [InlineData("id_pairs.json", true)]
    public void Objects_under_names_are_joined_by_the_file_that_has_the_names_in_the_order_of_the_vectors(string list, bool isTexts)
    {
        Named(isTexts);
        string[] names = [.. Places.Select(static place => $"doc-{place}")];
        File.WriteAllText(At(list), list switch
        {
            "id_map.json" => $"{{{string.Join(',', names.Select(static (name, at) => $"\"{at}\":\"{name}\""))}}}",
            "id_pairs.json" => $"[{string.Join(',', names.Select(static (name, at) => $"[{at},\"{name}\"]"))}]",
            _ => string.Join('\n', names),
        });
        if (list == "id_map.json")
        {
            FoundStore found = StoreFinder.Find(folder, withStore: true, default);
            found.StorePath.ShouldBe(At("docs.json"));
            found.Notes.ShouldBeEmpty();
        }

        Texts("docs.json", isFound: true).ShouldBe(Places.Select(static place => $"text {place}"));
        using IPayloadSource payload = Open("docs.json", isFound: true);
        payload.Check(scattered: true, default);
        JsonDocument.Parse(payload.Read([0L], default)[0]).RootElement.GetProperty("id").GetString().ShouldBe(names[0]);
    }

    /// <summary>Lists of the same values in an order of their own: a ranking, what follows what, the contents page.</summary>
    [Theory]
    [InlineData("bestsellers.json", "list")]
    [InlineData("popularity.json", "map")]
    [InlineData("rank.json", "turned")]
    [InlineData("ranking.csv", "rank,code")]
    [InlineData("train_ids.json", "list")]
    [InlineData("toc.txt", "lines")]
    public void A_list_whose_name_does_not_say_that_it_holds_the_ids_is_not_joined_by(string list, string form)
    {
        string[] codes = [.. Enumerable.Range(0, Count).Select(static number => $"c{number * 37 % 1009}")];
        string[] others = [.. Places.Select(place => codes[place])];
        File.WriteAllText(At(list), form switch
        {
            "list" => JsonSerializer.Serialize(others),
            "map" => JsonSerializer.Serialize(
                others.Select(static (code, at) => (code, at)).ToDictionary(static pair => $"{pair.at}", static pair => pair.code)),
            "turned" => JsonSerializer.Serialize(others.Select(static (code, at) => (code, at)).ToDictionary(static pair => pair.code, static pair => pair.at)),
            "lines" => string.Join('\n', others),
            _ => $"{form}\n" + string.Join('\n', others.Select((code, at) => form[0] == 'r' ? $"{at},{code}" : $"{codes[at]},{code}")),
        });
        void Write(string fields, Func<int, string> row) =>
            File.WriteAllLines(At("docs.csv"), Enumerable.Range(0, Count).Select(row).Prepend(fields));

        Write("code,text", number => $"{codes[number]},text {number}");
        MigrationException refused = Should.Throw<MigrationException>(() => Open("docs.csv", isFound: false).Dispose());
        refused.ErrorId.ShouldBe("PayloadOrderUnknown");
        refused.Message.ShouldContain(list);
        refused.RecommendedAction!.ShouldContain("-PayloadByRow");

        // A field with the FAISS ids in the order of the rows, or a list of the ids in that order, confirms it.
        Write("nr,code,text", number => $"{number},{codes[number]},text {number}");
        Texts("docs.csv", isFound: false).ShouldBe(Enumerable.Range(0, Count).Select(static row => $"text {row}"));
        Write("code,text", number => $"{codes[number]},text {number}");
        File.WriteAllText(At("ids.json"), JsonSerializer.Serialize(codes));
        Texts("docs.csv", isFound: false).ShouldBe(Enumerable.Range(0, Count).Select(static row => $"text {row}"));
    }

    /// <summary>What is called ids and cannot be used does not prove that rows are in order.</summary>
    [Theory]
    [InlineData("ids.txt", "one more")]
    [InlineData("ids.txt", "one other")]
    [InlineData("ids.txt", "one line")]
    [InlineData("ids.txt", "two columns from 1")]
    [InlineData("mapping.csv", "three columns")]
    [InlineData("id_map.json", "one more")]
    public void A_list_of_ids_that_cannot_be_used_refuses_the_rows(string list, string form)
    {
        string[] uuids = [.. Enumerable.Range(1, Count + 1).Select(static number => new Guid(number * 7919, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString())];
        File.WriteAllLines(At("docs.csv"), Enumerable.Range(0, Count).Select(number => $"{uuids[number]},text {number}").Prepend("doc,text"));
        string[] ids = [.. Places.Select(place => uuids[place])];
        File.WriteAllText(At(list), (list, form) switch
        {
            ("id_map.json", _) => JsonSerializer.Serialize(ids.Append(uuids[Count]).Select(static (id, at) => (id, at))
                .ToDictionary(static pair => $"{pair.at}", static pair => pair.id)),
            (_, "one more") => string.Join('\n', ids.Append(uuids[Count])),
            (_, "one other") => string.Join('\n', ids.Skip(1).Append(uuids[Count])),
            (_, "one line") => string.Join(' ', ids),
            (_, "three columns") => "faiss_idx,doc_id,src\n" + string.Join('\n', ids.Select(static (id, at) => $"{at},{id},a")),
            _ => string.Join('\n', ids.Select(static (id, at) => $"{at + 1}\t{id}")),
        });
        MigrationException refused = Should.Throw<MigrationException>(() => Open("docs.csv", isFound: false).Dispose());
        refused.ErrorId.ShouldBe("PayloadOrderUnknown");
        refused.Message.ShouldContain(list);
        refused.Message.ShouldContain("name of a list of ids");
        Texts("docs.csv", isFound: false, byRow: true).ShouldBe(Enumerable.Range(0, Count).Select(static row => $"text {row}"));
    }

    [Theory]
    [InlineData("body_ids.json")]
    [InlineData("ids_body.json")]
    [InlineData("body.ids.json")]
    public void Lists_with_the_name_of_another_index_say_nothing(string list)
    {
        File.Copy(At("index.faiss"), At("body.faiss"));
        Table("docs.csv", number => Id(number));
        List("ids.json", [.. Places.Select(Id)]);
        File.Move(At("ids.json"), At(list));
        Texts("docs.csv", isFound: false).ShouldBe(Enumerable.Range(0, Count).Select(static row => $"text {row}"));
    }

    [Theory]
    [InlineData("ids", true)]
    [InlineData("doc_ids", true)]
    [InlineData("docIds", true)]
    [InlineData("index_to_docid", true)]
    [InlineData("articles_ids", true)]
    [InlineData("faiss-id-map", true)]
    [InlineData("ids2", true)]
    [InlineData("bestsellers", false)]
    [InlineData("train_ids", false)]
    [InlineData("user_ids", false)]
    [InlineData("positions", false)]
    [InlineData("grid", false)]
    [InlineData(null, false)]
    public void Names_say_that_a_list_holds_ids(string? name, bool expected) => OrderNames.SayIds(name, "articles").ShouldBe(expected);

    [Fact]
    public void Objects_under_names_have_no_order_of_their_own()
    {
        Named(isTexts: false);
        MigrationException refused = Should.Throw<MigrationException>(() => Open("docs.json", isFound: false));
        refused.ErrorId.ShouldBe("PayloadOrderUnknown");
        refused.Message.ShouldContain("whose names are no FAISS ids");
        Texts("docs.json", isFound: false, byRow: true).ShouldBe(Enumerable.Range(0, Count).Reverse().Select(static number => $"text {number}"));
    }

    [Theory]
    [InlineData("index.json")]
    [InlineData("index.npy")]
    public void A_list_with_the_name_of_the_index_does_not_take_the_place_of_the_table(string list)
    {
        Table("docs.csv", number => Id(Count - 1 - number));
        List(list, [.. Enumerable.Range(0, Count).Select(Id)]);
        StoreFinder.Find(folder, withStore: true, default).StorePath.ShouldBe(At("docs.csv"));
        Texts("docs.csv", isFound: true).ShouldBe(Enumerable.Range(0, Count).Select(static place => $"text {Count - 1 - place}"));
    }

    [Fact]
    public void A_table_that_stays_behind_a_list_with_the_name_of_the_index_is_reported()
    {
        Table("docs.csv", static number => $"{number + 1}");
        List("index.json", [.. Places.Select(Id)]);
        FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        found.StorePath.ShouldBe(At("index.json"));
        found.Notes.ShouldHaveSingleItem().ShouldContain("docs.csv");
    }

    [Theory]
    [InlineData("labels of few values", "a|b|a|b|a|b|a|b|a|b|a|b", "b|a|b|a|b|a|b|a|b|a|b|a")]
    [InlineData("other values", "1|2|3|4|5|6|7|8|9|10|11|12", "12|11|10|9|8|7|6|5|4|3|2|0")]
    public void Other_lists_say_nothing(string what, string table, string list)
    {
        string[] values = table.Split('|');
        Table("docs.csv", number => values[number]);
        File.WriteAllLines(At("other.txt"), list.Split('|'));
        Texts("docs.csv", isFound: false).ShouldBe(Enumerable.Range(0, Count).Select(static row => $"text {row}"), what);
    }

    [Theory]
    [InlineData("12", "12.0")]
    [InlineData("12", " 12 ")]
    [InlineData("5f4dcc3b-5aa7-65d6-1d83-27deb882cf99", "5F4DCC3B5AA765D61D8327DEB882CF99")]
    public void Forms_of_one_value_are_the_same(string one, string other) =>
        OrderValue.Of(Encoding.UTF8.GetBytes(one)).ShouldBe(OrderValue.Of(Encoding.UTF8.GetBytes(other)));

    private static TheoryData<string, string> AllCases()
    {
        TheoryData<string, string> cases = [];
        string[] lists =
        [
            "ids.txt", "ids.csv", "map.csv", "map.tsv", "ids.json", "ids.texts.json", "object.json", "map.json", "id_to_index.json", "inner.json",
            "id_pairs.json", "ids.npy", "docids.npy", "ids_text.npy", "meta.npz", "ids.bin", "doc_ids.bin", "ids.pkl", "map.pkl",
            "map.yaml", "ids.yaml", "docid", "ids.jsonl",
        ];
        foreach (string list in lists)
        {
            cases.Add(list, "docs.csv");
        }

        foreach (string table in (string[])["docs.db", "docs.json", "docs.jsonl"])
        {
            cases.Add("ids.npy", table);
            cases.Add("map.json", table);
            cases.Add("ids.txt", table);
        }

        return cases;
    }

    private static string Id(int number) => (300 + (number * 7)).ToString(CultureInfo.InvariantCulture);

    private string At(string name) => Path.Combine(folder, name);

    private IPayloadSource Open(string table, bool isFound, bool byRow = false)
    {
        PayloadRules rules = new() { IsFound = isFound, ByRow = byRow };
        string index = At("index.faiss");
        IPayloadSource payload = StorePayloads.Open(At(table), rules, null, index, default) ?? JsonLinesPayloadSource.Open(At(table), rules, null);
        using IVectorSource source = FaissIndex.Open(index);
        return PayloadOrder.Of(payload, rules, source.Description, default);
    }

    private IEnumerable<string?> Texts(string table, bool isFound, bool byRow = false)
    {
        using IPayloadSource payload = Open(table, isFound, byRow);
        payload.Check(scattered: false, default);
        PayloadBlock block = payload.Read([.. Enumerable.Range(0, Count)], default);
        return [.. Enumerable.Range(0, Count).Select(row => JsonDocument.Parse(block[row]).RootElement.GetProperty("text").GetString())];
    }

    private void Named(bool isTexts) => File.WriteAllText(At("docs.json"), $"{{{string.Join(',', Enumerable.Range(0, Count).Reverse().Select(number =>
        $"\"doc-{number}\":{(isTexts ? $"\"text {number}\"" : $"{{\"text\":\"text {number}\"}}")}"))}}}");

    private void Table(string name, Func<int, string> id)
    {
        IEnumerable<int> rows = Enumerable.Range(0, Count);
        switch (Path.GetExtension(name))
        {
            case ".csv": File.WriteAllLines(At(name), rows.Select(row => $"{id(row)},text {row}").Prepend("id,text")); break;
            case ".db":
                SqliteMaker.Write(At(name), "CREATE TABLE docs (id INTEGER PRIMARY KEY, text TEXT);"
                    + string.Concat(rows.Select(row => $"INSERT INTO docs VALUES ({id(row)}, 'text {row}');")));
                break;
            default:
                string[] objects = [.. rows.Select(row => $$"""{"id":{{id(row)}},"text":"text {{row}}"}""")];
                File.WriteAllText(At(name), name.EndsWith('l') ? string.Join('\n', objects) : $"[{string.Join(',', objects)}]");
                break;
        }
    }

    private void List(string name, string[] ids)
    {
        IEnumerable<(string Id, int At)> pairs = ids.Select(static (id, at) => (id, at));
        long[] numbers = [.. ids.Select(static id => long.Parse(id, CultureInfo.InvariantCulture))];
        byte[] Longs() => [.. numbers.SelectMany(BitConverter.GetBytes)];
        string text = name switch
        {
            "ids.csv" => "id\n" + string.Join('\n', ids),
            "map.csv" => "faiss_id,doc\n" + string.Join('\n', pairs.Reverse().Select(static pair => $"{pair.At},{pair.Id}")),
            "map.tsv" => "doc\tposition\n" + string.Join('\n', pairs.Reverse().Select(static pair => $"{pair.Id}\t{pair.At}")),
            "ids.json" or "index.json" => $"[{string.Join(',', ids)}]",
            "ids.texts.json" => $"[{string.Join(',', ids.Select(static id => $"\"{id}\""))}]",
            "object.json" => $$"""{"dimension":2,"ids":[{{string.Join(',', ids)}}],"model":"m"}""",
            "map.json" => $"{{{string.Join(',', pairs.Reverse().Select(static pair => $"\"{pair.At}\":{pair.Id}"))}}}",
            "id_to_index.json" => $"{{{string.Join(',', pairs.Reverse().Select(static pair => $"\"{pair.Id}\":{pair.At}"))}}}",
            "inner.json" => $"{{\"index_to_id\":{{{string.Join(',', pairs.Select(static pair => $"\"{pair.At}\":\"{pair.Id}\""))}}}}}",
            "id_pairs.json" => $"[{string.Join(',', pairs.Select(static pair => $"[{pair.At},\"{pair.Id}\"]"))}]",
            "map.yaml" => string.Concat(pairs.Select(static pair => $"{pair.At}: {pair.Id}\n")),
            "ids.yaml" => string.Concat(ids.Select(static id => $"- {id}\n")),
            "ids.jsonl" => string.Concat(pairs.Reverse().Select(static pair => $$"""{"position":{{pair.At}},"id":"{{pair.Id}}"}""" + "\n")),
            _ => string.Join('\n', ids),
        };
        byte[]? binary = name switch
        {
            "ids.npy" or "index.npy" => Numpy("<i8", Longs()),
            "docids.npy" => Numpy("<f8", [.. numbers.SelectMany(static number => BitConverter.GetBytes((double)number))]),
            "ids_text.npy" => Numpy("<U3", [.. ids.SelectMany(Encoding.UTF32.GetBytes)]),
            "meta.npz" => Zip("ids.npy", Numpy("<i8", Longs())),
            "ids.bin" => Longs(),
            "doc_ids.bin" => [.. numbers.SelectMany(static number => BitConverter.GetBytes((int)number))],
            "ids.pkl" => [0x80, 2, (byte)']', (byte)'(', .. numbers.SelectMany(Short), (byte)'e', (byte)'.'],
            "map.pkl" => [0x80, 2, (byte)'}', (byte)'(', .. pairs.SelectMany(static pair =>
                (byte[])[(byte)'K', (byte)pair.At, .. Short(long.Parse(pair.Id, CultureInfo.InvariantCulture))]), (byte)'u', (byte)'.'],
            _ => null,
        };
        File.WriteAllBytes(At(name), binary ?? Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A whole number of two bytes in a pickle.</summary>
    private static byte[] Short(long number) => [(byte)'M', (byte)number, (byte)(number >> 8)];

    private static byte[] Numpy(string type, byte[] data)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({Count},), }}".PadRight(117) + "\n";
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.Latin1.GetBytes(header), .. data];
    }

    private static byte[] Zip(string name, byte[] data)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (Stream entry = archive.CreateEntry(name).Open())
        {
            entry.Write(data);
        }

        return stream.ToArray();
    }
}
