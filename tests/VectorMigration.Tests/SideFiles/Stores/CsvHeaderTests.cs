using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>A CSV file without a header and with one row too many has as many rows as the index has vectors: every text would be off by one.</summary>
public sealed class CsvHeaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-header-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("0,first\n1,second\n2,third\n", "field 1 is a number")]
    [InlineData("first;0.5\nsecond;0.25\nthird;1e-3\n", "field 2 is a number")]
    [InlineData("a,2024-01-01\nb,2024-01-02\nc,2024-01-03\n", "field 2 is a date")]
    [InlineData("a,https://x.example/1\nb,https://x.example/2\n", "field 2 is a URL")]
    [InlineData("6ba7b812-9dad-11d1-80b4-00c04fd430c8,a\n6ba7b813-9dad-11d1-80b4-00c04fd430c8,b\n", "field 1 is a UUID")]
    [InlineData("doc_0.txt,a\ndoc_1.txt,b\ndoc_2.txt,c\n", "field 1 is a text with a number at the same place")]
    [InlineData("cat,animal\ndog,animal\nrose,plant\nhorse,animal\n", "field 2 has a value that rows below have too")]
    [InlineData("The cat sat on the mat and slept all day.,x\nThe dog did not.,y\n", "field 1 is a text, and too long")]
    [InlineData("\"two\nlines\",x\nb,y\n", "field 1 is a text, and too long")]
    public void A_first_line_that_is_a_row_is_refused(string csv, string words)
    {
        MigrationException error = Should.Throw<MigrationException>(() => Check(csv, default));
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain("line 1");
        error.Message.ShouldContain(words);
        error.Message.ShouldNotContain("first");
        error.RecommendedAction!.ShouldContain("-PayloadByRow");
        error.RecommendedAction!.ShouldNotContain("-NoStore");
        Should.Throw<MigrationException>(() => Check(csv, new PayloadRules { IsFound = true })).RecommendedAction!.ShouldContain("-NoStore");
        Check(csv, new PayloadRules { ByRow = true });
    }

    [Theory]
    [InlineData("id,text\n0,a\n1,b\n")]
    [InlineData("text,lang\na,de\nb,de\n")]
    [InlineData(",0\n0,0.5\n1,0.25\n")]
    [InlineData("0,1\na,0.5\nb,0.25\n")]
    [InlineData("0,1\n3,5\n7,9\n")]
    [InlineData("country,2019,2020\nDE,1,2\nFR,3,4\n")]
    [InlineData("q1,q2\nyes,no\nno,no\n")]
    [InlineData("text,text_2\n,\nb,\n")]
    [InlineData("12,The number of the cat in the house is very long and ends in.\n")]
    [InlineData("title,url\na,https://x.example/1\nb,https://x.example/2\n")]
    [InlineData("status,n\nstatus,1\nstatus,2\n")]
    public void A_header_is_one(string csv) => Check(csv, default);

    [Fact]
    public void With_a_key_the_first_line_must_be_a_header_anyway()
    {
        string path = Write("id,text\n0,a\n1,b\n");
        using IPayloadSource keyed = StorePayloads.Open(path, new PayloadRules { Key = "id" }, null, null, default).ShouldNotBeNull();
        keyed.Check(scattered: false, default);
    }

    private void Check(string csv, PayloadRules rules)
    {
        using IPayloadSource source = StorePayloads.Open(Write(csv), rules, null, null, default).ShouldNotBeNull();
        source.Check(scattered: false, default);
    }

    private string Write(string csv)
    {
        string path = Path.Combine(folder, "rows.csv");
        File.WriteAllText(path, csv);
        return path;
    }
}
