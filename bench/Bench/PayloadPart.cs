using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using VectorMigration.SideFiles;

namespace VectorMigration.Bench;

/// <summary>Joining payloads by key: time and memory where neither the file nor the ids of the index are in any order.</summary>
internal static class PayloadPart
{
    private const int Chunk = 100_000;
    private const int Batch = 1_000;
    private const int Read = 200_000;

    // Both prime to every size here, so that each id comes once.
    private const long IndexStep = 472_882_027;
    private const long FileStep = 982_451_653;

    public static async Task RunAsync(Workshop workshop)
    {
        var rows = new List<string[]>();
        foreach (long count in workshop.Quick ? (long[])[100_000] : [1_000_000, 10_000_000, 50_000_000])
        {
            string index = Path.Combine(workshop.Folder, "keyed.faiss");
            string payload = Path.Combine(workshop.Folder, "keyed.jsonl");
            try
            {
                WriteIndex(index, count);
                WritePayload(payload, count);
                ChildRun run = await Child.RunAsync(Environment.ProcessPath!, ["payload", index, payload]);
                rows.Add([
                    Page.Whole(count), Page.Number(new FileInfo(payload).Length / 1e6, 0), Page.Number(run.Json.GetProperty("checked").GetDouble()),
                        Page.Whole(run.Json.GetProperty("perSecond").GetDouble()),
                    Page.Number(run.PeakPrivate / 1e6), Page.Number(run.PeakResident / 1e6)]);
            }
            finally
            {
                File.Delete(index);
                File.Delete(payload);
            }
        }

        workshop.Publish("payloads", new Page("Payloads by key", "payload")
            .Table(["keys", "payload file, MB", "check, s", "payloads read/s", "greatest private memory, MB", "greatest resident memory, MB"], rows)
            .Say("An id map whose ids are in no order, and a JSON Lines file in another one. **check**: what comes before the first vector: every line "
                + "read and judged, its ids sorted, the ids of the index sorted, both gone through side by side. **read**: 200,000 payloads in batches "
                + "of 1,000, as the ids lie in the index: in no order of the file. **private**: anonymous memory, sampled every 20 ms. The tables "
                + "take 16 bytes a key on the disk, twice as much while they are merged, first for the file, then for the index."));
    }

    /// <summary>Checks and reads as a run does, and tells how long it took.</summary>
    public static int RunAsChild(string index, string payload)
    {
        long started = Stopwatch.GetTimestamp();
        using IVectorSource source = FaissIndex.Open(index);
        string folder = Path.GetDirectoryName(payload)!;
        using IPayloadSource rows = JsonLinesPayloadSource.Open(payload, new PayloadRules { Key = "id" }, folder);
        new PayloadCheck(source, rows, MissingPayload.Fail, new ReasonList(collects: false), folder).Run(0, source.Description.Count, CancellationToken.None);
        double judged = Stopwatch.GetElapsedTime(started).TotalSeconds;

        started = Stopwatch.GetTimestamp();
        long read = 0;
        long[] ids = new long[Batch];
        var join = new PayloadJoin(source, rows);
        for (; read < Math.Min(Read, source.Description.Count); read += Batch)
        {
            source.ReadIds(read, ids, CancellationToken.None);
            PayloadBlock block = join.ReadWithin(read, ids, long.MaxValue, CancellationToken.None);
            if (JsonDocument.Parse(block[0]).RootElement.GetProperty("id").GetInt64() != ids[0])
            {
                throw new InvalidOperationException("A payload came to another vector.");
            }
        }

        Console.WriteLine(JsonSerializer.Serialize(new { @checked = judged, perSecond = read / Stopwatch.GetElapsedTime(started).TotalSeconds }));
        return 0;
    }

    // IndexIDMap over an IndexFlat of one component, which is a hole in the file.
    private static void WriteIndex(string path, long count)
    {
        using FileStream file = File.Create(path);
        using BinaryWriter writer = new(file);
        Header(writer, "IxMp"u8, count);
        Header(writer, "IxF2"u8, count);
        writer.Write((ulong)count);
        writer.Flush();
        file.Seek(count * sizeof(float), SeekOrigin.Current);
        writer.Write((ulong)count);
        long[] ids = new long[Chunk];
        for (long done = 0; done < count; done += Chunk)
        {
            for (int i = 0; i < Chunk; i++)
            {
                ids[i] = (done + i) * IndexStep % count;
            }

            writer.Write(MemoryMarshal.AsBytes(ids.AsSpan()));
        }
    }

    private static void Header(BinaryWriter writer, ReadOnlySpan<byte> code, long count)
    {
        writer.Write(code);
        writer.Write(1);
        writer.Write(count);
        writer.Write(1L << 20);
        writer.Write(1L << 20);
        writer.Write((byte)1);
        writer.Write(1);
    }

    private static void WritePayload(string path, long count)
    {
        using StreamWriter writer = new(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 20);
        for (long i = 0; i < count; i++)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{i * FileStep % count},\"text\":\"the text of a vector\"}}\n"));
        }
    }
}
