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
    private readonly IRunTelemetry? telemetry;
    private readonly Action<RunEvent>? tell;
    private Guid runId;
    private bool sent;

    private MetricsOutput(ProgressTelling telling, TimeProvider time)
    {
        DateTimeOffset? success = telling.MetricsPath is string earlier ? MetricsFile.LastSuccess(earlier) : null;
        metrics = new RunMetrics(telling.Collection, success, time, () => DiskSpace.Free(telling.RunDirectory()))
        {
            Continues = telling.Job is { HasNext: true },
        };
        try
        {
            // The file comes last: it says that a run is active.
            server = telling.MetricsListen is string address ? MetricsServer.Start(MetricsEndpoint.Parse(address), metrics.ToText) : null;
            telemetry = OpenTelemetry(telling, time);
            tell = telling.Tell;
            file = telling.MetricsPath is string path ? MetricsFile.Open(path, metrics) : null;
            watch = telling.AskTarget is { } ask ? new TargetWatch(ask, metrics, time) : null;
        }
        catch (MigrationException)
        {
            telemetry?.Dispose();
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
        telling is { MetricsPath: null, MetricsListen: null } && !IsSent(telling) ? null : new MetricsOutput(telling, time);

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        runId = runEvent.RunId;
        metrics.OnEvent(runEvent);
        telemetry?.OnEvent(runEvent);
        if (runEvent is RunEnded { Result: MigrationResult result })
        {
            Send(result.ExitCode, result.Verification);
        }
    }

    /// <summary>Writes the file; what cannot be written is tried again at the next turn.</summary>
    public void Write() => file?.Write();

    /// <summary>The run has ended.</summary>
    /// <param name="exitCode">Exit code; null where it is not known.</param>
    /// <param name="result">What a verification came to.</param>
    public void End(int? exitCode, VerificationResult? result)
    {
        metrics.End(exitCode, result);
        Write();
        Send(exitCode, result);
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
        telemetry?.Dispose();
        server?.Dispose();
        metrics.Dispose();
    }

    private static bool IsSent(ProgressTelling telling) =>
        telling.Telemetry is not null && (TelemetrySettings.SendsMetrics || TelemetrySettings.SendsTraces);

    private IRunTelemetry? OpenTelemetry(ProgressTelling telling, TimeProvider time)
    {
        if (!IsSent(telling))
        {
            return null;
        }

        if (TelemetrySettings.Fault() is string fault)
        {
            telling.Tell?.Invoke(new RunWarning(Guid.Empty, time.GetUtcNow(), $"The run sends no telemetry. {fault} Correct it, or remove the variable."));
            return null;
        }

        return telling.Telemetry!(new TelemetrySubject(metrics.Meter, telling.Collection, telling.Operation));
    }

    /// <summary>Sends the last numbers, once.</summary>
    private void Send(int? exitCode, VerificationResult? result)
    {
        if (telemetry is null || sent)
        {
            return;
        }

        sent = true;
        if (metrics.ExitCode is ExitCodes.Success or ExitCodes.Incomplete)
        {
            watch?.LookLast();
        }

        if (!telemetry.End(exitCode, result))
        {
            tell?.Invoke(new RunWarning(runId, DateTimeOffset.UtcNow,
                "Not all telemetry reached the OpenTelemetry collector. The run itself is not affected. Check OTEL_EXPORTER_OTLP_ENDPOINT and the collector."));
        }
    }
}
