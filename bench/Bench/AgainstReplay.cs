using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>The tool at its default settings and the server's own limit, taking turns on servers of their own.</summary>
/// <param name="Runs">Runs of the tool.</param>
/// <param name="Replays">Seconds of the replays by how they were sent; the best of a grid, measured again.</param>
internal sealed record AgainstReplay(IReadOnlyList<MigrateRun> Runs, IReadOnlyDictionary<Pace, List<double>> Replays)
{
    /// <summary>How the quickest replay was sent.</summary>
    public Pace Best => Replays.MinBy(static entry => Page.Median(entry.Value)).Key;

    /// <summary>Seconds of the quickest replay.</summary>
    public double Seconds => Page.Median(Replays[Best]);

    /// <summary>Vectors a second of the tool, from its first request to its last answer.</summary>
    public double Ours(int count) => count / Page.Median(Runs.Select(static run => run.UploadSeconds));

    /// <summary>Measures both.</summary>
    /// <param name="workshop">The workshop.</param>
    /// <param name="index">The index.</param>
    /// <param name="payload">JSON Lines, row by row; null for none.</param>
    /// <param name="grid">Ways to replay; the best three are measured again.</param>
    public static async Task<AgainstReplay> RunAsync(Workshop workshop, string index, string? payload, IEnumerable<Pace> grid)
    {
        var scanned = new Dictionary<Pace, double>();
        await using (QdrantServer server = await QdrantServer.StartAsync())
        {
            foreach (Pace pace in grid)
            {
                scanned[pace] = await Replay.RunAsync(server.GrpcUri, index, pace, payload);
            }
        }

        string[] further = [.. payload is null ? (string[])[] : ["--payload", payload], "--verify", "none"];
        var runs = new List<MigrateRun>();
        Dictionary<Pace, List<double>> replays = Turns.Choose(scanned);
        for (int round = 0; round < workshop.Repetitions * 2; round++)
        {
            await using QdrantServer server = await QdrantServer.StartAsync();
            await Turns.RoundAsync(round, [
                async () => runs.Add(await Migrate.RunAsync(workshop, server.GrpcUri, index, further)),
                .. replays.Select(entry => (Func<Task>)(async () => entry.Value.Add(await Replay.RunAsync(server.GrpcUri, index, entry.Key, payload)))),
            ]);
        }

        return new AgainstReplay(runs, replays);
    }
}
