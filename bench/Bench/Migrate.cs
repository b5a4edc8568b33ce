using System.Text.Json;

namespace VectorMigration.Bench;

/// <summary>What one <c>migrate</c> came to.</summary>
/// <param name="Vectors">Vectors sent.</param>
/// <param name="UploadSeconds">From the start of the first batch to the end of the last.</param>
/// <param name="Process">The whole process.</param>
/// <param name="Flow">How it was paced.</param>
internal sealed record MigrateRun(long Vectors, double UploadSeconds, ChildRun Process, string Flow)
{
    public double CpuMicroseconds => Process.CpuSeconds * 1e6 / Vectors;
}

/// <summary>The command line tool at its default settings, journal and logs included, as a process of its own.</summary>
internal static class Migrate
{
    public static async Task<MigrateRun> RunAsync(Workshop workshop, Uri endpoint, string indexPath, params string[] further)
    {
        string collection = "bench-" + Guid.NewGuid().ToString("N");
        string folder = workshop.NewFolder();
        ChildRun run = await Child.RunAsync(
            Tool(workshop), ["migrate", indexPath, "--url", endpoint.GetLeftPart(UriPartial.Authority), "--collection", collection, "--json", .. further],
                folder);
        JsonElement json = run.Json;
        using QdrantConnection connection = new(new QdrantConnectionOptions { Uri = endpoint });
        await connection.GetStore(Qdrant.QdrantStore.Open).DeleteCollectionAsync(collection, CancellationToken.None);
        Directory.Delete(folder, recursive: true);
        return new MigrateRun(
            json.GetProperty("counts").GetProperty("sent").GetInt64(),
            json.GetProperty("perf").GetProperty("duration").GetDouble(),
            run,
            json.GetProperty("plan").GetProperty("flow").GetString() ?? string.Empty);
    }

    /// <summary>The same into a collection that is there and stays. Returns the seconds from the first request to the last answer.</summary>
    public static async Task<double> IntoAsync(Workshop workshop, Uri endpoint, string indexPath, string collection)
    {
        string folder = workshop.NewFolder();
        ChildRun run = await Child.RunAsync(
            Tool(workshop), ["migrate", indexPath, "--url", endpoint.GetLeftPart(UriPartial.Authority), "--collection", collection, "--verify", "none",
                "--json"], folder);
        return run.Json.GetProperty("perf").GetProperty("duration").GetDouble();
    }

    /// <summary>The published tool.</summary>
    public static string Tool(Workshop workshop)
    {
        string published = Path.Combine(workshop.Root, "artifacts", "release", "vector-migration");
        return File.Exists(published) ? published : throw new FileNotFoundException($"There is no {published}: run ./build.sh bench, which makes it.");
    }
}
