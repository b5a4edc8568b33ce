using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace VectorMigration.Bench;

/// <summary>Reading alone: the feed that the engine is given, beside a plain read of the same file and beside FAISS.</summary>
internal static class ReadingPart
{
    private const int Block = 1 << 20;

    /// <summary>Readings of a small index in one process: the first compiles, the second still meets cold code, the last is what a native program has from
    /// the start.</summary>
    private const int Readings = 6;

    /// <summary>As the tool that servers get runs: nothing is compiled a second time.</summary>
    private static readonly Dictionary<string, string> AsReleased = new() { ["DOTNET_TieredCompilation"] = "0" };

    public static async Task RunAsync(Workshop workshop)
    {
        int count = workshop.Quick ? 20_000 : 200_000;
        const int dimension = 384;
        bool faiss = await Peers.PresentAsync("/usr/bin/python3", "-c", "import faiss");
        var rows = new List<string[]>();
        foreach (string kind in faiss ? (string[])["Flat", "IVFFlat", "HNSWFlat", "IDMap"] : ["Flat"])
        {
            string index = kind == "Flat" ? workshop.FlatIndex(count, dimension) : await MakeAsync(workshop, kind, count, dimension);
            var plain = new List<double>();
            var ours = new List<double>();
            var theirs = new List<double>();
            for (int repetition = 0; repetition < workshop.Repetitions + 1; repetition++)
            {
                plain.Add(PlainRead(index, (long)count * dimension * sizeof(float)));
                ours.Add(await OursAsync(index));
                if (faiss)
                {
                    theirs.Add(await FaissAsync(workshop, index));
                }
            }

            double bytes = (double)count * dimension * sizeof(float);
            double fast = Page.Median(ours);
            rows.Add([
                kind, Page.Number(bytes / Page.Median(plain) / 1e9, 2), Page.Number(bytes / fast / 1e9, 2), Page.Percent(Page.Median(plain) / fast),
                faiss ? Page.Number(bytes / Page.Median(theirs) / 1e9, 2) : "not present", faiss ? Page.Number(Page.Median(theirs) / fast) : string.Empty]);
        }

        workshop.Publish("reading", new Page($"Reading {Page.Whole(count)} × {dimension}", "reading")
            .Table(["kind", "plain read, GB/s", "ours, GB/s", "of the plain read", "FAISS read_index + reconstruct_n, GB/s", "ours ÷ FAISS"], rows)
            .Say("Bytes of vectors over time, files in the page cache. **plain read**: as many bytes as the vectors have, from the start of the file, in "
                + "blocks of 1 MiB into one buffer, by the same call of the system. **ours**: the batches of 100 that the engine is given: ids, point "
                + "ids, the check for NaN and infinity and for changes of the file included, opening too; the last of six readings in a fresh "
                + "process, so that compiling does not count. **FAISS**: `read_index` and `reconstruct_n`, 1.7.3."));
    }

    /// <summary>Memory while a sparse index far larger than it is read.</summary>
    public static async Task RunMemoryAsync(Workshop workshop)
    {
        const int dimension = 384;
        long count = (workshop.Quick ? 1L << 30 : 20L << 30) / (dimension * sizeof(float));
        string index = workshop.SparseIndex(count, dimension);
        try
        {
            ChildRun run = await Child.RunAsync(Environment.ProcessPath!, ["reader", index, "100"], environment: AsReleased);
            workshop.Publish("memory", new Page("Memory at any size", "memory")
                .Table(["what", "vectors", "GB", "s", "greatest private memory, MB", "greatest resident memory, MB"],
                    [["reading a sparse Flat index", Page.Whole(count), Page.Number(count * dimension * sizeof(float) / 1e9), Page.Number(run.Seconds),
                        Page.Number(run.PeakPrivate / 1e6), Page.Number(run.PeakResident / 1e6)]])
                .Say("All batches of the feed are read and given back. The upload of 1,000,000 vectors stands in [scale.md](scale.md). **private**: "
                    + "anonymous memory, sampled every 20 ms."));
        }
        finally
        {
            File.Delete(index);
        }
    }

    /// <summary>Reads an index as the engine does, several times where it is small, and tells the seconds of the last reading.</summary>
    public static int RunAsChild(string path, int batchSize)
    {
        double seconds = 0;
        int readings = new FileInfo(path).Length > 2L << 30 ? 1 : Readings;
        for (int reading = 0; reading < readings; reading++)
        {
            long started = Stopwatch.GetTimestamp();
            using IVectorSource source = FaissIndex.Open(path, allowDecoded: true);
            var feed = new IndexFeed(source, null, new FeedOptions(), 0, source.Description.Count, new HashSet<long>(), null);
            while (feed.NextAsync(batchSize, CancellationToken.None).AsTask().GetAwaiter().GetResult() is VectorBatch batch)
            {
                batch.Dispose();
            }

            seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        Console.WriteLine(JsonSerializer.Serialize(new { seconds }));
        return 0;
    }

    /// <summary>Seconds in which a fresh process of this program reads an index.</summary>
    public static async Task<double> OursAsync(string index) =>
        (await Child.RunAsync(Environment.ProcessPath!, ["reader", index, "100"], environment: AsReleased)).Json.GetProperty("seconds").GetDouble();

    /// <summary>Seconds in which FAISS reads an index and takes its vectors out.</summary>
    public static async Task<double> FaissAsync(Workshop workshop, string index) =>
        (await Child.RunAsync("/usr/bin/python3", [Path.Combine(workshop.Root, "bench", "peers", "reading.py"), "read", index]))
            .Json.GetProperty("seconds").GetDouble();

    private static double PlainRead(string path, long bytes)
    {
        byte[] buffer = new byte[Block];
        long started = Stopwatch.GetTimestamp();
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path);
        for (long at = 0; at < bytes;)
        {
            int read = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(Block, bytes - at)), at);
            at += read > 0 ? read : throw new EndOfStreamException(path);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The index of a kind, made by FAISS unless it is there.</summary>
    public static async Task<string> MakeAsync(Workshop workshop, string kind, int count, int dimension)
    {
        string path = Path.Combine(workshop.Folder, string.Create(CultureInfo.InvariantCulture, $"{kind}-{count}x{dimension}.faiss"));
        if (!File.Exists(path))
        {
            await Child.RunAsync("/usr/bin/python3", [Path.Combine(workshop.Root, "bench", "peers", "reading.py"), "make", path, kind,
                count.ToString(CultureInfo.InvariantCulture), dimension.ToString(CultureInfo.InvariantCulture)]);
        }

        return path;
    }
}
