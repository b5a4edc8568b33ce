using System.Globalization;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>The predictions of <c>tune</c> held against real runs: each try tunes, then migrates with the recommended values and without any.</summary>
internal static class TuningPart
{
    private const int Dimension = 100;
    private static readonly long[] Sizes = [1_000, 10_000];

    public static async Task RunAsync(Workshop workshop)
    {
        (string index, string what) = Index(workshop);
        long all = FaissIndex.Describe(index).Count;
        var rows = new List<string[]>();
        var small = new List<string[]>();
        var hits = new Dictionary<(long Vectors, bool Adaptive), int>();
        int tries = workshop.Quick ? 1 : 10;
        for (int attempt = 1; attempt <= tries; attempt++)
        {
            await using QdrantServer server = await QdrantServer.StartAsync();
            JsonElement tuning = await TuneAsync(workshop, server.GrpcUri, index);
            foreach (long vectors in (long[])[all, .. Sizes])
            {
                foreach (bool adaptive in (bool[])[false, true])
                {
                    MigrateRun run = await MigrateAsync(workshop, server.GrpcUri, index, vectors, adaptive ? null : tuning);
                    (double low, double expected, double high) = Prediction(tuning, vectors, adaptive);
                    bool within = run.UploadSeconds >= low && run.UploadSeconds <= high;
                    hits[(vectors, adaptive)] = hits.GetValueOrDefault((vectors, adaptive)) + (within ? 1 : 0);
                    (vectors == all ? rows : small).Add([
                        attempt.ToString(CultureInfo.InvariantCulture), Page.Whole(vectors), adaptive ? "without any values" : Values(tuning), Seconds(low),
                            Seconds(expected), Seconds(high), Page.Number(high / low),
                        Seconds(run.UploadSeconds), within ? "yes" : "**no**", Load()]);
                }
            }
        }

        string[] head = ["try", "vectors", "run with", "from, s", "expected, s", "to, s", "to ÷ from", "real upload, s", "within", "load"];
        workshop.Publish("tuning", new Page("Predicted and real durations", "tune")
            .Say($"Each try tunes for a minute on an empty server, then migrates {what} with the recommended values and without any (the pace that is "
                + $"found while sending), each as a process of its own with journal and logs (`--verify none`). **within**: the upload, from the first "
                + $"request to the last answer, took as long as `tune` had predicted. The target is 9 of 10 for all vectors. **load**: the machine's "
                + $"1-minute load average after the run; what else runs there makes intervals wide and runs unlike each other.")
            .Table(["vectors", "with the recommended values", "without any values"],
                new[] { all }.Concat(Sizes).Select(vectors => (string[])[Page.Whole(vectors), $"{hits[(vectors, false)]} of {tries} within",
                $"{hits[(vectors, true)]} of {tries} within"]))
            .Table(head, rows)
            .Say("Small sizes take a fraction of a second, of which a single pause of the machine is a large part:")
            .Table(head, small));
    }

    private static (string Path, string What) Index(Workshop workshop)
    {
        string words = Path.Combine(workshop.Root, "artifacts", "words", "words.faiss");
        return workshop.Quick ? (workshop.FlatIndex(20_000, Dimension), "20,000 random vectors")
            : File.Exists(words) ? (words, "the 341,479 word vectors of `./build.sh bench-words`")
            : (workshop.FlatIndex(341_479, Dimension), "341,479 random vectors (`./build.sh bench-words` makes the real ones)");
    }

    private static async Task<JsonElement> TuneAsync(Workshop workshop, Uri endpoint, string index)
    {
        ChildRun run = await Child.RunAsync(
            Migrate.Tool(workshop), ["tune", index, "--url", endpoint.GetLeftPart(UriPartial.Authority), "--collection", "tuned", "--budget",
                workshop.Quick ? "10" : "60", "--json"]);
        return run.Json.GetProperty("tuning");
    }

    private static Task<MigrateRun> MigrateAsync(Workshop workshop, Uri endpoint, string index, long vectors, JsonElement? tuning)
    {
        string[] values = tuning is JsonElement found
            ? ["--batch-size", found.GetProperty("batchSize").GetRawText(), "--parallel", found.GetProperty("throttleLimit").GetRawText(), "--batch-delay",
                found.GetProperty("batchDelay").GetRawText()]
            : [];
        return Migrate.RunAsync(workshop, endpoint, index, ["--verify", "none", "--limit", vectors.ToString(CultureInfo.InvariantCulture), .. values]);
    }

    private static (double Low, double Expected, double High) Prediction(JsonElement tuning, long vectors, bool adaptive)
    {
        JsonElement found = tuning.GetProperty(adaptive ? "adaptivePredictions" : "predictions").EnumerateArray()
            .First(prediction => prediction.GetProperty("vectors").GetInt64() == vectors);
        return (found.GetProperty("low").GetDouble(), found.GetProperty("upload").GetDouble(), found.GetProperty("high").GetDouble());
    }

    private static string Values(JsonElement tuning) => $"{tuning.GetProperty("batchSize").GetRawText()} × {tuning.GetProperty("throttleLimit").GetRawText()}";

    private static string Seconds(double value) => Page.Number(value, value < 1 ? 3 : 2);

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
