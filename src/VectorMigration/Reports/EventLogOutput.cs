using System.ComponentModel;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>
/// Reports the begin, the warnings, the outages, the failures and the end of a run to the Windows event log. An entry that the system does not take is lost: a
/// run does not depend on it, and one warning says so.
/// </summary>
internal sealed class EventLogOutput : IRunObserver, IDisposable
{
    /// <summary>Most failed batches that are reported one by one: the result counts all.</summary>
    private const int MostBatches = 100;

    private readonly Func<EventLogEntry, bool> write;
    private readonly IDisposable? log;
    private readonly string subject;
    private readonly Action<RunEvent>? tell;
    private int batches;
    private int lost;
    private int ended;

    /// <summary>Reports to something that takes entries and says whether it took one.</summary>
    internal EventLogOutput(Func<EventLogEntry, bool> write, ProgressTelling telling, IDisposable? log = null)
    {
        (this.write, this.log, tell) = (write, log, telling.Tell);
        string what = telling.Operation == "verify" ? "verification" : "migration";
        subject = telling.Operation == "verify" ? $"{what} of the collection '{telling.Collection}'" : $"{what} to the collection '{telling.Collection}'";
    }

    /// <summary>Opens the event log; null where it is not asked for.</summary>
    /// <exception cref="MigrationException">This system has none, or does not open it.</exception>
    public static EventLogOutput? Open(ProgressTelling telling)
    {
        if (!telling.EventLog)
        {
            return null;
        }

        if (!OperatingSystem.IsWindows())
        {
            throw LogErrors.NoEventLog();
        }

        try
        {
            WindowsEventLog log = WindowsEventLog.Open();
            EventLogOutput output = new(entry => OperatingSystem.IsWindows() && log.Write(entry), telling, log);
            if (telling.Operation == "verify")
            {
                output.Report(new EventLogEntry(EventLogEntry.Started, EventLogLevel.Information, $"The {output.subject} starts."));
            }

            return output;
        }
        catch (Win32Exception e)
        {
            throw LogErrors.EventLogUnopened(e);
        }
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        if ((runEvent is BatchEnded { Result.Status: BatchStatus.Failed } && Interlocked.Increment(ref batches) > MostBatches)
            || EventLogEntry.Of(runEvent, subject) is not EventLogEntry entry)
        {
            return;
        }

        if (runEvent is RunEnded)
        {
            Interlocked.Exchange(ref ended, 1);
        }

        Report(entry);
    }

    /// <summary>Reports the end of what has no result of its own, once.</summary>
    /// <param name="exitCode">Exit code; null where it is not known.</param>
    /// <param name="result">What a verification came to.</param>
    public void End(int? exitCode, VerificationResult? result)
    {
        if (Interlocked.Exchange(ref ended, 1) == 0)
        {
            Report(EventLogEntry.OfEnd(exitCode, result, subject));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => log?.Dispose();

    private void Report(EventLogEntry entry)
    {
        if (!write(entry) && Interlocked.Exchange(ref lost, 1) == 0)
        {
            tell?.Invoke(new RunWarning(Guid.Empty, DateTimeOffset.UtcNow,
                "The Windows event log did not take an entry. The run itself is not affected. Check that the Application log is not full."));
        }
    }
}
