using VectorMigration.SideFiles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Programs and prose have commas too: a table is what has a header, and as many fields in every row.</summary>
public sealed class CsvRecognitionTests : IDisposable
{
    private const string Program = "import os, sys\nfrom json import dumps, loads\n\n\ndef build(path):\n"
        + "    index = faiss.read_index(path)\n    return index\n";
    private const string Prose = "# Words, and more\nThe first, short, line\n\nA second one, which is longer.\nA third.\n";

    private readonly string folder = Directory.CreateTempSubdirectory("vm-csv-like-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("build.py", Program)]
    [InlineData("README.md", Prose)]
    [InlineData("notes.txt", Prose)]
    [InlineData("run.log", "start, 1\nnext, 2\nend\n")]
    [InlineData("one.txt", "a, b\n")]
    public void Text_with_commas_is_no_table(string name, string text)
    {
        string path = Write(name, text);
        StorePayloads.FormOf(path, default).ShouldBe(StoreForm.None);
        StorePayloads.Open(path, default, null, null, default).ShouldBeNull();
        MigrationException error = Should.Throw<MigrationException>(() => new JsonLinesPayloadSource(path, default).Check(scattered: false, default));
        error.ErrorId.ShouldBe("PayloadNotJsonLines");
        error.Message.ShouldContain("is plain text without columns");
    }

    [Theory]
    [InlineData("build.py", Program)]
    [InlineData("README.md", Prose)]
    public void Beside_an_index_it_is_nobodys(string name, string text)
    {
        File.WriteAllBytes(Path.Combine(folder, "index.faiss"), IndexBytes.Flat(2, new float[6]).ToArray());
        Write(name, text);
        FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        found.StorePath.ShouldBeNull();
        found.Notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("rows.txt", "id,text\n0,a\n1,b\n")]
    [InlineData("rows.data", "id\ttext\n0\ta\n1\t\"b\nc\"\n\n")]
    [InlineData("rows", "id;text\n0;a")]
    public void A_table_is_one_by_any_name(string name, string text) => StorePayloads.FormOf(Write(name, text), default).ShouldBe(StoreForm.Csv);

    /// <summary>What is nearly a table is told by its row, where it was named.</summary>
    [Fact]
    public void A_table_with_a_fault_is_told_by_its_row()
    {
        string rows = string.Concat(Enumerable.Range(0, 50).Select(static row => row == 31 ? "31,a,b\n" : $"{row},a\n"));
        string path = Write("rows.txt", "id,text\n" + rows);
        MigrationException error = Should.Throw<MigrationException>(() => StorePayloads.Open(path, default, null, null, default));
        error.Message.ShouldContain("expected 2 fields as in the header, found 3");
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
