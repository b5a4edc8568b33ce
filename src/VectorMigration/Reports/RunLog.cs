using System.Text.Json;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Store;

namespace VectorMigration.Reports;

/// <summary>
/// Writes <c>migration.log</c> (JSON Lines: one line a batch with its ids as ranges, one for each vector left out, for warnings, for the begin
/// and the end of a run) and <c>perf_slow.log</c> (one line for each batch over the threshold). Lines are appended whole, so that runs may share a folder.
/// When a run ends, its summary goes into the folder <c>runs</c> beside them.
/// </summary>
public sealed class RunLog : IRunObserver, IDisposable
{
    private readonly TimeSpan slowThreshold;
    private readonly FileStream log;
    private readonly FileStream slow;
    private readonly MemoryStream line = new();
    private readonly RunSummaryWriter summary;
    private readonly Lock gate = new();

    /// <summary>Opens the logs for appending, making the folder.</summary>
    /// <exception cref="MigrationException">The folder or a log cannot be written.</exception>
    public RunLog(string directory, TimeSpan slowThreshold)
    {
        Directory = Path.GetFullPath(directory);
        this.slowThreshold = slowThreshold;
        summary = new RunSummaryWriter(Directory);
        try
        {
            System.IO.Directory.CreateDirectory(Directory);
            log = Open("migration.log");
            slow = Open("perf_slow.log");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            log?.Dispose();
            throw LogErrors.Unwritable(Directory, e);
        }
    }

    /// <summary>Full path of the folder.</summary>
    public string Directory { get; }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        // The pool tells of batches while a pipeline tells of vectors that it leaves out.
        lock (gate)
        {
            Write(runEvent);
            summary.OnEvent(runEvent);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        log.Dispose();
        slow.Dispose();
        line.Dispose();
    }

    private void Write(RunEvent runEvent)
    {
        LogRecord? record = runEvent switch
        {
            RunStarted started => PlanLogRecord.Of(started),
            BatchEnded ended => BatchLogRecord.Of(ended),
            VectorSkipped skipped => SkippedLogRecord.Of(skipped),
            AttemptEnded { Sample.Outcome: not WriteOutcome.Ok } attempt => AttemptLogRecord.Of(attempt),
            PoolPaused paused => PauseLogRecord.Of(paused),
            RunWarning warning => WarningLogRecord.Of(warning),
            RunEnded ended => ResultLogRecord.Of(ended),
            _ => null,
        };
        if (record is not null)
        {
            Write(log, record);
        }

        if (runEvent is BatchEnded slowly && slowly.Result.Duration > slowThreshold)
        {
            Write(slow, BatchLogRecord.Of(slowly, "slow-batch"));
        }
    }

    private FileStream Open(string name) =>
        new(Path.Combine(Directory, name), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private void Write(FileStream file, LogRecord record)
    {
        line.SetLength(0);
        JsonSerializer.Serialize(line, record, record.GetType(), LogJson.Default);
        line.WriteByte((byte)'\n');
        try
        {
            file.Write(line.GetBuffer(), 0, (int)line.Length);
        }
        catch (IOException e)
        {
            throw LogErrors.Unwritable(file.Name, e);
        }
    }
}
