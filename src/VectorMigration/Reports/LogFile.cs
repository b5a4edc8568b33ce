using System.Text.Json;
using VectorMigration.Engine;
using VectorMigration.Errors;

namespace VectorMigration.Reports;

/// <summary>A <c>migration.log</c> that is read back. Its lines were written by many runs, perhaps by several at once.</summary>
internal sealed class LogFile(string path, CancellationToken cancellationToken)
{
    /// <summary>Whether a file begins like a log: with a whole line that is an object with the field <c>event</c>. An empty file is an empty log.</summary>
    public static bool IsLog(string path)
    {
        using FileStream file = Open(path);
        if (file.Length == 0)
        {
            return true;
        }

        if (file.ReadByte() != '{')
        {
            return false;
        }

        file.Position = 0;
        if (!new LogLines(file, path).TryRead(out ReadOnlyMemory<byte> line))
        {
            return false;
        }

        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("event", out _);
        }
        catch (JsonException)
        {
            // A summary's first line is a lone brace.
            return false;
        }
    }

    /// <summary>Folds the batches of one run: the one that is asked for, or the one that began last.</summary>
    /// <exception cref="MigrationException">There is no such run, or a line is damaged.</exception>
    public RunRecord Measure(Guid? runId, TimeSpan? slowThreshold)
    {
        // Two passes, so that the batches of one run at a time are held, however many runs the log tells of.
        Guid wanted = runId ?? Last() ?? throw HistoryErrors.NothingSent(path);
        var perf = new PerfAccumulator(slowThreshold);
        long batches = 0;
        ForEachBatch((run, batch, line) =>
        {
            if (run == wanted)
            {
                perf.Add(Read(batch, line));
                batches++;
            }
        });
        return batches > 0 ? new RunRecord(wanted, path, perf.ToPerf()) : throw HistoryErrors.RunMissing(path, wanted);
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private Guid? Last()
    {
        var seen = new HashSet<Guid>();
        Guid? last = null;
        ForEachBatch((run, _, _) => last = seen.Add(run) ? run : last);
        return last;
    }

    private void ForEachBatch(Action<Guid, JsonElement, long> tell)
    {
        using FileStream file = Open(path);
        var lines = new LogLines(file, path);
        while (lines.TryRead(out ReadOnlyMemory<byte> line))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.Span.Trim((byte)' ').TrimEnd((byte)'\r').IsEmpty)
            {
                continue;
            }

            try
            {
                using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 8 });
                JsonElement root = json.RootElement;
                if (root.GetProperty("event").GetString() == BatchLogRecord.Name)
                {
                    tell(root.GetProperty("run").GetGuid(), root, lines.Number);
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                throw HistoryErrors.DamagedLine(path, lines.Number, "it is no JSON object with the fields of an event");
            }
        }
    }

    private QdrantBatchResult Read(JsonElement batch, long line) =>
        batch.Deserialize(LogJson.Default.BatchLogRecord) is { IsSound: true } record
            ? record.ToResult()
            : throw HistoryErrors.DamagedLine(path, line, "status, seconds, count or bytes of the batch are out of range");
}
