using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Runs;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>The metrics of a run, wherever they are wanted: in a file, at an address, or both.</summary>
internal sealed class MetricsOutput : IRunObserver, IDisposable
{
    private readonly RunMetrics metrics;
    private readonly MetricsFile? file;
    private readonly MetricsServer? server;
    private readonly TargetWatch? watch;

    private MetricsOutput(ProgressTelling telling, TimeProvider time)
    {
        DateTimeOffset? success = telling.MetricsPath is string earlier ? MetricsFile.LastSuccess(earlier) : null;
        metrics = new RunMetrics(telling.Collection, success, time, () => DiskSpace.Free(telling.RunDirectory()));
        try
        {
            // The file comes last: it says that a run is active.
            server = telling.MetricsListen is string address ? MetricsServer.Start(MetricsEndpoint.Parse(address), metrics.ToText) : null;
            file = telling.MetricsPath is string path ? MetricsFile.Open(path, metrics) : null;
            watch = telling.AskTarget is { } ask ? new TargetWatch(ask, metrics, time) : null;
        }
        catch (MigrationException)
        {
            server?.Dispose();
            metrics.Dispose();
            throw;
        }
    }

    /// <summary>Address to scrape; null where nothing is served.</summary>
    public string? Url => server?.Url;

    /// <summary>Begins to count; null where nobody wants metrics.</summary>
    /// <exception cref="MigrationException">The file cannot be written, or nothing can be served at the address.</exception>
    public static MetricsOutput? Open(ProgressTelling telling, TimeProvider time) =>
        telling is { MetricsPath: null, MetricsListen: null } ? null : new MetricsOutput(telling, time);

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent) => metrics.OnEvent(runEvent);

    /// <summary>Writes the file; what cannot be written is tried again at the next turn.</summary>
    public void Write() => file?.Write();

    /// <summary>The run has ended.</summary>
    /// <param name="exitCode">Exit code; null where it is not known.</param>
    /// <param name="result">What a verification came to.</param>
    public void End(int? exitCode, VerificationResult? result)
    {
        metrics.End(exitCode, result);
        Write();
    }

    /// <summary>Ends it. After a run that reached its end, the last numbers are those of the collection as it is then.</summary>
    public void Dispose()
    {
        if (watch is not null && metrics.ExitCode is ExitCodes.Success or ExitCodes.Incomplete)
        {
            watch.LookLast();
            Write();
        }

        watch?.Dispose();
        server?.Dispose();
        metrics.Dispose();
    }
}
