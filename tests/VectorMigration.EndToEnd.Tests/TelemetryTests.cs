using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What an OpenTelemetry collector is sent, decoded by OpenTelemetry's own package.</summary>
[Collection(SharedServer.Name)]
public sealed class TelemetryTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private const string Key = "k3y-of-the-collector";

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_run_sends_its_metrics_and_one_trace(string protocol)
    {
        await using Collector collector = await Collector.StartAsync();
        Uri address = protocol == "grpc" ? collector.Grpc : collector.Http;
        ToolResult result = await MigrateAsync(Index(5_000), Settings(address, protocol), "--batch-size", "100", "--log-dir", At("logs"));
        result.ShouldSucceed();
        result.Error.ShouldNotContain("telemetry");
        Sent[] sent = await collector.EndAsync();
        sent.Select(static one => one.Way).Distinct().ShouldBe([protocol == "grpc" ? "grpc" : "http"]);
        sent.Select(static one => one.Headers["x-key"].GetString()).Distinct().ShouldBe([Key]);

        JsonElement[] metrics = Metrics(sent);
        JsonElement acknowledged = Last(metrics, "vectormigration.vectors.acknowledged").GetProperty("sum");
        acknowledged.GetProperty("isMonotonic").GetBoolean().ShouldBeTrue();
        acknowledged.GetProperty("dataPoints")[0].GetProperty("asInt").GetInt64().ShouldBe(5_000);
        JsonElement batches = Last(metrics, "vectormigration.batch.duration").GetProperty("histogram").GetProperty("dataPoints")[0];
        batches.GetProperty("count").GetInt64().ShouldBe(50);
        batches.GetProperty("explicitBounds").EnumerateArray().Select(static bound => bound.GetDouble()).First().ShouldBe(0.005);
        JsonElement requests = Last(metrics, "db.client.operation.duration").GetProperty("histogram").GetProperty("dataPoints")[0];
        Attributes(requests)["db.system.name"].ShouldBe("qdrant");
        Attributes(requests)["db.collection.name"].ShouldBe(Collection);
        Attributes(requests)["server.address"].ShouldBe("127.0.0.1");
        Last(metrics, "vectormigration.last_exit_code").GetProperty("gauge").GetProperty("dataPoints")[0].GetProperty("asInt").GetInt64().ShouldBe(0);

        JsonElement[] spans = Spans(sent);
        spans.Select(static span => span.GetProperty("traceId").GetString()).Distinct().Count().ShouldBe(1);
        JsonElement run = spans.Single(span => span.GetProperty("name").GetString() == $"migrate {Collection}");
        Attributes(run)["vectormigration.exit_code"].ShouldBe("0");
        Attributes(run)["vectormigration.verification.passed"].ShouldBe("true");
        string[] phases = [.. spans.Where(span => Parent(span) == run.GetProperty("spanId").GetString())
            .Select(static span => span.GetProperty("name").GetString()!)];
        phases.ShouldContain("upload");
        phases.ShouldContain("verify");
        phases.Length.ShouldBe(spans.Length - 1, "each span but that of the run is a phase of it");

        // Neither a path nor a key is told to the collector, nor the collector's key to a log.
        JsonSerializer.Serialize(sent.Select(static one => one.Body)).ShouldNotContain(Folder);
        (result.Output + result.Error).ShouldNotContain(Key);
        Directory.EnumerateFiles(At("logs"), "*", SearchOption.AllDirectories).ShouldAllBe(file => !File.ReadAllText(file).Contains(Key));
    }

    [Fact]
    public async Task A_failed_verification_is_an_error_of_its_trace_which_belongs_to_the_callers()
    {
        string index = Index(500);
        (await MigrateAsync(index)).ShouldSucceed();
        await Witness.DeleteAsync(Collection, 3, 4);
        await using Collector collector = await Collector.StartAsync();
        Dictionary<string, string> settings = new(Settings(collector.Http, "http/protobuf"))
        {
            ["TRACEPARENT"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ["OTEL_METRICS_EXPORTER"] = "none",
            ["OTEL_SERVICE_NAME"] = "nightly",
        };
        (await Tool.RunAsync(Folder, settings, "verify", index, "--url", Url, "--collection", Collection)).ExitCode.ShouldBe(4);
        Sent[] sent = await collector.EndAsync();
        sent.ShouldAllBe(static one => one.Kind == "traces");
        JsonElement run = Spans(sent).Single(span => span.GetProperty("name").GetString() == $"verify {Collection}");
        run.GetProperty("traceId").GetString().ShouldBe(Base64("0af7651916cd43dd8448eb211c80319c"));
        Parent(run).ShouldBe(Base64("b7ad6b7169203331"));
        run.GetProperty("status").GetProperty("code").GetString().ShouldBe("STATUS_CODE_ERROR");
        Attributes(run)["vectormigration.verification.missing"].ShouldBe("2");
        Attributes(run)["error.type"].ShouldBe("exit 4");
        Attributes(sent[0].Body.GetProperty("resourceSpans")[0].GetProperty("resource"))["service.name"].ShouldBe("nightly");
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_collector_that_is_not_there_is_told_once_and_harms_nothing(string protocol)
    {
        ToolResult result = await MigrateAsync(Index(500), Settings(new Uri($"http://127.0.0.1:{Nginx.FreePort()}"), protocol));
        result.ShouldSucceed();
        Occurrences(result.Error, "Not all telemetry reached the OpenTelemetry collector.").ShouldBe(1);
        result.Error.ShouldNotContain(Key);
        (await Witness.CountAsync(Collection)).ShouldBe(500);
    }

    [Fact]
    public async Task A_run_that_is_refused_is_a_migration_that_failed()
    {
        await Witness.CreateAsync(Collection, """{"vectors":{"size":3,"distance":"Euclid"}}""");
        await using Collector collector = await Collector.StartAsync();
        (await MigrateAsync(Index(100), Settings(collector.Http, "http/protobuf"))).ExitCode.ShouldBe(2);
        JsonElement run = Spans(await collector.EndAsync()).Single(static span => Parent(span) is null);
        run.GetProperty("name").GetString().ShouldBe($"migrate {Collection}");
        run.GetProperty("status").GetProperty("code").GetString().ShouldBe("STATUS_CODE_ERROR");
        Attributes(run)["error.type"].ShouldBe("CollectionDiffers");
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_collector_that_never_answers_is_told_once_and_harms_nothing(string protocol)
    {
        using System.Net.Sockets.TcpListener silent = new(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        Uri address = new($"http://{silent.LocalEndpoint}");
        ToolResult result = await MigrateAsync(Index(500), Settings(address, protocol));
        result.ShouldSucceed();
        Occurrences(result.Error, "Not all telemetry reached the OpenTelemetry collector.").ShouldBe(1);
        (await Witness.CountAsync(Collection)).ShouldBe(500);
    }

    [Fact]
    public async Task A_collector_that_refuses_is_told_too()
    {
        await using Collector collector = await Collector.StartAsync(status: 401);
        ToolResult result = await MigrateAsync(Index(500), Settings(collector.Http, "http/protobuf"));
        result.ShouldSucceed();
        Occurrences(result.Error, "Not all telemetry reached the OpenTelemetry collector.").ShouldBe(1);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:s3cret:4317", "OTEL_EXPORTER_OTLP_ENDPOINT is not an absolute http or https address")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "s3cret", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is not an absolute http or https address")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "s3cret", "OTEL_EXPORTER_OTLP_PROTOCOL is neither grpc nor http/protobuf")]
    public async Task A_setting_that_cannot_be_used_is_named_without_its_value(string variable, string value, string told)
    {
        Dictionary<string, string> settings = new(Settings(new Uri("http://127.0.0.1:4318"), "http/protobuf")) { [variable] = value };
        ToolResult result = await MigrateAsync(Index(100), settings);
        result.ShouldSucceed();
        Occurrences(result.Error, told).ShouldBe(1);
        result.Error.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Nothing_is_sent_where_the_sdk_is_disabled_or_nothing_is_run()
    {
        await using Collector collector = await Collector.StartAsync();
        Dictionary<string, string> settings = new(Settings(collector.Http, "http/protobuf"));
        (await MigrateAsync(Index(100), settings, "--dry-run")).ShouldSucceed();
        (await MigrateAsync(Index(100), new Dictionary<string, string>(settings) { ["OTEL_SDK_DISABLED"] = "true" })).ShouldSucceed();
        (await collector.EndAsync()).ShouldBeEmpty();
    }

    private static Dictionary<string, string> Settings(Uri address, string protocol) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address.GetLeftPart(UriPartial.Authority),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
        ["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-key={Key}",
    };

    private static JsonElement[] Metrics(Sent[] sent) =>
    [
        .. from one in sent
           where one.Kind == "metrics"
           from resource in one.Body.GetProperty("resourceMetrics").EnumerateArray()
           from scope in resource.GetProperty("scopeMetrics").EnumerateArray()
           from metric in scope.GetProperty("metrics").EnumerateArray()
           select metric,
    ];

    private static JsonElement[] Spans(Sent[] sent) =>
    [
        .. from one in sent
           where one.Kind == "traces"
           from resource in one.Body.GetProperty("resourceSpans").EnumerateArray()
           from scope in resource.GetProperty("scopeSpans").EnumerateArray()
           from span in scope.GetProperty("spans").EnumerateArray()
           select span,
    ];

    private static JsonElement Last(JsonElement[] metrics, string name) => metrics.Last(metric => metric.GetProperty("name").GetString() == name);

    private static Dictionary<string, string> Attributes(JsonElement of) =>
        of.GetProperty("attributes").EnumerateArray().ToDictionary(
            static attribute => attribute.GetProperty("key").GetString()!,
            static attribute => attribute.GetProperty("value").EnumerateObject().First().Value.ToString() is var value && value is "True" or "False"
                ? value.ToLowerInvariant() : value);

    private static string? Parent(JsonElement span) =>
        span.TryGetProperty("parentSpanId", out JsonElement parent) && parent.GetString() is { Length: > 0 } id ? id : null;

    private static string Base64(string hex) => Convert.ToBase64String(Convert.FromHexString(hex));

    private static int Occurrences(string text, string part) => text.ReplaceLineEndings(" ").Split(part).Length - 1;

    private Task<ToolResult> MigrateAsync(string index, IReadOnlyDictionary<string, string> environment, params string[] more) =>
        Tool.RunAsync(Folder, environment, ["migrate", index, "--url", Url, "--collection", Collection, .. more]);

    private string Index(int count) => IndexFiles.Flat(At("flat.faiss"), 8, IndexFiles.Random(count, 8, seed: 4));
}
