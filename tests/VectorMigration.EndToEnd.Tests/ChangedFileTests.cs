using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Files that somebody changes under a real run: it ends with an error, and what the server holds by then is what the file held before.</summary>
public sealed class ChangedFileTests : IAsyncLifetime
{
    private const int Vectors = 2_000;
    private const int Dimension = 16;
    private readonly string folder = Directory.CreateTempSubdirectory("vm-changed-").FullName;
    private readonly float[] components = IndexFiles.Random(Vectors, Dimension, seed: 78);
    private QdrantServer? server;

    private QdrantServer Server => server!;

    private string Index => Path.Combine(folder, "flat.faiss");

    private string Rows => Path.Combine(folder, "rows.jsonl");

    public async Task InitializeAsync()
    {
        server = await QdrantServer.StartAsync();
        IndexFiles.Flat(Index, Dimension, components);
        await File.WriteAllLinesAsync(Rows, Enumerable.Range(0, Vectors).Select(i => $"{{\"row\":{i}}}"));
        File.SetLastWriteTimeUtc(Index, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(Rows, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("replaced", "it was replaced by another file")]
    [InlineData("rewritten", "it was written to at")]
    [InlineData("cut", "bytes when it was opened")]
    [InlineData("lengthened", "bytes when it was opened")]
    public async Task An_index_that_changes_during_the_run_ends_it_without_an_offset(string change, string told)
    {
        float[] others = IndexFiles.Random(Vectors, Dimension, seed: 79);
        using Tool tool = Tool.Start(folder, null, Run("changed"));
        await FirstBatchesAsync(tool);
        Change(change, others);
        ToolResult run = (await tool.EndAsync()).ShouldEndWith(1, "changed while it was read", told);
        run.Error.ShouldContain("tart again from the beginning");
        run.Error.ShouldNotMatch(@"--offset \d");
        await StoredShouldBeAsBeforeAsync();
        await RunAgainAsync(change is "replaced" or "rewritten" ? others : components);
    }

    [Fact]
    public async Task A_payload_file_that_changes_during_the_run_ends_it_without_an_offset()
    {
        using Tool tool = Tool.Start(folder, null, [.. Run("changed"), "--payload", Rows]);
        await FirstBatchesAsync(tool);
        await File.AppendAllTextAsync(Rows, "{\"row\":2000}\n");
        ToolResult run = (await tool.EndAsync()).ShouldEndWith(1, "rows.jsonl changed while it was read");
        run.Error.ShouldContain("tart again from the beginning");
        await StoredShouldBeAsBeforeAsync();
    }

    private string[] Run(string collection) =>
        ["migrate", Index, "--url", Server.GrpcUri.GetLeftPart(UriPartial.Authority), "--collection", collection, "--batch-size", "50", "--batch-delay",
            "0.05"];

    private void Change(string change, float[] others)
    {
        if (change == "replaced")
        {
            IndexFiles.Flat(Index + ".new", Dimension, others);
            File.Move(Index + ".new", Index, overwrite: true);
            return;
        }

        using FileStream file = new(Index, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        switch (change)
        {
            case "cut":
                file.SetLength(file.Length / 2);
                break;
            case "lengthened":
                file.SetLength(file.Length + 1);
                break;
            default:
                file.Position = file.Length - ((long)others.Length * sizeof(float));
                file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(others.AsSpan()));
                break;
        }
    }

    private async Task StoredShouldBeAsBeforeAsync()
    {
        using Witness witness = new(Server);
        Dictionary<string, WitnessedPoint> points = await witness.ReadAllAsync("changed");
        points.Count.ShouldBeInRange(1, Vectors - 1);
        foreach ((string id, WitnessedPoint point) in points)
        {
            int row = int.Parse(id);
            point.Vector.ShouldBe(components[(row * Dimension)..((row + 1) * Dimension)]);
        }
    }

    /// <summary>A file that stands still again is migrated as any other; a cut one is refused.</summary>
    private async Task RunAgainAsync(float[] expected)
    {
        ToolResult again = await Tool.RunAsync(folder, [.. Run("again")[..6], "--log-dir", Path.Combine(folder, "again")]);
        if (new FileInfo(Index).Length < (long)Vectors * Dimension * sizeof(float))
        {
            again.ShouldEndWith(2, "is cut short");
            return;
        }

        again.ShouldSucceed();
        using Witness witness = new(Server);
        Dictionary<string, WitnessedPoint> points = await witness.ReadAllAsync("again");
        points.Count.ShouldBe(Vectors);
        points["1999"].Vector.ShouldBe(expected[(1999 * Dimension)..]);
    }

    private async Task FirstBatchesAsync(Tool tool)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (RunLogs.Batches(Path.Combine(folder, "logs")) < 5)
        {
            if (tool.HasExited)
            {
                throw new InvalidOperationException($"The run ended too early: {(await tool.EndAsync()).Error}");
            }

            await Task.Delay(10, limit.Token);
        }
    }
}
