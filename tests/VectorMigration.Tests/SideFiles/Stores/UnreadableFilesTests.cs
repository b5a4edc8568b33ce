using System.Text;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>What a full disk or an interrupted copy leaves beside an index in place of its texts: refused or told, and never left out in silence.</summary>
public sealed class UnreadableFilesTests : IDisposable
{
    private const int Count = 5;

    private readonly string folder = Directory.CreateTempSubdirectory("vm-unreadable-").FullName;

    public UnreadableFilesTests() => File.WriteAllBytes(At("index.faiss"), IndexBytes.Flat(2, new float[Count * 2]).ToArray());

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("text\na\nb\nc\nd\ne\n", "its first line is a header, name it with -PayloadPath")]
    [InlineData("a\nb\nc\nd\ne\n", "write them as JSON Lines")]
    public void A_table_of_one_column_is_sent_where_it_is_named_and_the_advice_says_so(string content, string advice)
    {
        Write("texts.csv", content);
        Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default).Dispose()).RecommendedAction!.ShouldContain(advice);
    }

    [Theory]
    [InlineData("index.pkl", "", "it is empty")]
    [InlineData("index.pkl", "\0*5000", "it begins with zero bytes")]
    [InlineData("index.pkl", ".", "it is plain text")]
    [InlineData("docs.db", "", "it is empty")]
    [InlineData("index.db", "\0*4096", "it begins with zero bytes")]
    [InlineData("meta.parquet", "\0*4096", "it begins with zero bytes")]
    [InlineData("meta.parquet", "", "it is empty")]
    [InlineData("docs.json", "[]", "it is an empty list")]
    [InlineData("index.json", " [ ]\n", "it is an empty list")]
    [InlineData("docs.jsonl", "", "it is empty")]
    [InlineData("docstore.json", "", "it is empty")]
    [InlineData("docstore.json", "\0*4096", "it begins with zero bytes")]
    [InlineData("docs.csv", "\0*600", "it begins with zero bytes")]
    [InlineData("docs.csv", "id,text\n0,a\n1,b\0\n2,c\n3,d\n4,e\n", "it has one row per vector (5), and contains bytes that are not text in UTF-8")]
    [InlineData("index.tsv", "id\ttext\n0\ta\n1\tb\0\n2\tc\n3\td\n4\te\n", "it has one row per vector (5), and contains bytes that are not text in UTF-8")]
    [InlineData("index.txt", "a\nb\nc\nd\ne\0", "it has one line per vector (5), and contains bytes that are not text in UTF-8")]
    [InlineData("docs.txt", "é\nb\nc\nd\ne\n", "it has one line per vector (5), and contains bytes that are not text in UTF-8")]
    [InlineData("docs.yaml", "# texts\n- a: 1\n  b: 2\n- b\n-\n  c: 1\n- d\n- e", "it has one YAML entry per vector (5), and YAML is not read")]
    [InlineData("index.yml", "---\n0: a\n1: b\n2:\n  - 1\n3: d\n'4': e\n", "it has one YAML entry per vector (5), and YAML is not read")]
    public void They_are_refused_in_a_folder_that_was_named(string name, string content, string words)
    {
        Write(name, content);
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default).Dispose());
        error.Message.ShouldContain(name);
        error.Message.ShouldContain(words);
        error.RecommendedAction!.ShouldContain("-NoStore");
        List<string> told = [];
        new StoreChoice().FindToDescribe(folder, told.Add, default).StorePath.ShouldBeNull();
        told.ShouldHaveSingleItem().ShouldContain(words);

        // Beside an index that was named, the name of the file decides, or that its lines are as many as the vectors.
        if (Path.GetFileNameWithoutExtension(name) == "index" || words.Contains("per vector", StringComparison.Ordinal))
        {
            Should.Throw<MigrationException>(() => StoreFinder.Find(At("index.faiss"), withStore: true, default).Dispose()).Message.ShouldContain(words);
        }
        else
        {
            StoreFinder.Find(At("index.faiss"), withStore: true, default).Notes.ShouldHaveSingleItem().ShouldContain(words);
        }
    }

    [Theory]
    [InlineData("docs.json", "{}", "it is an empty object")]
    [InlineData("docs.json", "null", "it holds neither a list nor an object")]
    [InlineData("docs.json", "\0*4096", "it begins with zero bytes")]
    [InlineData("notes.txt", "", "it is empty")]
    public void What_is_as_often_a_setting_or_a_note_is_told(string name, string content, string words)
    {
        Write(name, content);
        FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        found.StorePath.ShouldBeNull();
        found.Notes.ShouldHaveSingleItem().ShouldContain(words);
        StoreFinder.Find(At("index.faiss"), withStore: true, default).Notes.ShouldHaveSingleItem().ShouldContain(words);
        StoreFinder.Find(folder, withStore: false, default).Notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("README.md", "")]
    [InlineData("config.json", "{}")]
    [InlineData("run.log", "")]
    [InlineData("model.bin", "\0*4096")]
    [InlineData("__init__.py", "")]
    public void What_has_not_the_name_of_data_is_nobodys_texts(string name, string content)
    {
        Write(name, content);
        StoreFinder.Find(folder, withStore: true, default).Notes.ShouldBeEmpty();
    }

    private string At(string name) => Path.Combine(folder, name);

    /// <summary>In Latin-1, so that é is no text in UTF-8.</summary>
    private void Write(string name, string content)
    {
        string text = content.StartsWith("\0*", StringComparison.Ordinal)
            ? new string('\0', int.Parse(content[2..], System.Globalization.CultureInfo.InvariantCulture)) : content;
        File.WriteAllBytes(At(name), Encoding.Latin1.GetBytes(text));
    }
}
