using System.Diagnostics;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests.Faults;

/// <summary>A server, an index and the tool between them, for one fault. What arrives is judged over REST, which shares no code with the tool.</summary>
internal sealed class FaultStage : IAsyncDisposable
{
    private const string Collection = "faulted";
    private const int Dimension = 32;

    /// <summary>The key of every stage's server. After every fault it is looked for in whatever the tool said or wrote.</summary>
    public const string Key = "fault-k3y-that-must-not-be-seen-5c1e";

    private readonly string folder = Directory.CreateTempSubdirectory("vm-fault-").FullName;
    private readonly float[] components;
    private readonly Stopwatch clock = Stopwatch.StartNew();

    private FaultStage(QdrantServer server, int vectors, QdrantCluster? cluster = null)
    {
        Server = server;
        Cluster = cluster;
        Vectors = vectors;
        components = IndexFiles.Random(vectors, Dimension, seed: 20261122);
        IndexFiles.Flat(Index, Dimension, components);
        Url = cluster?.Urls ?? server.GrpcUri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>The cluster whose first node the server is; null for one server.</summary>
    public QdrantCluster? Cluster { get; }

    public QdrantServer Server { get; private set; }

    public int Vectors { get; }

    public string Index => Path.Combine(folder, "index.faiss");

    public static string Name => Collection;

    /// <summary>Where the tool is told that the server is.</summary>
    public string Url { get; set; }

    public string Journal { get; set; } = "";

    /// <summary>Options of every run.</summary>
    public string[] Options { get; init; } = [];

    public int Runs { get; private set; }

    /// <summary>Folder of the logs.</summary>
    public string Logs { get => field ?? Path.Combine(folder, "logs"); set; }

    public static async Task<FaultStage> SetAsync(int vectors, string[] options, QdrantServerOptions? server = null) =>
        new(await QdrantServer.StartAsync((server ?? new QdrantServerOptions()) with { ApiKey = Key }), vectors) { Options = options };

    /// <summary>Three nodes instead of one server, each of which the tool is told.</summary>
    public static async Task<FaultStage> SetClusterAsync(int vectors, string[] options)
    {
        QdrantCluster cluster = await QdrantCluster.StartAsync(options: new QdrantServerOptions { ApiKey = Key });
        return new FaultStage(cluster.Nodes[0], vectors, cluster) { Options = options };
    }

    /// <summary>Starts a run.</summary>
    public Tool Start(params string[] more)
    {
        Runs++;
        Dictionary<string, string> environment = new() { ["QDRANT_API_KEY"] = Key };
        string[] journal = Journal.Length == 0 ? [] : ["--journal", Journal];
        return Tool.Start(folder, environment, ["migrate", Index, "--url", Url, "--collection", Collection, "--json", "--verbose", "--log-dir",
            Logs, .. journal, .. Options,
            .. more]);
    }

    /// <summary>Waits for the end of a run, and looks for the key in what it said.</summary>
    public static async Task<ToolResult> EndAsync(Tool tool)
    {
        tool.CommandLine.ShouldNotContain(Key);
        ToolResult ended = await tool.EndAsync();
        (ended.Output + ended.Error).ShouldNotContain(Key);
        return ended;
    }

    /// <summary>Runs until one run ends with 0; the others must end resumable, or before their first vector for want of a server.</summary>
    public async Task FinishAsync(int mostRuns = 10, params string[] more)
    {
        for (int run = 0; ; run++)
        {
            using Tool tool = Start(more);
            ToolResult ended = await EndAsync(tool);
            if (ended.ExitCode == 0)
            {
                ended.Json().GetProperty("verification").GetProperty("passed").GetBoolean().ShouldBeTrue();
                return;
            }

            run.ShouldBeLessThan(mostRuns, ended.Error);
            if (ended.ExitCode == 2)
            {
                // The fault met it before its first vector: refused, and as good to start again.
                ended.Json().GetProperty("error").GetProperty("errorId").GetString()
                    .ShouldBeOneOf("Timeout", "ConnectionLost", "NoServer", "ServerUnavailable");
                continue;
            }

            ended.ShouldEndWith(3);
        }
    }

    /// <summary>Batches that the log tells of, whichever run sent them. (The journal cannot be counted by: it is compacted.)</summary>
    public int Batches() => RunLogs.Batches(Logs);

    /// <summary>Waits until the log tells of so many batches, or the run has ended. False when it ended.</summary>
    public async Task<bool> ReachedAsync(Tool tool, int batches)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (Batches() < batches)
        {
            if (tool.HasExited)
            {
                return false;
            }

            await Task.Delay(2, limit.Token);
        }

        return !tool.HasExited;
    }

    /// <summary>Every point against every vector, and what the logs tell of the way there.</summary>
    /// <param name="fault">What was done.</param>
    /// <param name="times">How often.</param>
    /// <param name="node">The node that is asked; null for the server.</param>
    public async Task<FaultRow> JudgeAsync(string fault, int times, QdrantServer? node = null)
    {
        ShouldHideTheKey();
        using Witness witness = new(node ?? Server, Key);
        Dictionary<string, WitnessedPoint> points = await witness.ReadAllAsync(Collection);
        int lost = 0;
        int wrong = 0;
        for (int i = 0; i < Vectors; i++)
        {
            if (!points.TryGetValue(i.ToString(System.Globalization.CultureInfo.InvariantCulture), out WitnessedPoint? point))
            {
                lost++;
            }
            else if (!point.Vector.AsSpan().SequenceEqual(components.AsSpan(i * Dimension, Dimension)))
            {
                wrong++;
            }
        }

        (long sent, long repeated, long rejected) = ReadLog();
        long duplicated = Math.Max(points.Count - (Vectors - lost), await witness.CountAsync(Collection) - (Vectors - lost));
        var row = new FaultRow(fault, times, Runs, Vectors, Math.Max(0, sent - Vectors), repeated, rejected, lost, duplicated, wrong, clock.Elapsed);
        FaultTable.Add(row);
        return row;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (Cluster?.DisposeAsync() ?? Server.DisposeAsync());
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Logs, journal, its lock and the summaries of runs.</summary>
    private void ShouldHideTheKey()
    {
        string[] written = [.. ((string[])[folder, Logs]).SelectMany(static place => Directory.GetFiles(place, "*", SearchOption.AllDirectories)).Distinct()
            .Where(file => file != Index)];
        written.Length.ShouldBeGreaterThanOrEqualTo(3);
        foreach (string file in written.Append(Journal).Where(File.Exists))
        {
            File.ReadAllText(file).Contains(Key, StringComparison.Ordinal).ShouldBeFalse(file);
        }
    }

    private (long Sent, long Repeated, long Rejected) ReadLog()
    {
        long sent = 0;
        long repeated = 0;
        long rejected = 0;
        foreach (string line in RunLogs.Lines(Logs))
        {
            JsonElement json;
            try
            {
                json = JsonDocument.Parse(line).RootElement;
            }
            catch (JsonException)
            {
                // The line that was being written when the client was killed.
                continue;
            }

            if (json.GetProperty("event").GetString() == "batch" && json.GetProperty("status").GetString() == "Completed")
            {
                sent += json.GetProperty("count").GetInt64();
                repeated += json.GetProperty("attempts").GetInt64() - 1;
                rejected += json.GetProperty("rateLimited").GetInt64();
            }
        }

        return (sent, repeated, rejected);
    }
}
