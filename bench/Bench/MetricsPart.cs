using System.Globalization;
using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>What metrics cost: client CPU of the same run with and without them, in pairs.</summary>
internal static class MetricsPart
{
    private const double Limit = 1.03;
    private const int Pairs = 11;

    public static async Task RunAsync(Workshop workshop)
    {
        var rows = new List<string[]>();
        foreach ((int count, int dimension) in workshop.Quick ? ((int, int)[])[(20_000, 100)] : [(341_479, 300), (1_000_000, 100)])
        {
            rows.Add(await OneAsync(workshop, count, dimension));
        }

        workshop.Publish("metrics", new Page("What metrics cost", "metrics")
            .Table(["vectors", "pairs", "without, µs/vector", "with, µs/vector", "ratio", "middle half of the ratios", "limit"], rows)
            .Say("Client CPU (user and system time of the whole process) of `vector-migration migrate` at default settings, with an exact count. **with**: "
                + "`--metrics-file` and `--metrics-listen`, and a client that reads the address once a second. Each pair runs on a server of its "
                + "own, one after the other, and takes turns in which comes first. **ratio**: the median of the ratios of the pairs."));
    }

    private static async Task<string[]> OneAsync(Workshop workshop, int count, int dimension)
    {
        string index = workshop.FlatIndex(count, dimension);
        var without = new List<double>();
        var with = new List<double>();
        for (int pair = 0; pair < (workshop.Quick ? 1 : Pairs); pair++)
        {
            await using QdrantServer server = await QdrantServer.StartAsync();
            await Turns.RoundAsync(pair, [
                async () => without.Add((await Migrate.RunAsync(workshop, server.GrpcUri, index, "--verify", "count")).CpuMicroseconds),
                async () => with.Add(await WithAsync(workshop, server.GrpcUri, index))]);
        }

        double[] ratios = [.. with.Zip(without, static (one, other) => one / other).Order()];
        double ratio = Page.Median(ratios);
        return [
            $"{Page.Whole(count)} × {dimension}", ratios.Length.ToString(CultureInfo.InvariantCulture), Page.Number(Page.Median(without), 2),
            Page.Number(Page.Median(with), 2), Page.Number(ratio, 3),
            $"{Page.Number(ratios[ratios.Length / 4], 3)} to {Page.Number(ratios[ratios.Length * 3 / 4], 3)}",
            Page.Number(Limit, 2) + (ratio <= Limit ? ", kept" : ", exceeded")];
    }

    private static async Task<double> WithAsync(Workshop workshop, Uri endpoint, string index)
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Workshop.FreePort()}");
        using CancellationTokenSource ended = new();
        Task<int> reading = ReadAsync(new Uri($"http://{address}/metrics"), ended.Token);
        string file = Path.Combine(workshop.NewFolder(), "run.prom");
        MigrateRun run = await Migrate.RunAsync(workshop, endpoint, index, "--verify", "count", "--metrics-file", file, "--metrics-listen", address);
        await ended.CancelAsync();
        return await reading > 0 && File.Exists(file)
            ? run.CpuMicroseconds
            : throw new InvalidOperationException("The run showed no metrics: nothing was measured.");
    }

    /// <summary>Reads the metrics once a second, as Prometheus would, and returns how often they were there.</summary>
    private static async Task<int> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        using HttpClient client = new();
        int answers = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                answers += (await client.GetStringAsync(address, cancellationToken)).Contains("vectormigration_run_info", StringComparison.Ordinal) ? 1 : 0;
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return answers;
    }
}
