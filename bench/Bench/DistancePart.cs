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
            .Table(["round trip", "best of the grid, s", "at", $"default settings, {Page.Whole(count)} × {Dimension}, s", "speed of the best", "whole process, s", $"1,000 × {Dimension}, whole process, s", "paced"], rows)
            .Say("The line is the proxy of `bench/Line`: the delay each way, at most 6 MB under way on a connection, no other cap; connecting itself takes no time there. **best of the grid**: replayed upserts, " + string.Join(", ", Grid(workshop).Select(static pace => pace.ToString())) + " (batch size × parallel over connections). **default settings**: from the first request to the last answer; **whole process**: start, planning, creating the collection and the exact count (`--verify count`) included.")
            .Table(["round trip", "batch size × parallel over connections", "s"], grids));
    }

    private static IEnumerable<Pace> Grid(Workshop workshop) =>
        from batch in workshop.Quick ? (int[])[100] : [50, 100, 250, 500]
        from parallel in workshop.Quick ? (int[])[16] : [4, 16, 32, 64]
        from connections in workshop.Quick ? (int[])[4] : [1, 4, 16]
        where connections <= parallel
        select new Pace(batch, parallel, connections);

    private static async Task OneAsync(Workshop workshop, Uri endpoint, int roundTrip, string index, string small, int count, List<string[]> rows, List<string[]> grids)
    {
        var replays = new Dictionary<Pace, double>();
        var ours = new List<MigrateRun>();
        var smalls = new List<MigrateRun>();
        Pace[] grid = [.. Grid(workshop)];
        int every = Math.Max(1, grid.Length / workshop.Repetitions);
        for (int i = 0; i < grid.Length; i++)
        {
            replays[grid[i]] = await Replay.RunAsync(endpoint, index, grid[i]);
            if (i % every == 0)
            {
                // In between, so that what else happens on the machine meets both.
                ours.Add(await Migrate.RunAsync(workshop, endpoint, index, "--verify", "count"));
                smalls.Add(await Migrate.RunAsync(workshop, endpoint, small, "--verify", "count"));
            }
        }

        // One lucky run is no best point: the best few are measured again and their medians compared.
        foreach (Pace pace in replays.OrderBy(static entry => entry.Value).Take(workshop.Quick ? 0 : 3).Select(static entry => entry.Key).ToArray())
        {
            replays[pace] = Page.Median([replays[pace], await Replay.RunAsync(endpoint, index, pace), await Replay.RunAsync(endpoint, index, pace)]);
        }

        (Pace best, double seconds) = replays.MinBy(static entry => entry.Value);
        double upload = Page.Median(ours.Select(static run => run.UploadSeconds));
        rows.Add([
            $"{roundTrip} ms", Page.Number(seconds, 2), best.ToString(), Page.Number(upload, 2), Page.Percent(seconds / upload),
            Page.Number(Page.Median(ours.Select(static run => run.Process.Seconds)), 2), Page.Number(Page.Median(smalls.Select(static run => run.Process.Seconds)), 2), ours[^1].Flow]);
        grids.AddRange(replays.OrderBy(static entry => entry.Value).Take(8).Select(entry => (string[])[$"{roundTrip} ms", entry.Key.ToString(), Page.Number(entry.Value, 2)]));
    }
}
