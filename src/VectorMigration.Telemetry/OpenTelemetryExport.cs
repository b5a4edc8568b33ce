using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace VectorMigration.Telemetry;

/// <summary>
/// Sends the metrics and the trace of one run by OTLP. Where to, and how, is what the environment says by the names of OpenTelemetry's specification
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its kin); a collector that does not answer never ends or holds a run.
/// </summary>
internal sealed class OpenTelemetryExport : IRunTelemetry
{
    /// <summary>Name of the service where <c>OTEL_SERVICE_NAME</c> gives none.</summary>
    private const string ServiceName = "vector-migration";

    /// <summary>Longest time for one request, and for what is left at the end.</summary>
    private const int PatienceMilliseconds = 5_000;

    private readonly MeterProvider? metrics;
    private readonly RunTrace? trace;
    private readonly TracerProvider? traces;
    private readonly RunTraceExporter? exporter;
    private bool isLost;
    private bool shut;

    private OpenTelemetryExport(TelemetrySubject subject)
    {
        string instance = Guid.NewGuid().ToString();
        if (TelemetrySettings.SendsMetrics)
        {
            // Other runs of this process have meters of the same name.
            metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureResource(resource => Describe(resource, instance))
                .AddMeter(subject.Meter.Name)
                .AddView(instrument => ReferenceEquals(instrument.Meter, subject.Meter) ? null : MetricStreamConfiguration.Drop)
                .AddOtlpExporter(Limit)
                .Build();
        }

        if (TelemetrySettings.SendsTraces)
        {
            trace = new RunTrace(subject);
            exporter = new RunTraceExporter(TraceOptions());
            traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureResource(resource => Describe(resource, instance))
                .AddSource(RunTrace.SourceName)
                .SetSampler(new AlwaysOnSampler())
                .AddProcessor(new OwnSpans(trace, exporter))
                .Build();
        }
    }

    /// <summary>Version of this program.</summary>
    internal static string Version { get; } =
        typeof(OpenTelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? string.Empty;

    /// <summary>Begins to send.</summary>
    /// <param name="subject">The run.</param>
    public static IRunTelemetry Start(TelemetrySubject subject) => new OpenTelemetryExport(subject);

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent) => trace?.OnEvent(runEvent);

    /// <inheritdoc/>
    public bool End(int? exitCode, VerificationResult? result)
    {
        trace?.End(exitCode, result);
        Task<bool> numbers = Task.Run(() => metrics?.ForceFlush(PatienceMilliseconds) ?? true);
        bool spans = (traces?.ForceFlush(PatienceMilliseconds) ?? true) && exporter?.HasFailed != true;
        isLost = !numbers.GetAwaiter().GetResult() || !spans;
        return !isLost;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (shut)
        {
            return;
        }

        shut = true;
        trace?.Dispose();
        if (isLost)
        {
            // Each would wait for the collector once more; nobody waits for that.
            _ = Task.Run(Close);
        }
        else
        {
            Close();
        }
    }

    private void Close()
    {
        metrics?.Dispose();
        traces?.Dispose();
    }

    private static void Describe(ResourceBuilder resource, string instance)
    {
        // What the environment says of the service has precedence.
        bool isNamed = !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME"))
            || Environment.GetEnvironmentVariable("OTEL_RESOURCE_ATTRIBUTES")?.Contains("service.name=", StringComparison.Ordinal) == true;
        if (!isNamed)
        {
            resource.AddService(ServiceName, serviceVersion: Version, serviceInstanceId: instance);
            return;
        }

        resource.AddAttributes([new("service.version", Version), new("service.instance.id", instance)]);
    }

    private static void Limit(OtlpExporterOptions options) =>
        options.TimeoutMilliseconds = Math.Min(options.TimeoutMilliseconds, PatienceMilliseconds);

    /// <summary>The settings of traces, which a processor of our own does not get from the package.</summary>
    private static OtlpExporterOptions TraceOptions()
    {
        OtlpExporterOptions options = new();
        Limit(options);
        if (TelemetrySettings.Of("TRACES", "PROTOCOL") is (_, string protocol))
        {
            options.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        }

        if (TelemetrySettings.Of("TRACES", "HEADERS") is (_, string headers))
        {
            options.Headers = headers;
        }

        // An address of all signals gets the signal's path from the package; one of its own is complete.
        if (TelemetrySettings.Of("TRACES", "ENDPOINT") is ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", string address))
        {
            options.Endpoint = new Uri(address);
        }

        return options;
    }
}
