using System.Buffers;
using System.Globalization;
using System.Text.Json;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;
using VectorMigration.Tests.SideFiles.Pickles;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Pickles that CPython wrote (tests/fixtures/scripts/make_stores.py), against what Python's own json module made of them.</summary>
public sealed class StoreFixtureTests
{
    private static readonly string Folder = Path.Combine(Fixture.Root, "stores", "langchain");

    public static TheoryData<string> Stores => Names(static name => !IsOfValues(name));

    public static TheoryData<string> Values => Names(IsOfValues);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Stores_hold_what_Python_put_into_them(string name)
    {
        string path = Path.Combine(Folder, name + ".pkl");
        LangChainStore.Recognizes(path, default).ShouldBeTrue();
        LangChainStore store = LangChainStore.Read(path, default);
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(path, ".json")));
        int matched = 0;
        foreach (JsonProperty entry in truth.RootElement.EnumerateObject())
        {
            ArrayBufferWriter<byte> output = new();
            store.Find(long.Parse(entry.Name, CultureInfo.InvariantCulture))!.WriteTo(output, LargeInteger.Fail);
            using JsonDocument read = JsonDocument.Parse(output.WrittenMemory);
            JsonElement.DeepEquals(read.RootElement, entry.Value).ShouldBeTrue($"position {entry.Name}: {read.RootElement}");
            matched++;
        }

        (store.PositionCount - store.PositionsWithoutDocument).ShouldBe(matched);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_are_those_that_Python_pickled(string name)
    {
        string path = Path.Combine(Folder, name + ".pkl");
        string json = Pickled.Json(Pickled.Read(File.ReadAllBytes(path)).Root);
        using JsonDocument read = JsonDocument.Parse(json);
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(path, ".json")));
        foreach (JsonProperty entry in truth.RootElement.EnumerateObject())
        {
            JsonElement found = read.RootElement.GetProperty(entry.Name);
            JsonElement.DeepEquals(found, entry.Value).ShouldBeTrue($"{entry.Name}: {found} is not {entry.Value}");
        }

        read.RootElement.EnumerateObject().Count().ShouldBe(truth.RootElement.EnumerateObject().Count());
    }

    [Fact]
    public void A_map_that_lacks_positions_is_read_with_its_counts()
    {
        LangChainStore store = LangChainStore.Read(Path.Combine(Folder, "partial_map.pkl"), default);
        store.Positions.ShouldBe([3, 4, 9]);
        (store.DocumentCount, store.DocumentsWithoutVector, store.PositionsWithoutDocument).ShouldBe((7, 5, 1));
    }

    [Fact]
    public void The_index_in_a_serialised_store_begins_where_it_is_said_to()
    {
        string path = Path.Combine(Folder, "serialized.pkl");
        EmbeddedIndex index = LangChainStore.Read(path, default).Index!;
        index.Class.ShouldBe("faiss.swigfaiss_avx2.IndexFlatL2");
        File.ReadAllBytes(path).AsSpan((int)index.Offset, 4).SequenceEqual("IxF2"u8).ShouldBeTrue();
    }

    [Fact]
    public void A_pickled_index_alone_is_no_store_and_its_bytes_are_found()
    {
        string path = Path.Combine(Fixture.Root, "foreign", "index_pickle.pkl");
        LangChainStore.Recognizes(path, default).ShouldBeFalse();
        PickleRecord record = Pickled.Read(File.ReadAllBytes(path)).Root.ShouldBeOfType<PickleRecord>();
        record.Class.Form.ShouldBe(PickleClassKind.FaissIndex);
        ((PickleBytes)((PickleDict)record.State!).Find("this"u8)!).Length.ShouldBe(45);
    }

    [Fact]
    public void Every_store_cut_at_every_byte_is_refused()
    {
        foreach (string path in Directory.GetFiles(Folder, "*.pkl").Order(StringComparer.Ordinal))
        {
            byte[] whole = File.ReadAllBytes(path);
            for (int length = 0; length < whole.Length; length++)
            {
                MigrationException error = Pickled.Refused(whole[..length]);
                error.ErrorId.ShouldBe("PickleTruncated", $"{Path.GetFileName(path)} cut at {length}");
            }
        }
    }

    private static bool IsOfValues(string name) => name.Split('_')[0] is "values" or "numpy" or "python2";

    private static TheoryData<string> Names(Func<string, bool> wanted)
    {
        TheoryData<string> names = [];
        foreach (string path in Directory.GetFiles(Folder, "*.pkl").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (wanted(name))
            {
                names.Add(name);
            }
        }

        return names;
    }
}
