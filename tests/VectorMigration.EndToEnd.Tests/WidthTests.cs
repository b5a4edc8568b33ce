using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Every screen of the command line fits 80 columns, for whoever shows it says so (COLUMNS); in a file its lines stay whole.</summary>
[Collection(SharedServer.Name)]
public sealed class WidthTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private const int Columns = 80;
    private static readonly Dictionary<string, string> Narrow = new() { ["COLUMNS"] = $"{Columns}" };

    [Theory]
    [InlineData("--help")]
    [InlineData("inspect", "--help")]
    [InlineData("migrate", "--help")]
    [InlineData("verify", "--help")]
    [InlineData("compare", "--help")]
    [InlineData("tune", "--help")]
    [InlineData("migrate", "words.faiss", "--colection", "c")]
    [InlineData("inspect", "none.faiss")]
    [InlineData("compare", "logs")]
    public async Task Help_and_errors(params string[] arguments) => ShouldFit(await Tool.RunAsync(Folder, Narrow, arguments));

    [Fact]
    public async Task Every_command()
    {
        File.Copy(Path.Combine(QdrantServer.RepositoryRoot(), "samples", "words.faiss"), At("words.faiss"));
        string[] target = ["--url", Url, "--collection", Collection];
        ShouldFit(await Tool.RunAsync(Folder, Narrow, "inspect", "words.faiss", "--scan"));
        ShouldFit(await Tool.RunAsync(Folder, Narrow, ["migrate", "words.faiss", "--distance", "cosine", "--dry-run", .. target]));
        ToolResult first = await Tool.RunAsync(Folder, Narrow, ["migrate", "words.faiss", "--limit", "2000", .. target]);
        first.ExitCode.ShouldBe(0, first.Error);
        ShouldFit(first);
        ToolResult resumed = await Tool.RunAsync(Folder, Narrow, ["migrate", "words.faiss", "--verbose", .. target]);
        resumed.Error.ShouldContain("resuming: 2,000 of 10,000 vectors are already acknowledged, 8,000 to send");
        resumed.Output.ReplaceLineEndings(" ").ShouldMatch(@"2,000 in earlier runs; with this run 10,000 of 10,000");
        ShouldFit(resumed);
        ShouldFit(await Tool.RunAsync(Folder, Narrow, ["verify", "words.faiss", "--recall", "10", .. target]));
        string[] runs = [.. Directory.GetDirectories(At("logs/runs")).Order(StringComparer.Ordinal)];
        ShouldFit(await Tool.RunAsync(Folder, Narrow, "compare", Path.GetRelativePath(Folder, runs[1]), Path.GetRelativePath(Folder, runs[0])));

        ToolResult whole = await Tool.RunAsync(Folder, "migrate", "--help");
        whole.Output.Split('\n').ShouldContain(static line => line.Length > Columns);
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("verify")]
    [InlineData("tune")]
    public async Task A_long_help_has_its_options_under_headings_the_common_ones_first(string command)
    {
        string help = (await Tool.RunAsync(Folder, command, "--help")).ShouldSucceed().Output;
        string[] lines = help.ReplaceLineEndings("\n").Split('\n');
        string[] headings = [.. lines.Where(static line => line.EndsWith(':') && !line.StartsWith(' '))];
        headings[..4].ShouldBe(["Description:", "Usage:", "Arguments:", "Common options:"]);
        headings.ShouldContain("Payloads:");
        string[] options = [.. lines.Where(static line => line.StartsWith("  --", StringComparison.Ordinal)).Select(static line => line.Trim().Split(' ')[0])];
        options.ShouldBeUnique();
        options[0].ShouldBe("--collection");

        // Each option of the command is there, and each has a heading.
        string table = string.Concat(Directory.EnumerateFiles(
            Path.Combine(QdrantServer.RepositoryRoot(), "src", "VectorMigration.Cli", "Output"), "HelpGroup.cs").Select(File.ReadAllText));
        options.Where(option => !table.Contains($"\"{option}\"", StringComparison.Ordinal)).ShouldBeEmpty();
        lines.ShouldContain(static line => line.Contains("-h, --help"));
    }

    [Fact]
    public async Task A_short_help_is_one_list() =>
        (await Tool.RunAsync(Folder, "report", "--help")).ShouldSucceed().Output.ShouldContain("Options:");

    /// <summary>A path or an address is one word, however long it is.</summary>
    private static void ShouldFit(ToolResult result)
    {
        foreach (string line in result.Output.Split('\n').Concat(result.Error.Split('\n')))
        {
            (line.Length <= Columns || line.Trim().Split(' ').Any(static word => word.Length > Columns - 20)).ShouldBeTrue(line);
        }
    }
}
