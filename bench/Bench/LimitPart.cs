using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>Throughput and client CPU at default settings beside the server's own limit and beside peers.</summary>
internal static class LimitPart
{
    private static readonly Pace[] Grid = [new(100, 4, 4), new(256, 4, 4), new(512, 4, 4), new(512, 8, 4), new(1024, 2, 2), new(1024, 4, 4), new(2048, 4, 4)];

    public static async Task RunAsync(Workshop workshop)
    {
        var rows = new List<string[]>();
        var peers = new List<string[]>();
        var grid = new List<string[]>();
        foreach (int dimension in (int[])[100, 384, 768, 1536])
        {
            int count = workshop.Quick ? 50_000 : Math.Min(60_000, 30_000_000 / dimension);
            await OneAsync(workshop, count, dimension, rows, peers, grid);
        }

        workshop.Publish("throughput", new Page("As fast as the server can take it", "limit")
            .Table(["vectors", "replay, vectors/s", "best replay", "default settings, vectors/s", "of the replay", "whole process, vectors/s",
                "client CPU, µs/vector", "MB/s", "paced"], rows)
            .Say("**replay**: upserts encoded beforehand and only sent, the best of batch size × parallel over connections: "
                + string.Join(", ", Grid.Select(static pace => pace.ToString()))
                + "; the first three of these are measured again, in turns with ours, and those medians count. **default settings**: "
                + "`vector-migration migrate` without any option of pacing, journal and logs included; from the first request to the last "
                + "answer. **whole process**: start, planning and reading of ids included, without verification. **client CPU**: user and "
                + "system time of that whole process.")
            .Table(["vectors", "peer", "vectors/s", "client CPU, µs/vector", "ours ÷ peer"], peers)
            .Say("Peers send the same vectors as batches of 256, 4 at once, from memory; only their upload is timed. **official .NET client** is the "
                + "package Qdrant.Client 1.20.0. What is not on this machine is told as not present.")
            .Table(["vectors", "replayed as batch size × parallel over connections", "vectors/s"], grid));
    }

    private static async Task OneAsync(Workshop workshop, int count, int dimension, List<string[]> rows, List<string[]> peers, List<string[]> grid)
    {
        string index = workshop.FlatIndex(count, dimension);
        AgainstReplay measured = await AgainstReplay.RunAsync(workshop, index, null, Grid);
        Dictionary<string, List<PeerRun>> others = Peers.Names.ToDictionary(static name => name, static _ => new List<PeerRun>());
        for (int repetition = 0; repetition < workshop.Repetitions; repetition++)
        {
            await using QdrantServer server = await QdrantServer.StartAsync();
            foreach (string name in Peers.Names)
            {
                if (await Peers.RunAsync(workshop, name, server, index, Math.Min(count, 20_000), dimension) is PeerRun run)
                {
                    others[name].Add(run);
                }
            }
        }

        double ours = measured.Ours(count);
        string size = $"{Page.Whole(count)} × {dimension}";
        grid.AddRange(measured.Replays.Select(entry => (string[])[size, entry.Key.ToString(), Page.Whole(count / Page.Median(entry.Value))]));
        rows.Add([
            size, Page.Whole(count / measured.Seconds), measured.Best.ToString(), Page.Whole(ours), Page.Percent(ours * measured.Seconds / count),
            Page.Whole(count / Page.Median(measured.Runs.Select(static run => run.Process.Seconds))),
            Page.Number(Page.Median(measured.Runs.Select(static run => run.CpuMicroseconds))),
            Page.Whole(ours * dimension * sizeof(float) / 1e6), measured.Runs[^1].Flow]);
        foreach ((string name, List<PeerRun> peer) in others)
        {
            peers.Add(peer.Count == 0
                ? [size, name, "not present", string.Empty, string.Empty]
                : [size, name, Page.Whole(Page.Median(peer.Select(static run => run.VectorsPerSecond))),
                    Page.Number(Page.Median(peer.Select(static run => run.CpuMicroseconds))),
                    Page.Number(ours / Page.Median(peer.Select(static run => run.VectorsPerSecond)))]);
        }
    }
}
