using System.Text;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;
using VectorMigration.Tests.Feeds;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Stores that are there and cannot travel are named; columns that are left out do no harm; ids and indexes are proposed as they are.</summary>
public sealed class StoreGapTests : IDisposable
{
    private static readonly string Stores = Path.Combine(Fixture.Root, "stores");
    private static readonly byte[] Hdf5 = [0x89, .. "HDF\r\n"u8, 0x1A, .. "\n"u8, .. new byte[64]];

    private readonly string folder = Directory.CreateTempSubdirectory("vm-gap-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("metadata.hdf5")]
    [InlineData("metadata_reordered.hdf5")]
    public void Metadata_of_clip_retrieval_in_HDF5_are_refused_by_name_with_the_way_out(string name)
    {
        string index = Index("image.index");
        File.WriteAllBytes(Path.Combine(folder, name), Hdf5);
        foreach (string path in (string[])[folder, index])
        {
            MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(path, withStore: true, default));
            error.ErrorId.ShouldBe("StoreInvalid");
            error.Message.ShouldContain($"'{name}', an HDF5 file");
            error.RecommendedAction.ShouldContain("-NoStore");
            new StoreChoice(StaysBehind: true).Find(path, default).StorePath.ShouldBeNull();
        }

        List<string> warnings = [];
        new StoreChoice().FindToDescribe(index, warnings.Add, default).ShouldBe(new FoundStore(index, null));
        warnings.ShouldHaveSingleItem().ShouldContain(name);
    }

    [Fact]
    public void HDF5_of_another_name_and_beside_Parquet_is_nobodys()
    {
        string index = Index("image.index");
        File.WriteAllBytes(Path.Combine(folder, "sift.hdf5"), Hdf5);
        StoreFinder.Find(folder, withStore: true, default).StorePath.ShouldBeNull();
        File.WriteAllBytes(Path.Combine(folder, "metadata.hdf5"), Hdf5);
        string parts = Path.Combine(folder, "metadata");
        Directory.CreateDirectory(parts);
        foreach (string part in Directory.GetFiles(Path.Combine(Stores, "tables", "clip_retrieval", "metadata")))
        {
            File.Copy(part, Path.Combine(parts, Path.GetFileName(part)));
        }

        File.Copy(Path.Combine(Stores, "tables", "clip_retrieval", "image.index"), index, overwrite: true);
        StoreFinder.Find(folder, withStore: true, default).StorePath.ShouldBe(parts);
    }

    [Fact]
    public void An_index_whose_configuration_names_a_database_that_is_gone_is_described_with_a_warning()
    {
        string index = Index("docs.faiss");
        File.WriteAllText(Path.Combine(folder, "docs.json"), """{"sql_url":"sqlite:///gone.db","embedding_dim":4,"faiss_index_factory_str":"Flat"}""");
        Should.Throw<MigrationException>(() => new StoreChoice().Find(index, default)).ErrorId.ShouldBe("StoreInvalid");
        foreach (string path in (string[])[index, folder])
        {
            List<string> warnings = [];
            new StoreChoice().FindToDescribe(path, warnings.Add, default).ShouldBe(new FoundStore(index, null));
            warnings.ShouldHaveSingleItem().ShouldContain("'gone.db', which is not in this folder. Name it with -StorePath");
        }

        Should.Throw<MigrationException>(() => new StoreChoice(StorePath: Path.Combine(folder, "docs.json")).FindToDescribe(index, _ => { }, default));
        Index("other.faiss");
        Should.Throw<MigrationException>(() => new StoreChoice().FindToDescribe(folder, _ => { }, default)).ErrorId.ShouldBe("StoreAmbiguous");
    }

    [Theory]
    [InlineData("store.tar.gz")]
    [InlineData("store.zip")]
    public void A_store_that_is_named_may_lie_in_an_archive(string name)
    {
        string index = Index("elsewhere.faiss");
        string unpacked;
        using (FoundStore found = StoreFinder.Find(index, Path.Combine(Stores, "sqlite", "txtai_archives", name), default))
        {
            (found.IndexPath, Path.GetFileName(found.StorePath)).ShouldBe((index, "documents"));
            unpacked = Path.GetDirectoryName(found.StorePath)!;
            using IPayloadSource source = StorePayloads.Open(found.StorePath!, default, null, found.IndexPath, default)!;
            source.Check(scattered: true, default);
            long first = ((IKeyedPayloadSource)source).Keys(default).First();
            Encoding.UTF8.GetString(source.Read([first], default)[0].Span).ShouldContain("\"text\":");
        }

        Directory.Exists(unpacked).ShouldBeFalse();
    }

    [Fact]
    public void A_column_of_bytes_is_refused_and_does_no_harm_where_it_is_left_out()
    {
        string path = SqliteMaker.Write(
            Path.Combine(folder, "app.db"), "CREATE TABLE t (n, text, image BLOB); INSERT INTO t VALUES (0, 'A', x'00ff'), (1, 'B', x'01')");
        using (IPayloadSource refused = Open(path, default))
        {
            MigrationException error = Should.Throw<MigrationException>(() => refused.Check(scattered: false, default));
            error.ErrorId.ShouldBe("StoreValueRefused");
            error.RecommendedAction.ShouldContain("-ExcludePayloadField");
        }

        PayloadMapping without = PayloadMappingTests.Make(excluded: ["image"])!;
        foreach (PayloadRules rules in (PayloadRules[])
            [new() { Mapping = without }, new() { Mapping = PayloadMappingTests.Make(fields: ["n", "text"]) }, new() { Mapping = without, Key = "n" }])
        {
            using IPayloadSource source = Open(path, rules);
            source.Check(scattered: false, default);
            Encoding.UTF8.GetString(source.Read([1], default)[0].Span).ShouldBe("""{"n":1,"text":"B"}""");
        }

        // It is there: a mapping that names it is not told to name nothing.
        without.Unseen.ShouldBeEmpty();
        without.LeavesOut("text").ShouldBeFalse();
    }

    [Fact]
    public void Of_several_tables_with_the_key_the_one_with_a_row_for_every_vector_is_taken()
    {
        string index = Path.Combine(folder, "index.faiss");
        File.WriteAllBytes(index, IndexBytes.Flat(2, new float[4]).ToArray());
        string path = SqliteMaker.Write(Path.Combine(folder, "app.db"), "CREATE TABLE chunks (id, text); INSERT INTO chunks VALUES (0, 'A'), (1, 'B');"
            + "CREATE TABLE users (id, name); INSERT INTO users VALUES (7, 'x'); CREATE TABLE sessions (id, name)");
        PayloadRules rules = new() { Key = "id" };
        using (IPayloadSource source = StorePayloads.Open(path, rules, null, index, default)!)
        {
            source.Check(scattered: true, default);
            Encoding.UTF8.GetString(source.Read([1], default)[0].Span).ShouldBe("""{"id":1,"text":"B"}""");
        }

        File.Delete(path);
        SqliteMaker.Write(path, "CREATE TABLE one (id, text); INSERT INTO one VALUES (0, 'A'), (1, 'B'); CREATE TABLE two AS SELECT * FROM one");
        Should.Throw<MigrationException>(() => StorePayloads.Open(path, rules, null, index, default)).ErrorId.ShouldBe("StoreAmbiguous");
    }

    [Fact]
    public void A_column_of_a_table_that_is_left_out_is_not_read_and_a_key_is()
    {
        string path = Path.Combine(Stores, "tables", "parquet_zstd", "rows.parquet");
        PayloadMapping mapping = PayloadMappingTests.Make(excluded: ["id", "embeddings", "deep", "meta", "tags"])!;
        using IPayloadSource source = StorePayloads.Open(path, new PayloadRules { Mapping = mapping, Key = "id" }, folder, null, default)!;
        source.Check(scattered: true, default);
        Encoding.UTF8.GetString(source.Read([10], default)[0].Span).ShouldStartWith("""{"text":"Text 1,""");
        mapping.Unseen.ShouldBeEmpty();
    }

    [Fact]
    public void Entries_of_LightRAG_have_ids_and_other_dictionaries_have_none()
    {
        using IPayloadSource source = Open(Path.Combine(Stores, "tables", "lightrag", "faiss_index_chunks.index.meta.json"), default);
        IStoreIds ids = source.ShouldBeAssignableTo<IStoreIds>()!;
        ids.HasIds.ShouldBeTrue();
        ids.IdOf(0).ShouldNotBeNull().ShouldStartWith("chunk-");
        ids.IdOf(99).ShouldBeNull();
        string path = Path.Combine(folder, "texts.json");
        File.WriteAllText(path, """{"0":"A","1":"B"}""");
        using IPayloadSource plain = Open(path, default);
        ((IStoreIds)plain).HasIds.ShouldBeFalse();
    }

    [Fact]
    public void Half_of_a_character_in_a_key_of_LightRAG_is_refused_and_described_without_a_fault()
    {
        string path = Path.Combine(folder, "half.meta.json");
        File.WriteAllText(path, """{"0":{"__id__":"chunk-1","content":"A","__vector__":[1],"\ud800":1},"1":{"\ud800":1,"__id__":"\ud800","content":"B"}}""");
        using IPayloadSource source = Open(path, default);
        IStoreIds ids = source.ShouldBeAssignableTo<IStoreIds>()!;
        (ids.IdOf(0), ids.IdOf(1)).ShouldBe(("chunk-1", null));
        ((IDescribedPayloadSource)source).Describe(FaissIndex.Describe(Index("half.faiss")), () => []).Matched.ShouldBe(2);
        Should.Throw<MigrationException>(() => source.Check(scattered: true, default)).ErrorId.ShouldBe("PayloadRowInvalid");
    }

    [Fact]
    public void Indexes_are_proposed_for_what_is_filtered_by_and_not_for_what_is_read()
    {
        string index = Index("index.faiss");
        string path = Path.Combine(folder, "rows.csv");
        string words = new('w', 300);
        File.WriteAllText(path, $"lang,summary,text\nde,{words},A\nen,{words},B\nde,{words},C\nfr,{words},D\n");
        using IDescribedPayloadSource source = (IDescribedPayloadSource)Open(path, default);
        StoreDescription description = source.Describe(FaissIndex.Describe(index), () => []);
        description.ProposedIndexes.ShouldBe(["lang:keyword"]);
        description.Fields.Select(static field => field.AverageLength).ShouldBe([2, 300, 1]);
    }

    private static IPayloadSource Open(string path, PayloadRules rules) => StorePayloads.Open(path, rules, null, null, default).ShouldNotBeNull();

    private string Index(string name)
    {
        string path = Path.Combine(folder, name);
        File.Copy(Path.Combine(Stores, "json", "list_texts", "index.faiss"), path);
        return path;
    }
}
