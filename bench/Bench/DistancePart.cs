using VectorMigration.Line;
using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>The same over a long line: default settings beside the best point of a grid, at several round trips.</summary>
internal static class DistancePart
{
    private const int Dimension = 768;

    public static async Task RunAsync(Workshop workshop)
    {
        int count = workshop.Quick ? 2_000 : 10_000;
        string index = workshop.FlatIndex(count, Dimension);
        string small = workshop.FlatIndex(1_000, Dimension);
        var rows = new List<string[]>();
        var grids = new List<string[]>();
        await using QdrantServer server = await QdrantServer.StartAsync();
        foreach (int roundTrip in (int[])[0, 20, 80, 240])
        {
            await using LongLine line = LongLine.Open("127.0.0.1", server.GrpcPort, new LineOptions { Delay = TimeSpan.FromMilliseconds(roundTrip / 2.0) });
            var endpoint = new Uri($"http://127.0.0.1:{line.Port}");
            await OneAsync(workshop, endpoint, roundTrip, index, small, count, rows, grids);
        }

        workshop.Publish("distance", new Page("Over a long line", "distance")
            .Table(["round trip", "best of the grid, s", "at", $"default settings, {Page.Whole(count)} × {Dimension}, s", "speed of the best",
                "whole process, s", $"1,000 × {Dimension}, whole process, s", "paced"], rows)
            .Say("The line is the proxy of `bench/Line`: the delay each way, at most 6 MB under way on a connection, no other cap; connecting itself "
                + "takes no time there. **best of the grid**: replayed upserts, " + string.Join(", ", Grid(workshop).Select(static pace => pace.ToString()))
                + " (batch size × parallel over connections); the first three of these are measured again, in turns with ours, and those medians "
                + "count. **default settings**: from the first request to the last answer; **whole process**: start, planning, creating the "
                + "collection and the exact count (`--verify count`) included.")
            .Table(["round trip", "batch size × parallel over connections", "s, once", "s, in turns with ours"], grids));
    }

    private static IEnumerable<Pace> Grid(Workshop workshop) =>
        from batch in workshop.Quick ? (int[])[100] : [100, 250, 500, 1_000]
        from parallel in workshop.Quick ? (int[])[16] : [4, 16, 32, 64]
        from connections in workshop.Quick ? (int[])[4] : [1, 4, 16]
        where connections <= parallel
        select new Pace(batch, parallel, connections);

    private static async Task OneAsync(Workshop workshop, Uri endpoint, int roundTrip, string index, string small, int count, List<string[]> rows,
        List<string[]> grids)
    {
        var scanned = new Dictionary<Pace, double>();
        var ours = new List<MigrateRun>();
        var smalls = new List<MigrateRun>();
        foreach (Pace pace in Grid(workshop))
        {
            scanned[pace] = await Replay.RunAsync(endpoint, index, pace);
        }

        Dictionary<Pace, List<double>> replays = Turns.Choose(scanned);
        for (int round = 0; round < workshop.Repetitions * 2; round++)
        {
            await Turns.RoundAsync(round, [
                async () => ours.Add(await Migrate.RunAsync(workshop, endpoint, index, "--verify", "count")),
                async () => smalls.Add(await Migrate.RunAsync(workshop, endpoint, small, "--verify", "count")),
                .. replays.Select(entry => (Func<Task>)(async () => entry.Value.Add(await Replay.RunAsync(endpoint, index, entry.Key)))),
            ]);
        }

        (Pace best, double seconds) = replays.Select(static entry => (entry.Key, Page.Median(entry.Value))).MinBy(static entry => entry.Item2);
        double upload = Page.Median(ours.Select(static run => run.UploadSeconds));
        rows.Add([
            $"{roundTrip} ms", Page.Number(seconds, 2), best.ToString(), Page.Number(upload, 2), Page.Percent(seconds / upload),
            Page.Number(Page.Median(ours.Select(static run => run.Process.Seconds)), 2),
                Page.Number(Page.Median(smalls.Select(static run => run.Process.Seconds)), 2), ours[^1].Flow]);
        grids.AddRange(scanned.OrderBy(static entry => entry.Value).Take(6)
            .Select(entry => (string[])[$"{roundTrip} ms", entry.Key.ToString(), Page.Number(entry.Value, 2),
            replays.TryGetValue(entry.Key, out List<double>? again) ? Page.Number(Page.Median(again), 2) : string.Empty]));
    }
}
