using System.Text.Json;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>
/// A <c>migration.log</c> that is read back: that of one run; that of a log folder, which tells where those of its runs are; or one of an earlier version,
/// whose lines were written by many runs, perhaps by several at once over each other. What is no line of a log is passed over and counted.
/// </summary>
internal sealed class LogFile(string path, CancellationToken cancellationToken)
{
    private const int MostHeadLines = 1_000;
    private const long MostHeadBytes = 16 << 20;
    private const string StartName = "run-started";
    private const string EndName = "run-ended";

    /// <summary>Lines that were passed over by the last reading.</summary>
    public long Torn { get; private set; }

    /// <summary>Whether a file is a log: an object with the field <c>event</c> stands among its first lines. An empty file is an empty log.</summary>
    public static bool IsLog(string path)
    {
        using FileStream file = Open(path);
        if (file.Length == 0)
        {
            return true;
        }

        // Runs of earlier versions wrote over each other, and over the first line too.
        var lines = new LogLines(file);
        while (lines.Number < MostHeadLines && file.Position < MostHeadBytes && lines.TryRead(out ReadOnlyMemory<byte> line))
        {
            if (TryParse(line) is JsonDocument json)
            {
                json.Dispose();
                return true;
            }
        }

        return false;
    }

    /// <summary>Folds the batches of one run: the one that is asked for, or, of those that sent something, the one that began last.</summary>
    /// <exception cref="MigrationException">There is no such run, or no line can be read.</exception>
    public RunRecord Measure(Guid? runId, TimeSpan? slowThreshold)
    {
        // Runs before batches, so that those of one run at a time are held, however many runs the log tells of.
        List<Guid> runs = [];
        HashSet<Guid> here = [];
        Dictionary<Guid, RunFolder> apart = [];
        ForEachLine((name, run, line) =>
        {
            RunFolder? folder = line.TryGetProperty("log", out JsonElement told) ? RunFolder.OfTold(Path.GetDirectoryName(path)!, told.GetString()) : null;
            if (folder is not null ? apart.TryAdd(run, folder) : name == BatchLogRecord.Name && !apart.ContainsKey(run) && here.Add(run))
            {
                runs.Add(run);
            }
        });
        if (runId is Guid wanted)
        {
            return MeasureOne(wanted, apart.GetValueOrDefault(wanted), slowThreshold) ?? throw Missing(wanted);
        }

        return Enumerable.Reverse(runs).Select(run => MeasureOne(run, apart.GetValueOrDefault(run), slowThreshold)).OfType<RunRecord>().FirstOrDefault()
            ?? throw Missing(null);
    }

    /// <summary>The journal that the run of this log noted its batches in; null where the log tells of none.</summary>
    public string? Journal()
    {
        string? journal = null;
        if (File.Exists(path))
        {
            ForEachLine((name, _, line) => journal ??= name == StartName && line.TryGetProperty("journal", out JsonElement told) ? told.GetString() : null);
        }

        return journal;
    }

    /// <summary>Whether a run of an earlier version, which logged here alone, has not ended, or could be resumed when it ended.</summary>
    public bool HoldsUnended()
    {
        HashSet<Guid> unended = [];
        ForEachLine((name, run, line) =>
        {
            bool isApart = line.TryGetProperty("log", out _);
            bool ended = name == EndName && line.TryGetProperty("status", out JsonElement status)
                && status.GetString() is not (nameof(MigrationStatus.Interrupted) or nameof(MigrationStatus.Incomplete));
            _ = ended ? unended.Remove(run) : !isApart && unended.Add(run);
        });
        return unended.Count > 0;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>A line that is an object with the field <c>event</c>; null for any other.</summary>
    private static JsonDocument? TryParse(ReadOnlyMemory<byte> line)
    {
        try
        {
            var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 8 });
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("event", out JsonElement name)
                && name.ValueKind == JsonValueKind.String)
            {
                return json;
            }

            json.Dispose();
        }
        catch (JsonException)
        {
            // Whoever asks counts it.
        }

        return null;
    }

    /// <summary>The figures of one run; null where it sent nothing, or its log is gone.</summary>
    private RunRecord? MeasureOne(Guid run, RunFolder? folder, TimeSpan? slowThreshold)
    {
        if (folder is not null && !string.Equals(folder.Log, path, StringComparison.Ordinal))
        {
            return File.Exists(folder.Log) ? new LogFile(folder.Log, cancellationToken).MeasureOne(run, null, slowThreshold) : null;
        }

        var perf = new PerfAccumulator(slowThreshold);
        long batches = 0;
        ForEachLine((name, of, line) =>
        {
            if (of == run && name == BatchLogRecord.Name)
            {
                BatchLogRecord? record = line.Deserialize(LogJson.Default.BatchLogRecord);
                perf.Add(record is { IsSound: true } ? record.ToResult() : throw new FormatException("Figures that no run can have."));
                batches++;
            }
        });
        return batches > 0 ? new RunRecord(run, path, perf.ToPerf()) { TornLines = Torn } : null;
    }

    private MigrationException Missing(Guid? wanted) =>
        Torn > 0 ? HistoryErrors.Damaged(path, Torn) : wanted is Guid run ? HistoryErrors.RunMissing(path, run) : HistoryErrors.NothingSent(path);

    /// <summary>Tells of each sound line: its event, its run, and the line, which is gone afterwards. Others are counted.</summary>
    internal void ForEachLine(Action<string, Guid, JsonElement> tell)
    {
        using FileStream file = Open(path);
        var lines = new LogLines(file);
        long torn = 0;
        while (lines.TryRead(out ReadOnlyMemory<byte> line))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.Span.Trim((byte)' ').TrimEnd((byte)'\r').IsEmpty)
            {
                continue;
            }

            using JsonDocument? json = TryParse(line);
            try
            {
                if (json?.RootElement is JsonElement root)
                {
                    string name = root.GetProperty("event").GetString()!;
                    bool hasRun = root.TryGetProperty("run", out JsonElement run);
                    if (hasRun || name == BatchLogRecord.Name)
                    {
                        tell(name, run.GetGuid(), root);
                    }

                    continue;
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                // It is an object, and not one that a run writes.
            }

            torn++;
        }

        Torn = torn + lines.Torn;
    }
}
