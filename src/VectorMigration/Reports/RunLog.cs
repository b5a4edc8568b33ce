using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Runs;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Reports;

/// <summary>
/// Writes the log of a run. Each run has a folder of its own in the log folder, <c>runs/&lt;start&gt;-&lt;run id&gt;</c>: <c>migration.log</c> (JSON Lines: one
/// line a batch with its ids, one for each vector left out, for warnings, for the begin and the end of the run), <c>perf_slow.log</c> (one line for each batch
/// over the threshold), <c>ids.log.gz</c> (ids that are no short list of ranges) and <c>summary.json</c>. The <c>migration.log</c> of the log folder has a line
/// for the begin and one for the end of each run, and says where the rest is; runs at the same time, of this process or others, do not meet.
/// A line that cannot be written once the run has begun is lost and counted: the journal is what a run depends on.
/// </summary>
public sealed class RunLog : IRunObserver, IDisposable
{
    private const int MostNoted = 100;
    private readonly TimeSpan slowThreshold;
    private readonly FolderLog shared;
    private readonly MemoryStream line = new();
    private readonly HeldStretch waits = new();
    private readonly Lock gate = new();
    private DateTimeOffset? startedAt;
    private RunFolder? run;
    private LineFile? log;
    private LineFile? slow;
    private LineFile? ids;
    private bool isBegun;
    private bool isEnded;
    private readonly TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
    private RunWarning? loss;
    private readonly List<string> noted = [];
    private string? report;
    private bool isClosed;
    private int written;

    /// <summary>Makes the folder and makes sure that logs can be written to it.</summary>
    /// <exception cref="MigrationException">The folder or its log cannot be written.</exception>
    public RunLog(string directory, TimeSpan slowThreshold)
    {
        Directory = Path.GetFullPath(directory);
        this.slowThreshold = slowThreshold;
        shared = new FolderLog(Directory);
        try
        {
            if (FolderProbe.OtherThanFolder(Directory) is IOException other)
            {
                throw other;
            }

            System.IO.Directory.CreateDirectory(Path.Combine(Directory, RunFolder.ParentName));
            shared.Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw LogErrors.Unwritable(Directory, e);
        }
    }

    /// <summary>Full path of the folder.</summary>
    public string Directory { get; }

    /// <summary>Full path of the run's own folder; null as long as nothing was logged.</summary>
    public string? RunDirectory => run?.Path;

    /// <summary>How long logs of earlier runs stay; what is too old or too much is removed when a run begins.</summary>
    public LogRetention Retention { get; init; } = new();

    /// <summary>Told of the first line that is lost, as a warning; null for nobody.</summary>
    public IRunObserver? Losses { get; init; }

    /// <summary>The command that begins the run, without secrets, for its summary; null where it is not known.</summary>
    public string? Command { get; init; }

    /// <summary>Draws the report of a run into a file, once it has ended; null for none.</summary>
    internal Action<RunReport, string>? Draw { get; init; }

    /// <summary>Lines that could not be written.</summary>
    public long LostLines { get; private set; }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        RunWarning? before;
        RunWarning? after;

        // The pool tells of batches while a pipeline tells of vectors that it leaves out.
        lock (gate)
        {
            before = loss;
            Take(runEvent);
            after = loss;
        }

        if (before is null && after is not null)
        {
            Losses?.OnEvent(after);
        }
    }

    /// <summary>A result with the report that was drawn of it, and the lines that could not be written.</summary>
    public MigrationResult WithLosses(MigrationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        lock (gate)
        {
            result = result with { ReportPath = report, Warnings = [.. result.Warnings, .. noted.Except(result.Warnings)] };
            return LostLines == 0 ? result : result with { LostLogLines = LostLines, Warnings = [.. result.Warnings, loss!.Message] };
        }
    }

    /// <summary>
    /// Notes a warning of what works beside the run: its telemetry, its scripts. It is in the log once the run has begun, also after its end, and in
    /// <see cref="WithLosses"/>.
    /// </summary>
    internal void Note(string warning)
    {
        lock (gate)
        {
            if (noted.Count < MostNoted && !noted.Contains(warning))
            {
                noted.Add(warning);
                WriteNoted(DateTimeOffset.UtcNow);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            if (isBegun && !isEnded && run is not null)
            {
                // A repair is no run of its own and tells no end.
                WriteShared(new LogRecord { At = DateTime.UtcNow, Event = "repair-ended", Run = run.RunId });
            }

            if (isBegun && waits.Take() is HeldLogRecord held)
            {
                Write(held, ref log, RunFolder.LogName);
            }

            isEnded = true;
            log?.Dispose();
            slow?.Dispose();
            ids?.Dispose();
            line.Dispose();
        }
    }

    private void Take(RunEvent runEvent)
    {
        startedAt ??= runEvent.At;
        IReadOnlyList<HeldLogRecord> told = runEvent is RateKept kept ? waits.Add(kept)
            : runEvent is PhaseStarted or RunEnded && waits.Take() is HeldLogRecord held ? [held] : [];
        foreach (HeldLogRecord stretch in isBegun ? told : [])
        {
            Write(stretch, ref log, RunFolder.LogName);
        }

        if (runEvent is BatchEnded ended)
        {
            Begin(runEvent);
            WriteBatch(ended);
        }
        else if (RecordOf(runEvent) is LogRecord record)
        {
            Begin(runEvent, record);
            Write(record, ref log, RunFolder.LogName);
        }

        WriteNoted(runEvent.At);
        if (runEvent is RunEnded { Result: MigrationResult result })
        {
            isEnded = true;
            KeepSummary(RunSummaries.Of(WithLosses(result), startedAt.Value) with { Command = Command, Client = Usage() });
            WriteShared(RecordOf(runEvent)!);
            DrawReport();
        }
    }

    private void WriteNoted(DateTimeOffset at)
    {
        while (isBegun && !isClosed && written < noted.Count)
        {
            Write(WarningLogRecord.Of(new RunWarning(run!.RunId, at, noted[written++])), ref log, RunFolder.LogName);
        }
    }

    private LogRecord? RecordOf(RunEvent runEvent) => runEvent switch
    {
        RunStarted started => PlanLogRecord.Of(started),
        VectorSkipped skipped => SkippedLogRecord.Of(skipped),
        AttemptEnded { Sample.Outcome: not WriteOutcome.Ok } attempt => AttemptLogRecord.Of(attempt),
        PoolPaused paused => PauseLogRecord.Of(paused),
        RunWarning warning => WarningLogRecord.Of(warning),
        ServerUnreachable outage => OutageLogRecord.Of(outage),
        ServerReachable over => OutageLogRecord.Of(over),
        RunSteered steered when isBegun && !isEnded => SteeredLogRecord.Of(steered),
        PhaseStarted phase when isBegun => PhaseLogRecord.Of(phase),
        RunEnded ended => ResultLogRecord.Of(ended) with { LostLogLines = LostLines == 0 ? null : LostLines },
        _ => null,
    };

    /// <summary>The first thing to be logged: the run gets its folder, and the log of all runs a line. A refused run has only its end to tell.</summary>
    private void Begin(RunEvent runEvent, LogRecord? record = null)
    {
        if (run is null)
        {
            run = RunFolder.Of(Directory, startedAt!.Value, runEvent.RunId);
            Try(run.Path, () =>
            {
                System.IO.Directory.CreateDirectory(run.Path);
                slow = new LineFile(Path.Combine(run.Path, RunFolder.SlowName));
            });
        }

        if (isBegun || runEvent is RunEnded)
        {
            return;
        }

        isBegun = true;
        WriteShared(record as PlanLogRecord ?? new LogRecord { At = runEvent.At.UtcDateTime, Event = "repair-started", Run = runEvent.RunId });
        new LogRotation(Directory, shared).Apply(Retention, run, runEvent.At);
    }

    private void WriteBatch(BatchEnded ended)
    {
        QdrantBatchResult batch = ended.Result;
        IReadOnlyList<string>? ranges = IdRanges.Short(batch.PointIds);
        bool apart = false;
        if (ranges is null)
        {
            string path = Path.Combine(run!.Path, RunFolder.IdsName);
            apart = Try(path, () =>
            {
                PointId[] all = batch.PointIds as PointId[] ?? [.. batch.PointIds];
                (ids ??= new LineFile(path)).Append(new LoggedIds(batch.Number, batch.FirstOrdinal, IdText.Of(all)).ToMember());
            });
        }

        BatchLogRecord record = BatchLogRecord.Of(ended) with { Ids = ranges, IdsIn = apart ? RunFolder.IdsName : null };
        Write(record, ref log, RunFolder.LogName);
        if (batch.Duration > slowThreshold)
        {
            Write(record with { Event = "slow-batch" }, ref slow, RunFolder.SlowName);
        }
    }

    private void Write(LogRecord record, ref LineFile? file, string name)
    {
        string path = Path.Combine(run!.Path, name);
        LineFile? open = file;
        Try(path, () => (open ??= new LineFile(path)).Append(Line(record)));
        file = open;
    }

    private void WriteShared(LogRecord record) => Try(shared.Path, () => shared.Append(Line(record with { Log = run!.Told }), record.At));

    private void KeepSummary(RunSummary summary) => Try(run!.Summary, () => RunSummaries.Write(run, summary));

    private void DrawReport()
    {
        if (Draw is null)
        {
            return;
        }

        string path = run!.Report;
        _ = Try(path, () =>
        {
            try
            {
                Draw(RunReport.Read(run.Path), path);
                report = path;
            }
            catch (MigrationException e)
            {
                throw new IOException(e.Message, e);
            }
        });
    }

    private RunClientUsage Usage()
    {
        using var process = Process.GetCurrentProcess();
        return new RunClientUsage
        {
            CpuTime = Environment.CpuUsage.TotalTime - cpuBefore,
            PeakMemory = process.PeakWorkingSet64,
            System = RuntimeInformation.OSDescription,
        };
    }

    private ReadOnlySpan<byte> Line(LogRecord record)
    {
        line.SetLength(0);
        JsonSerializer.Serialize(line, record, record.GetType(), LogJson.Default);
        line.WriteByte((byte)'\n');
        return line.GetBuffer().AsSpan(0, (int)line.Length);
    }

    /// <summary>Writes something; what cannot be written is lost, counted, and told once.</summary>
    private bool Try(string path, Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            LostLines++;
            loss ??= new RunWarning(run!.RunId, startedAt!.Value, LogErrors.Loss(path, e));
            return false;
        }
    }
}
