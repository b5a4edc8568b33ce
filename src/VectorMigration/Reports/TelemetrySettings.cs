namespace VectorMigration.Reports;

/// <summary>
/// What the environment says of OpenTelemetry, by the names of its specification. Values are never shown: an address may hold a password, and headers hold
/// keys.
/// </summary>
internal static class TelemetrySettings
{
    private const string Exporter = "OTEL_EXPORTER_OTLP_";
    private static readonly string[] Protocols = ["grpc", "http/protobuf"];
    private static readonly string[] Signals = ["METRICS", "TRACES"];

    /// <summary>Whether metrics are sent.</summary>
    public static bool SendsMetrics => Sends("METRICS");

    /// <summary>Whether a trace is sent.</summary>
    public static bool SendsTraces => Sends("TRACES");

    /// <summary>What is wrong with the settings, as a sentence that names the variable; null where nothing is.</summary>
    public static string? Fault() =>
        Signals.Where(Sends).Select(static signal => EndpointFault(signal) ?? ProtocolFault(signal)).FirstOrDefault(static fault => fault is not null);

    /// <summary>A setting of the exporter: that of the signal, else that of all signals.</summary>
    /// <param name="signal"><c>METRICS</c> or <c>TRACES</c>.</param>
    /// <param name="name">Last part of the name, such as <c>ENDPOINT</c>.</param>
    /// <returns>Name of the variable, and its value; null where neither is set.</returns>
    public static (string Variable, string Value)? Of(string signal, string name) =>
        Value($"{Exporter}{signal}_{name}") is string own ? ($"{Exporter}{signal}_{name}", own)
        : Value(Exporter + name) is string common ? (Exporter + name, common)
        : null;

    private static bool Sends(string signal) =>
        !string.Equals(Value("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)
        && Of(signal, "ENDPOINT") is not null
        && (Value($"OTEL_{signal}_EXPORTER") ?? "otlp").Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.OrdinalIgnoreCase);

    private static string? EndpointFault(string signal) =>
        Of(signal, "ENDPOINT") is not (string variable, string value)
            || (Uri.TryCreate(value, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.Host.Length > 0)
            ? null
            : $"{variable} is not an absolute http or https address, for example http://localhost:4317.";

    private static string? ProtocolFault(string signal) =>
        Of(signal, "PROTOCOL") is not (string variable, string value) || Protocols.Contains(value, StringComparer.Ordinal)
            ? null
            : $"{variable} is neither grpc nor http/protobuf.";

    private static string? Value(string variable) => Environment.GetEnvironmentVariable(variable)?.Trim() is { Length: > 0 } value ? value : null;
}
