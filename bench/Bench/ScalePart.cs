using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>Cost against size: what a vector costs must not grow with their number.</summary>
internal static class ScalePart
{
    private const int Dimension = 100;

    public static async Task RunAsync(Workshop workshop)
    {
        var rows = new List<string[]>();
        foreach (int count in workshop.Quick ? (int[])[1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000])
        {
            string index = workshop.FlatIndex(count, Dimension);
            var runs = new List<MigrateRun>();
            for (int repetition = 0; repetition < workshop.Repetitions; repetition++)
            {
                await using QdrantServer server = await QdrantServer.StartAsync();
                runs.Add(await Migrate.RunAsync(workshop, server.GrpcUri, index, "--verify", "count"));
            }

            double Middle(Func<MigrateRun, double> of) => Page.Median(runs.Select(of));
            rows.Add([
                Page.Whole(count), Page.Number(Middle(static run => run.UploadSeconds), 2), Page.Whole(count / Middle(static run => run.UploadSeconds)),
                Page.Number(Middle(static run => run.Process.Seconds), 2), Page.Number(Middle(static run => run.CpuMicroseconds)),
                Page.Number(runs.Max(static run => run.Process.PeakPrivate) / 1e6), Page.Number(runs.Max(static run => run.Process.PeakResident) / 1e6)]);
        }

        workshop.Publish("scale", new Page($"Cost against size, {Dimension} components", "scale")
            .Table(["vectors", "upload, s", "vectors/s", "whole process, s", "client CPU, µs/vector", "greatest private memory, MB",
                "greatest resident memory, MB"], rows)
            .Say("Default settings, journal and logs included, then the exact count. The server indexes while it is loaded, on the same cores, from "
                + "10,000 to 20,000 vectors a segment on. **private**: anonymous memory, sampled every 20 ms, the greatest of all runs; **resident**: "
                + "shared libraries and cached parts of files included."));
    }
}
