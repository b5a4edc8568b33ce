using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace VectorMigration.Telemetry;

/// <summary>Sends spans, and remembers whether some did not arrive.</summary>
/// <param name="options">Where to, and how.</param>
internal sealed class RunTraceExporter(OtlpExporterOptions options) : OtlpTraceExporter(options)
{
    private volatile bool hasFailed;

    /// <summary>Whether spans did not reach the collector.</summary>
    public bool HasFailed => hasFailed;

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        ExportResult result = base.Export(activityBatch);
        hasFailed |= result != ExportResult.Success;
        return result;
    }
}

/// <summary>Takes the spans of one run: others of this process have sources of the same name.</summary>
/// <param name="trace">The run's.</param>
/// <param name="exporter">Sends them; is disposed with the processor.</param>
internal sealed class OwnSpans(RunTrace trace, RunTraceExporter exporter) : BatchActivityExportProcessor(exporter)
{
    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (trace.Owns(data))
        {
            base.OnEnd(data);
        }
    }
}
