using System.Globalization;
using System.Text.Json;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Stores and tables of tests/fixtures/stores/tables, against the payloads that the scripts say they hold.</summary>
public sealed class TableFixtureTests
{
    private static readonly string Folder = Path.Combine(Fixture.Root, "stores", "tables");

    public static TheoryData<string> Stores =>
        [.. Directory.GetDirectories(Folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Beside each index of the fixtures lie the ids that it has, and its vectors: neither is a text.
    /// </summary>
    [Fact]
    public void Arrays_that_only_repeat_ids_or_vectors_of_an_index_are_nobodys()
    {
        string[] indexes = [.. Directory.GetFiles(Path.Combine(Fixture.Root, "faiss"), "index.faiss", SearchOption.AllDirectories)];
        indexes.Length.ShouldBeGreaterThan(200);
        indexes.Where(static index => StoreFinder.Find(index, withStore: true, default).StorePath is not null).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void A_folder_is_found_and_every_payload_is_the_one_that_was_written(string name)
    {
        FoundStore found = StoreFinder.Find(Path.Combine(Folder, name), withStore: true, default);
        IndexDescription index = FaissIndex.Describe(found.IndexPath);
        PayloadRules rules = new() { VectorDimension = index.Dimension };
        foreach (bool scattered in (bool[])[false, true])
        {
            using IPayloadSource source = StorePayloads.Open(found.StorePath.ShouldNotBeNull(), rules, null, null, default).ShouldNotBeNull();
            using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(StoreTruth.PathOf(Folder, name)));
            source.Check(scattered, default);
            source.Count.ShouldBe(truth.RootElement.EnumerateObject().Count());
            long[] places = [.. truth.RootElement.EnumerateObject().Select(static entry => long.Parse(entry.Name, CultureInfo.InvariantCulture)).Reverse()];
            PayloadBlock block = source.Read(places, default);
            for (int i = 0; i < places.Length; i++)
            {
                Same(block[i], truth.RootElement.GetProperty(places[i].ToString(CultureInfo.InvariantCulture)), $"position {places[i]}");
            }

            StoreDescription description = ((IDescribedPayloadSource)source).Describe(index, () => []);
            (description.Matched, description.VectorsWithoutDocument, description.PositionsBeyondIndex)
                .ShouldBe((source.Count!.Value, index.Count - source.Count.Value, 0));
        }
    }

    [Theory]
    [InlineData("lightrag", "LightRAG", null, "__created_at__ integer, __id__ string, content string, full_doc_id string", true)]
    [InlineData("mem0", "mem0", null, "created_at string, data string, extra object, hash string, user_id string", true)]
    [InlineData("pyserini", "Pyserini", null, "", false)]
    [InlineData("dpr", "DPR", null, "", false)]
    [InlineData("numpy_int64", "NumPy array", "ids", "", false)]
    [InlineData("csv_semicolons", "CSV", "fields between semicolons", "n string, note string, source string, text string", false)]
    [InlineData("csv_tabs", "CSV", "fields between tabs", "n string, note string, source string, text string", false)]
    public void A_store_is_described(string name, string framework, string? generation, string fields, bool isKeyed)
    {
        FoundStore found = StoreFinder.Find(Path.Combine(Folder, name), withStore: true, default);
        using IPayloadSource source = StorePayloads.Open(found.StorePath!, default, null, null, default)!;
        StoreDescription description = ((IDescribedPayloadSource)source).Describe(FaissIndex.Describe(found.IndexPath), () => []);
        (description.Framework, description.Generation).ShouldBe((framework, generation));
        string.Join(", ", description.Fields.Select(static field => $"{field.Name} {string.Join('|', field.Types)}")).ShouldBe(fields);
        (source is IStorePayloadSource).ShouldBe(isKeyed);
    }

    [Fact]
    public void Every_file_cut_at_every_byte_is_refused_or_has_fewer_rows()
    {
        string copy = Directory.CreateTempSubdirectory("vm-cut-").FullName;
        foreach (string name in Directory.GetDirectories(Folder).Select(static folder => Path.GetFileName(folder)))
        {
            string original = StoreFinder.Find(Path.Combine(Folder, name), withStore: true, default).StorePath!;
            if (Directory.Exists(original))
            {
                continue;
            }

            byte[] whole = File.ReadAllBytes(original);
            string path = Path.Combine(copy, Path.GetFileName(original));
            long full = CountOf(original);
            for (int length = whole.Length - 1; length >= 0; length -= length > 2_000 ? 17 : 1)
            {
                File.WriteAllBytes(path, whole[..length]);
                CutIsRefused(path, full, $"{name} cut at {length}");
            }

            File.Delete(path);
        }

        Directory.Delete(copy, recursive: true);
    }

    private static void CutIsRefused(string path, long full, string where)
    {
        try
        {
            using IPayloadSource? source = StorePayloads.Open(path, default, null, null, default);
            source?.Check(scattered: true, default);
            // Text ends where it ends: a cut behind a row, or in its last field, is a shorter table, and the numbers tell it.
            bool isShorter = source is null || source.Count < full
                || (Path.GetExtension(path) is ".csv" or ".tsv" && source.Count == full) || Path.GetFileName(path) == "docid";
            isShorter.ShouldBeTrue(where);
        }
        catch (MigrationException error)
        {
            error.ErrorId.ShouldBeOneOf("StoreInvalid", "StoreValueRefused", "PickleTruncated", "PickleInvalid");
            error.Message.ShouldContain(path);
        }
    }

    private static long CountOf(string path)
    {
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        source.Check(scattered: false, default);
        return source.Count!.Value;
    }

    private static void Same(ReadOnlyMemory<byte> payload, JsonElement truth, string where)
    {
        using JsonDocument read = JsonDocument.Parse(payload);
        JsonElement.DeepEquals(read.RootElement, truth).ShouldBeTrue($"{where}: {read.RootElement}");
    }
}
