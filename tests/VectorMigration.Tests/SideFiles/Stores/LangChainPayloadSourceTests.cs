using System.Text;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;
using static VectorMigration.Fuzzing.Pickles.StorePickles;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Payloads of a LangChain store by FAISS id.</summary>
public sealed class LangChainPayloadSourceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-langchain-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Payloads_come_by_position_in_any_order()
    {
        using LangChainPayloadSource source = Open([("a", "A"), ("b", "B")], DictOf((Number(7), Text("b")), (Number(3), Text("a")), (Number(5), Text("gone"))));
        source.Check(scattered: true, default);
        source.Keys(default).ShouldBe([3L, 7L]);
        source.Count.ShouldBe(2);
        source.Line(7, default).ShouldBe(2);
        PayloadBlock block = source.Read([7, 5, 3, 100], default);
        Enumerable.Range(0, 4).Select(row => Encoding.UTF8.GetString(block[row].Span)).ShouldBe(
            ["{\"page_content\":\"B\",\"metadata\":{}}", "", "{\"page_content\":\"A\",\"metadata\":{}}", ""]);
    }

    [Fact]
    public void The_same_file_elsewhere_has_the_same_identity_and_another_one_has_not()
    {
        using LangChainPayloadSource first = Open([("a", "A")], Map("a"));
        string identity = first.Identity;
        File.Copy(first.Path, first.Path + ".copy");
        using LangChainPayloadSource copy = new(first.Path + ".copy", default, default);
        copy.Identity.ShouldBe(identity);
        using LangChainPayloadSource other = Open([("a", "B")], Map("a"), "other.pkl");
        other.Identity.ShouldNotBe(identity);
    }

    [Fact]
    public void A_file_that_changes_is_noticed()
    {
        using LangChainPayloadSource source = Open([("a", "A")], Map("a"));
        File.AppendAllText(source.Path, "x");
        Should.Throw<MigrationException>(() => source.Read([0], default)).ErrorId.ShouldBe("PayloadFileChanged");
    }

    [Fact]
    public void Documents_are_judged_before_the_run_as_all_payloads_are()
    {
        PickleValue deep = Number(1);
        for (int i = 0; i < 40; i++)
        {
            deep = Dict(("d", deep));
        }

        string path = Path.Combine(folder, "deep.pkl");
        File.WriteAllBytes(path, PickleWriter.Write(Tuple(Docstore(("a", Pydantic1Document("A", Dict(("deep", deep))))), Map("a")), 4));
        using LangChainPayloadSource source = new(path, default, default);
        MigrationException error = Should.Throw<MigrationException>(() => source.Check(scattered: false, default));
        error.ErrorId.ShouldBe("PayloadRowInvalid");
        error.Message.ShouldContain("the document 'a' cannot be a payload: expected one JSON object, "
            + "found objects or arrays nested deeper than Qdrant accepts");
    }

    private LangChainPayloadSource Open((string Id, string Text)[] documents, PickleDict map, string name = "index.pkl")
    {
        string path = Path.Combine(folder, name);
        PickleValue docstore = Docstore([.. documents.Select(entry => (entry.Id, Pydantic1Document(entry.Text, Dict())))]);
        File.WriteAllBytes(path, PickleWriter.Write(Tuple(docstore, map), 4));
        return new LangChainPayloadSource(path, default, default);
    }
}
