using System.Globalization;

namespace VectorMigration.Bench;

/// <summary>Throughput with texts of several sizes beside the server's own limit.</summary>
internal static class TextsPart
{
    private const int Dimension = 384;

    private static readonly Pace[] Grid = [new(16, 4, 4), new(64, 4, 4), new(256, 4, 4), new(512, 4, 4), new(1024, 4, 4)];

    public static async Task RunAsync(Workshop workshop)
    {
        var rows = new List<string[]>();
        foreach ((int bytes, int count) in ((int, int)[])[(0, 60_000), (1_024, 40_000), (16_384, 8_000), (65_536, 2_000)])
        {
            int vectors = workshop.Quick ? count / 10 : count;
            string index = workshop.FlatIndex(vectors, Dimension);
            string? payload = bytes == 0 ? null : await TextsAsync(workshop, vectors, bytes);
            AgainstReplay measured = await AgainstReplay.RunAsync(workshop, index, payload, Grid);
            double ours = measured.Ours(vectors);
            rows.Add([
                Page.Whole(bytes), Page.Whole(vectors), Page.Whole(vectors / measured.Seconds), measured.Best.ToString(), Page.Whole(ours),
                Page.Percent(ours * measured.Seconds / vectors), Page.Whole(ours * ((Dimension * sizeof(float)) + bytes) / 1e6),
                Page.Number(Page.Median(measured.Runs.Select(static run => run.CpuMicroseconds)))]);
            if (payload is not null)
            {
                File.Delete(payload);
            }
        }

        workshop.Publish("texts", new Page("Throughput with texts", "texts")
            .Table(["bytes of text a vector", "vectors", "replay, vectors/s", "best replay", "default settings, vectors/s", "of the replay", "MB/s",
                "client CPU, µs/vector"], rows)
            .Say($"Vectors of {Dimension} components, and a JSON Lines file with a text, a source and a number in each line. **replay**: upserts encoded "
                + "beforehand and only sent, the best of batch size × parallel over connections: "
                + string.Join(", ", Grid.Select(static pace => pace.ToString())) + "; the best three are measured again, in turns with ours. "
                + "**default settings**: `vector-migration migrate --payload`, journal and logs included, from the first request to the last answer; every "
                + "row was read and judged before that. **client CPU**: user and system time of the whole process."));
    }

    private static async Task<string> TextsAsync(Workshop workshop, int count, int bytes)
    {
        string path = Path.Combine(workshop.Folder, string.Create(CultureInfo.InvariantCulture, $"texts-{count}x{bytes}.jsonl"));
        Random random = new(bytes);
        await using StreamWriter file = new(path);
        for (int i = 0; i < count; i++)
        {
            string text = string.Create(bytes, random, static (letters, dice) =>
            {
                for (int at = 0; at < letters.Length; at++)
                {
                    letters[at] = at % 6 == 5 ? ' ' : (char)('a' + dice.Next(26));
                }
            });
            await file.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $$$"""{"page_content":"{{{text}}}","metadata":{"source":"/data/{{{i}}}.txt","page":{{{i % 90}}}}}"""));
        }

        return path;
    }
}
