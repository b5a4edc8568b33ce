using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>What the pipeline of cmdlets costs beside the one command, in a real PowerShell.</summary>
internal static class PipelinePart
{
    private const int Dimension = 384;

    public static async Task RunAsync(Workshop workshop)
    {
        string powerShell = (await Child.RunAsync("bash", [Path.Combine(workshop.Root, "tools", "powershell", "install.sh")])).Output.Trim();
        int count = workshop.Quick ? 10_000 : 60_000;
        string index = workshop.FlatIndex(count, Dimension);
        await using QdrantServer server = await QdrantServer.StartAsync();
        ChildRun run = await Child.RunAsync(
            powerShell, ["-NoProfile", "-NonInteractive", "-File", Path.Combine(workshop.Root, "bench", "pipeline.ps1"), "-Path", index, "-Uri",
                server.GrpcUri.GetLeftPart(UriPartial.Authority), "-Times", workshop.Quick ? "1" : "5"]);
        Dictionary<string, double> medians = run.Json.EnumerateObject().ToDictionary(
            static way => way.Name,
            static way => Page.Median(way.Value.EnumerateArray().Select(static seconds => seconds.GetDouble())));
        // Each way beside the one command that sends the same.
        double Whole(string way) => medians[way.StartsWith("with payloads", StringComparison.Ordinal) ? "with payloads: Invoke-VectorMigration"
            : "Invoke-VectorMigration"];
        workshop.Publish("pipeline", new Page("The pipeline beside the one command", "pipeline")
            .Table(["way", "s", "vectors/s", "speed of the one command"],
                [.. medians.Select(way => (string[])[way.Key.Replace("|", "\\|", StringComparison.Ordinal), Page.Number(way.Value, 2),
                Page.Whole(count / way.Value), Page.Percent(Whole(way.Key) / way.Value)])])
            .Say($"{Page.Whole(count)} × {Dimension} in one PowerShell session, by turns, each once before it counts. Everything between the start of "
                + $"the statement and its end: planning, creating the collection, sending; nothing is verified."));
    }
}
