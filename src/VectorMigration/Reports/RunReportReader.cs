using System.Text.Json;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.Reports;

/// <summary>Reads the log and the summary of a run into a <see cref="RunReport"/>: one pass over the log.</summary>
internal sealed class RunReportReader
{
    private const int MostListed = 20;
    private const int MostWarnings = 50;
    private const int MostOutages = 200;
    private const int MostReasons = 100;

    private readonly Guid run;
    private readonly PerfAccumulator perf;
    private readonly ReportLatencies latencies = new();
    private readonly PriorityQueue<QdrantBatchResult, TimeSpan> slowest = new();
    private readonly List<QdrantBatchResult> failed = [];
    private readonly Dictionary<string, (string Reason, long Count)> reasons = [];
    private readonly List<ReportOutage> outages = [];
    private readonly List<ReportSteering> steered = [];
    private DateTime? pausedAt;
    private TimeSpan paused;
    private readonly List<(DateTimeOffset From, TimeSpan Length)> limits = [];
    private readonly List<(string Name, DateTime At)> phases = [];
    private readonly List<SkippedVector> leftOut = [];
    private readonly List<string> warnings = [];
    private ReportTimeline? timeline;
    private DateTime? first;
    private DateTime last;
    private PlanLogRecord? started;
    private string collection = string.Empty;
    private long batches;
    private long skipped;
    private (DateTime Since, string Reason)? unreachable;

    private RunReportReader(Guid run, TimeSpan? slowThreshold) => (this.run, perf) = (run, new PerfAccumulator(slowThreshold));

    /// <summary>See <see cref="RunReport.Read"/>.</summary>
    public static RunReport Read(string path, Guid? runId, CancellationToken cancellationToken)
    {
        string full = Path.TrimEndingDirectorySeparator(FileNames.Full(path));
        try
        {
            if (RunFolder.Find(full, runId) is RunFolder folder)
            {
                return Read(folder.Log, folder, folder.RunId, cancellationToken);
            }

            // A log of an earlier version, which tells of many runs, or nothing of the kind: that says what is wrong.
            var record = RunRecord.Read(full, runId, cancellationToken: cancellationToken);
            return record.RunId is Guid run && LogFile.IsLog(record.Path) ? Read(record.Path, null, run, cancellationToken)
                : throw HistoryErrors.NoLog(record.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw HistoryErrors.Unreadable(full, e);
        }
    }

    private static RunReport Read(string log, RunFolder? folder, Guid run, CancellationToken cancellationToken)
    {
        RunSummary? summary = folder is not null && File.Exists(folder.Summary) ? RunSummaries.TryRead(folder.Summary) : null;
        RunReportReader reader = new(run, summary?.Perf?.SlowThreshold);
        LogFile file = new(log, cancellationToken);
        if (File.Exists(log))
        {
            file.ForEachLine((name, of, line) =>
            {
                if (of == run)
                {
                    reader.Take(name, line);
                }
            });
        }
        else if (summary is null)
        {
            throw HistoryErrors.NotFound(log);
        }

        return reader.Report(log, folder, summary) with { TornLines = file.Torn };
    }

    private void Take(string name, JsonElement line)
    {
        DateTime at = line.GetProperty("at").GetDateTime();
        first ??= at;
        last = at > last ? at : last;
        switch (name)
        {
            case "run-started":
                collection = line.GetProperty("collection").GetString() ?? string.Empty;
                started ??= PlanOf(line);
                break;
            case BatchLogRecord.Name:
                Take(line.Deserialize(LogJson.Default.BatchLogRecord)!);
                break;
            case "attempt":
                Take(line.Deserialize(LogJson.Default.AttemptLogRecord)!);
                break;
            case "paused":
                PauseLogRecord pause = line.Deserialize(LogJson.Default.PauseLogRecord)!;
                Timeline.Pause(at, Seconds(pause.Seconds));
                Limit(at, Seconds(pause.Seconds));
                break;
            case HeldLogRecord.Name:
                HeldLogRecord held = line.Deserialize(LogJson.Default.HeldLogRecord)!;
                TimeSpan length = Seconds(held.Seconds);
                // Waits that are few in their stretch are shown as long as they were.
                Timeline.Pause(held.From, held.Until - held.From is var whole && whole > length && whole < length * 2 ? whole : length);
                Limit(held.From, length);
                break;
            case "unreachable":
                OutageLogRecord gone = line.Deserialize(LogJson.Default.OutageLogRecord)!;
                unreachable ??= (gone.Since, gone.Reason ?? string.Empty);
                break;
            case "reachable":
                OutageLogRecord back = line.Deserialize(LogJson.Default.OutageLogRecord)!;
                End(unreachable?.Since ?? back.Since, at);
                break;
            case SteeredLogRecord.Name:
                Take(line.Deserialize(LogJson.Default.SteeredLogRecord)!);
                break;
            case PhaseLogRecord.Name:
                phases.Add((line.Deserialize(LogJson.Default.PhaseLogRecord)!.Phase, at));
                break;
            case "left-out":
                SkippedLogRecord left = line.Deserialize(LogJson.Default.SkippedLogRecord)!;
                skipped++;
                if (leftOut.Count < MostListed)
                {
                    leftOut.Add(new SkippedVector(left.Ordinal, left.FaissId, left.Reason));
                }

                break;
            case "warning":
                string message = line.Deserialize(LogJson.Default.WarningLogRecord)!.Message;
                if (warnings.Count < MostWarnings && !warnings.Contains(message))
                {
                    warnings.Add(message);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Notes a wait for a rate limit; one that overlaps the last one makes that longer.</summary>
    private void Limit(DateTime from, TimeSpan length)
    {
        DateTimeOffset begin = new(DateTime.SpecifyKind(from, DateTimeKind.Utc));
        if (limits.Count > 0 && limits[^1] is var before && begin >= before.From && begin <= before.From + before.Length)
        {
            TimeSpan together = begin + length - before.From;
            limits[^1] = (before.From, together > before.Length ? together : before.Length);
            return;
        }

        limits.Add((begin, length));
    }

    /// <summary>By the clock: waits that overlap count once.</summary>
    private TimeSpan Limited()
    {
        LimitedTime waited = new();
        foreach ((DateTimeOffset from, TimeSpan length) in limits.OrderBy(static wait => wait.From))
        {
            waited.Add(from, length);
        }

        return waited.At(DateTimeOffset.MaxValue);
    }

    private ReportTimeline Timeline => timeline ??= new ReportTimeline(first ?? default);

    private void Take(BatchLogRecord record)
    {
        if (!record.IsSound)
        {
            throw new FormatException("Figures that no run can have.");
        }

        QdrantBatchResult result = record.ToResult();
        collection = collection.Length == 0 ? record.Collection : collection;
        if (first > record.StartedAt)
        {
            // A log of an earlier version may begin with the end of its first batch.
            first = timeline is null ? record.StartedAt : first;
        }

        perf.Add(result);
        if (record.Status == BatchStatus.Skipped)
        {
            return;
        }

        batches++;
        latencies.Add(record.Seconds);
        ReportSlice slice = Timeline.At(record.StartedAt + result.Duration);
        bool isDone = record.Status == BatchStatus.Completed;
        slice.Vectors += isDone ? record.Count : 0;
        slice.Bytes += isDone ? record.Bytes : 0;
        slice.Batches++;
        slice.Failed += isDone ? 0 : 1;
        slice.BatchVectors += record.Count;
        slice.BatchTime += result.Duration;
        slice.Longest = result.Duration > slice.Longest ? result.Duration : slice.Longest;
        if (slowest.Count < MostListed || result.Duration > slowest.Peek().Duration)
        {
            slowest.Enqueue(result, result.Duration);
            if (slowest.Count > MostListed)
            {
                _ = slowest.Dequeue();
            }
        }

        if (!isDone && failed.Count < MostListed)
        {
            failed.Add(result);
        }
    }

    private void Take(AttemptLogRecord attempt)
    {
        ReportSlice slice = Timeline.At(attempt.At);
        slice.FailedAttempts++;
        slice.RateLimited += attempt.ErrorId == ErrorIds.RateLimited ? 1 : 0;
        if (reasons.TryGetValue(attempt.ErrorId, out (string Reason, long Count) known))
        {
            reasons[attempt.ErrorId] = known with { Count = known.Count + 1 };
        }
        else if (reasons.Count < MostReasons)
        {
            reasons.Add(attempt.ErrorId, (attempt.Reason, 1));
        }
    }

    private void Take(SteeredLogRecord record)
    {
        if (steered.Count < MostOutages)
        {
            steered.Add(new ReportSteering(record.At, record.Action, record.Text, record.By));
        }

        pausedAt = record.Action == "pause" ? pausedAt ?? record.At : pausedAt;
        if (record.Action is "resume" or "stop")
        {
            EndPause(record.At);
        }
    }

    private void EndPause(DateTime until)
    {
        if (pausedAt is DateTime begun)
        {
            TimeSpan length = until > begun ? until - begun : TimeSpan.Zero;
            Timeline.Pause(begun, length);
            paused += length;
            pausedAt = null;
        }
    }

    private void End(DateTime since, DateTime? until)
    {
        if (outages.Count < MostOutages)
        {
            outages.Add(new ReportOutage(since, until, unreachable?.Reason ?? string.Empty));
        }

        unreachable = null;
    }

    private RunReport Report(string log, RunFolder? folder, RunSummary? summary)
    {
        if (unreachable is { } open)
        {
            End(open.Since, null);
        }

        EndPause(last);
        DateTimeOffset start = summary?.StartedAt ?? Utc(first ?? last);
        DateTimeOffset end = summary is null ? Utc(last) : summary.StartedAt + summary.Duration;
        List<QdrantBatchResult> slow = [];
        while (slowest.TryDequeue(out QdrantBatchResult? next, out _))
        {
            slow.Insert(0, next);
        }

        return new RunReport
        {
            RunId = run,
            LogPath = log,
            StartedAt = start,
            EndedAt = end > start ? end : start,
            Summary = summary,
            Started = started,
            Collection = summary?.Collection ?? collection,
            Perf = batches == 0 ? null : perf.ToPerf(),
            SlicesStart = first ?? default,
            SliceWidth = timeline?.Width ?? TimeSpan.Zero,
            Slices = timeline?.Slices ?? [],
            Latencies = latencies.ToList(),
            Slowest = slow,
            FailedBatches = failed,
            Retries = [.. reasons.Select(static reason => new ReportRetries(reason.Key, reason.Value.Reason, reason.Value.Count))
                .OrderByDescending(static reason => reason.Count).ThenBy(static reason => reason.ErrorId, StringComparer.Ordinal)],
            Outages = outages,
            Steered = steered,
            RateLimited = Limited(),
            Paused = paused,
            Phases = Phases(end.UtcDateTime),
            LeftOut = skipped,
            FirstLeftOut = leftOut,
            Warnings = [.. warnings.Concat(summary?.Warnings ?? []).Distinct().Take(MostWarnings)],
            OtherRuns = folder is null ? [] : Others(folder, summary?.Journal ?? started?.Journal ?? new LogFile(log, CancellationToken.None).Journal()),
        };
    }

    private List<ReportPhase> Phases(DateTime end)
    {
        List<ReportPhase> found = [];
        for (int i = 0; i < phases.Count; i++)
        {
            DateTime until = i + 1 < phases.Count ? phases[i + 1].At : end;
            found.Add(new ReportPhase(phases[i].Name, phases[i].At, until > phases[i].At ? until - phases[i].At : TimeSpan.Zero));
        }

        return found;
    }

    private static List<ReportEarlierRun> Others(RunFolder folder, string? journal)
    {
        List<ReportEarlierRun> others = [];
        string? logs = RunFolder.LogsOf(folder.Log);
        if (journal is null || logs is null)
        {
            return others;
        }

        foreach (RunFolder other in RunFolder.All(logs).Where(other => other.RunId != folder.RunId && File.Exists(other.Log)))
        {
            var trace = RunTrace.Read(other);
            if (trace.Journal == journal)
            {
                others.Add(new ReportEarlierRun(other.RunId, other.StartedAt, trace.Status, SentBy(other)));
            }
        }

        return others;
    }

    /// <summary>Vectors that a run sent: by its summary, else by the batches in its log.</summary>
    private static long? SentBy(RunFolder run)
    {
        if (RunSummaries.TryRead(run.Summary) is RunSummary summary)
        {
            return summary.Counts.Sent;
        }

        try
        {
            return RunRecord.Read(run.Log, run.RunId).Perf.Vectors;
        }
        catch (MigrationException none)
        {
            return none.ErrorId == ErrorIds.RunNotFound ? 0 : null;
        }
    }

    /// <summary>The plan of a run; null where a version that told other things logged it.</summary>
    private static PlanLogRecord? PlanOf(JsonElement line)
    {
        try
        {
            return line.Deserialize(LogJson.Default.PlanLogRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds is >= 0 and < 1e9 ? seconds : throw new FormatException("No duration."));

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
