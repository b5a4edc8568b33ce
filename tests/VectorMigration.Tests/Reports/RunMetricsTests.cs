using System.Diagnostics.Metrics;

namespace VectorMigration.Tests;

public sealed class RunMetricsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("metrics").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_run_leaves_its_numbers_for_prometheus()
    {
        string path = Path.Combine(folder, "vm.prom");
        using (ProgressTeller teller = new(new ProgressTelling { Collection = "do\"cs", MetricsPath = path }))
        {
            File.ReadAllText(path).ShouldContain("vectormigration_run_active{collection=\"do\\\"cs\"} 1\n");
            MigrationOptions options = new() { Collection = "docs", Upload = new UploadOptions { BatchSize = 100 } };
            await new Migration(new MemorySource(1_000), null, new MemoryStore(), new FixedRetryPolicy(), options, teller).RunAsync(default);
        }

        string text = File.ReadAllText(path);
        text.ShouldStartWith("# vector-migration metrics/1\n");
        Value(text, "vectors_planned").ShouldBe(1_000);
        Value(text, "vectors_acknowledged_total").ShouldBe(1_000);
        Value(text, "vectors_verified_total", "equal").ShouldBe(1_000);
        Value(text, "vectors_verified_total", "different").ShouldBe(0);
        Value(text, "batches_total", "completed").ShouldBe(10);
        Value(text, "batch_duration_seconds_count").ShouldBe(10);
        Value(text, "run_active").ShouldBe(0);
        Value(text, "last_exit_code").ShouldBe(0);
        double success = Value(text, "last_success_timestamp_seconds");
        success.ShouldBeGreaterThan(1.7e9);

        // The next run tells of the last success until it has one of its own.
        using ProgressTeller next = new(new ProgressTelling { Collection = "do\"cs", MetricsPath = path });
        Value(File.ReadAllText(path), "last_success_timestamp_seconds").ShouldBe(success);
        Value(File.ReadAllText(path), "last_exit_code").ShouldBe(-1);
    }

    [Fact]
    public void Another_file_is_not_replaced_and_a_folder_is_refused()
    {
        string path = Path.Combine(folder, "notes.prom");
        File.WriteAllText(path, "# HELP mine\n");
        Should.Throw<MigrationException>(() => new ProgressTeller(new ProgressTelling { Collection = "c", MetricsPath = path })).ErrorId
            .ShouldBe("LogUnwritable");
        File.ReadAllText(path).ShouldBe("# HELP mine\n");
        Should.Throw<MigrationException>(() => new ProgressTeller(new ProgressTelling { Collection = "c", MetricsPath = folder })).ErrorId
            .ShouldBe("LogUnwritable");
    }

    [Fact]
    public async Task The_meter_tells_the_same()
    {
        long acknowledged = 0;
        using MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument is { Meter.Name: RunMetrics.MeterName, Name: "vectormigration.vectors.acknowledged" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        using RunMetrics metrics = new("metered", null, TimeProvider.System);
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            acknowledged = tags[0].Value is "metered" ? value : acknowledged);
        listener.Start();
        await new Migration(new MemorySource(300), null, new MemoryStore(), new FixedRetryPolicy(), new MigrationOptions { Collection = "c" }, metrics)
            .RunAsync(default);
        listener.RecordObservableInstruments();
        acknowledged.ShouldBe(300);
        Value(metrics.ToText(), "vectors_acknowledged_total").ShouldBe(300);
    }

    private static double Value(string text, string name, string? label = null) => double.Parse(
        text.Split('\n').Single(line => line.StartsWith($"vectormigration_{name}{{", StringComparison.Ordinal)
            && (label is null || line.Contains($"=\"{label}\"", StringComparison.Ordinal))).Split(' ')[^1],
        System.Globalization.CultureInfo.InvariantCulture);
}
