using System.Diagnostics;
using VectorMigration.Qdrant;
using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>Server-side settings for a bulk load: the load, and the time until all that will ever be indexed is, each on a server of its own.</summary>
internal static class IndexingPart
{
    private const int Queries = 200;
    private const int Neighbours = 10;

    private static readonly Candidate[] All =
    [
        new("the server's defaults", static settings => settings, null),
        new("`indexing_threshold` 0 while loading", static settings => settings with { Optimizer = new OptimizerSettings { IndexingThreshold = 0 } },
            new CollectionChange { IndexingThreshold = OptimizerSettings.UsualIndexingThreshold }),
        new("`m` 0 while loading", static settings => settings with { HnswM = 0 }, new CollectionChange { HnswM = 16 }),
        new("`max_segment_size` 20,000 KB", static settings => settings with { Optimizer = new OptimizerSettings { MaxSegmentSize = 20_000 } }, null),
        new("`default_segment_number` 8", static settings => settings with { Optimizer = new OptimizerSettings { DefaultSegmentNumber = 8 } }, null),
        new("`shard_number` 2", static settings => settings with { ShardNumber = 2 }, null),
        new("`shard_number` 4", static settings => settings with { ShardNumber = 4 }, null),
        new("`shard_number` 4, `indexing_threshold` 2,000 KB", static settings =>
            settings with { ShardNumber = 4, Optimizer = new OptimizerSettings { IndexingThreshold = 2_000 } }, null),
    ];

    public static async Task RunAsync(Workshop workshop)
    {
        Page page = new Page("What the server is told before a bulk load", "indexing").Say(
            "Each run on a fresh server that shares the cores with the client. **load**: `vector-migration migrate` at its default pacing into a "
                + "collection made with that setting, from the first request to the last answer. "
            + "**until indexed after it**: from the end of the load until the collection is green, stands still, and segments under the threshold "
                + "account for all that is in no index; settings that held only while loading are restored first. "
            + $"**÷ defaults**: below 1 is quicker. **slowest ÷ quickest run**: of the time together; differences smaller than that are none. "
                + $"**indexed**: what is not lies in segments under the threshold, so a setting that is quicker because it indexes less has gained "
                + $"nothing. **server CPU**: user and system time of the server until the index was done, which other work on the machine disturbs "
                + $"least; for 1,000 indexed, because not all runs index as many. **search**: median of {Queries} searches for {Neighbours}, one "
                + $"after another, in the finished collection. The vectors are random, which is the hardest case for a graph.");
        foreach ((int count, int dimension) in workshop.Quick ? [(20_000, 384)] : ((int, int)[])[(24_000, 384), (60_000, 100)])
        {
            page.Say($"## {Page.Whole(count)} × {dimension}").Table(
                ["told", "load, s", "until indexed after it, s", "together, s", "÷ defaults", "slowest ÷ quickest run", "server CPU, s",
                    "CPU for 1,000 indexed, s", "indexed", "segments", "search, ms"],
                await MeasureAsync(workshop, count, dimension));
            // What is measured is not lost when the next size is interrupted.
            workshop.Publish("indexing", page);
        }
    }

    private static async Task<List<string[]>> MeasureAsync(Workshop workshop, int count, int dimension)
    {
        string index = workshop.FlatIndex(count, dimension);
        Dictionary<Candidate, List<Measured>> runs = All.ToDictionary(static candidate => candidate, static _ => new List<Measured>());
        for (int repetition = 0; repetition < workshop.Repetitions; repetition++)
        {
            foreach (Candidate candidate in All)
            {
                Measured run = await OneAsync(workshop, index, dimension, candidate);
                Console.Error.WriteLine($"{count} × {dimension}, {candidate.Name}: {run}");
                runs[candidate].Add(run);
            }
        }

        return [.. All.Select(candidate => Row(candidate, runs[candidate], runs[All[0]], count))];
    }

    private static string[] Row(Candidate candidate, List<Measured> runs, List<Measured> usual, int count)
    {
        double together = Page.Median(runs.Select(static run => run.Together));
        return
        [
            candidate.Name, Page.Number(Page.Median(runs.Select(static run => run.Load))), Page.Number(Page.Median(runs.Select(static run => run.Wait))),
                Page.Number(together),
            Page.Number(together / Page.Median(usual.Select(static run => run.Together)), 2),
                Page.Number(runs.Max(static run => run.Together) / runs.Min(static run => run.Together), 2),
            Page.Number(Page.Median(runs.Select(static run => run.CpuSeconds))), CpuPerThousand(runs),
            Page.Percent(Page.Median(runs.Select(run => (double)run.Indexed / count))), string.Join(", ", runs.Select(static run => run.Segments)),
            Page.Number(Page.Median(runs.Select(static run => run.SearchMilliseconds)), 2),
        ];
    }

    private static string CpuPerThousand(List<Measured> runs)
    {
        double[] indexing = [.. runs.Where(static run => run.Indexed > 0).Select(static run => run.CpuSeconds * 1000 / run.Indexed)];
        return indexing.Length == 0 ? "nothing indexed" : Page.Number(Page.Median(indexing), 2);
    }

    private static async Task<Measured> OneAsync(Workshop workshop, string index, int dimension, Candidate candidate)
    {
        string collection = "indexing";
        await using QdrantServer server = await QdrantServer.StartAsync();
        using QdrantConnection connection = new(new QdrantConnectionOptions { Uri = server.GrpcUri });
        IVectorStore store = connection.GetStore(QdrantStore.Open);
        await store.CreateCollectionAsync(collection, candidate.Settings(new CollectionSettings { Dimension = dimension, Distance = Distance.Euclid }),
            CancellationToken.None);
        double load = await Migrate.IntoAsync(workshop, server.GrpcUri, index, collection);
        long started = Stopwatch.GetTimestamp();
        if (candidate.Restore is not null)
        {
            await store.UpdateCollectionAsync(collection, candidate.Restore, CancellationToken.None);
        }

        IndexWaitLimits limits = new();
        IndexingResult done = await new IndexWait(store, collection, limits, TimeProvider.System).RunAsync(static (_, _) => { }, CancellationToken.None);
        // The last second only made sure that nothing moves any more.
        double wait = Math.Max(0, (Stopwatch.GetElapsedTime(started) - limits.Settled).TotalSeconds);
        double cpu = ServerCpu(server);
        return done.Status == IndexingStatus.Complete
            ? new Measured(load, wait, cpu, done.Indexed, done.Segments, await SearchAsync(store, collection, dimension))
            : throw new InvalidOperationException($"{candidate.Name}: {done.Message}");
    }

    private static double ServerCpu(QdrantServer server)
    {
        using Process process = Process.GetProcessById(server.ProcessId);
        return process.TotalProcessorTime.TotalSeconds;
    }

    private static async Task<double> SearchAsync(IVectorStore store, string collection, int dimension)
    {
        Random random = new(1);
        List<double> times = [];
        for (int i = 0; i < Queries; i++)
        {
            float[] query = [.. Enumerable.Range(0, dimension).Select(_ => (random.NextSingle() * 2) - 1)];
            long started = Stopwatch.GetTimestamp();
            await store.QueryAsync(collection, null, query, Neighbours, exact: false, withPayload: false, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return Page.Median(times);
    }

    /// <summary>What a server is told, and what it is told once the load is over.</summary>
    private sealed record Candidate(string Name, Func<CollectionSettings, CollectionSettings> Settings, CollectionChange? Restore);

    private sealed record Measured(double Load, double Wait, double CpuSeconds, long Indexed, long Segments, double SearchMilliseconds)
    {
        public double Together => Load + Wait;
    }
}
