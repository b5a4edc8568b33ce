using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What tests of slices have: three index files, their plan, and workers.</summary>
public abstract class SliceWorkers(QdrantServerFixture fixture) : ServerTests(fixture)
{
    /// <summary>Components of a vector.</summary>
    protected const int Dimension = 8;

    /// <summary>Vectors of a part.</summary>
    protected const int Count = 400;

    /// <summary>Slices, if nothing else is asked for.</summary>
    protected const int Slices = 8;

    /// <summary>Three files with ids of their own; all ids and components.</summary>
    protected (long[] Ids, float[] Components) Write()
    {
        List<long> ids = [];
        List<float> components = [];
        for (int n = 1; n <= 3; n++)
        {
            float[] own = IndexFiles.Random(Count, Dimension, seed: n);
            // The ids of the parts meet, so that ranges of slices lie within each other.
            long[] given = [.. Enumerable.Range(0, Count).Select(i => (((i * 7L) % Count) * 10) + n)];
            IndexFiles.IdMap(At($"part-{n}.faiss"), Dimension, own, given);
            ids.AddRange(given);
            components.AddRange(own);
        }

        return ([.. ids], [.. components]);
    }

    /// <summary>Plans the three files.</summary>
    protected async Task PlanAsync(int slices = Slices, string file = "plan.json") => (await Tool.RunAsync(
        Folder, ["plan", "part-*.faiss", "--collection", Collection, "--slices", $"{slices}", "--out", file])).ShouldSucceed();

    /// <summary>The command that moves a slice.</summary>
    protected string[] Slice(int number, int of = Slices, string plan = "plan.json", string logs = "logs", params string[] more) =>
        ["migrate", "--plan", plan, "--slice", $"{number}/{of}", "--url", Url, "--log-dir", logs, "--json", .. more];

    /// <summary>Joins the slices.</summary>
    internal Task<ToolResult> JoinAsync(string plan = "plan.json", params string[] more) =>
        Tool.RunAsync(Folder, ["join", "--plan", plan, "--url", Url, "--json", .. more]);

    /// <summary>Runs a slice slowly, and kills it once it has sent something.</summary>
    protected async Task KillMidwayAsync(long atLeast, params string[] arguments)
    {
        long before = await Witness.ExistsAsync(Collection) ? await Witness.CountAsync(Collection) : 0;
        using Tool tool = Tool.Start(Folder, null, [.. arguments, "--batch-size", "10", "--batch-delay", "0.1", "--parallel", "1"]);
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (!await Witness.ExistsAsync(Collection) || await Witness.CountAsync(Collection) < before + atLeast)
        {
            tool.HasExited.ShouldBeFalse();
            await Task.Delay(20, limit.Token);
        }

        tool.Signal("KILL");
        await tool.EndAsync();
    }

    /// <summary>The collection has these points and no others.</summary>
    protected async Task ShouldHoldAsync(long[] ids, float[] components)
    {
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Count.ShouldBe(ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            points[$"{ids[i]}"].Vector.ShouldBe(components[(i * Dimension)..((i + 1) * Dimension)]);
        }
    }

    /// <summary>The indexing threshold of the collection.</summary>
    protected async Task<long> ThresholdAsync()
    {
        using HttpClient client = new();
        using JsonDocument document = JsonDocument.Parse(await client.GetStringAsync(new Uri(Server.RestUri, $"/collections/{Collection}")));
        return document.RootElement.GetProperty("result").GetProperty("config").GetProperty("optimizer_config").GetProperty("indexing_threshold").GetInt64();
    }
}
