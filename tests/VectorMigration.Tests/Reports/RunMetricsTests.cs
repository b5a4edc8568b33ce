using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;

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

    [Fact]
    public async Task The_meter_and_the_text_have_the_same_numbers_under_names_that_follow_from_each_other()
    {
        Dictionary<string, string> units = [];
        using MeterListener listener = new() { InstrumentPublished = (instrument, listener) => Publish(instrument, listener, units) };
        FakeTimeProvider clock = new();
        using RunMetrics metrics = new("named", null, clock, static () => 1_000);
        List<(string Name, double Value)> read = [];
        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.ToArray().Any(static tag => tag.Key == "db.collection.name" && tag.Value is "named"))
            {
                tags.ToArray().ShouldContain(KeyValuePair.Create("db.system.name", (object?)"qdrant"));
                read.Add((instrument.Name, value));
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        await new Migration(new MemorySource(300), null, new MemoryStore(), new FixedRetryPolicy(), new MigrationOptions { Collection = "c" }, metrics)
            .RunAsync(default);
        metrics.Saw(new CollectionDescription { Name = "c", Status = "green", Vectors = [], PointsCount = 300, UpdateQueueLength = 7, DeferredPoints = 8 });
        read.Clear();
        listener.RecordObservableInstruments();
        string[] told = [.. metrics.ToText().Split('\n').Where(static line => line.StartsWith("vectormigration_", StringComparison.Ordinal)
            && !line.StartsWith("vectormigration_batch_duration", StringComparison.Ordinal))];
        told.Length.ShouldBe(read.Count);
        foreach (IGrouping<string, (string Name, double Value)> values in read.GroupBy(static one => one.Name))
        {
            string metric = values.Key.Replace('.', '_')
                + (units[values.Key] switch { "s" => "_seconds", "By" => "_bytes", "1" => "_ratio", _ => string.Empty });
            string[] lines = [.. told.Where(line => line.Split('{')[0] is string found && (found == metric || found == metric + "_total"))];
            lines.Select(static line => double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture))
                .ShouldBe(values.Select(static one => one.Value), 0.001, metric);
        }

        Value(metrics.ToText(), "target_update_queue_length").ShouldBe(7);
        Value(metrics.ToText(), "target_deferred_points").ShouldBe(8);
        Value(metrics.ToText(), "target_points").ShouldBe(300);
        Value(metrics.ToText(), "log_free_bytes").ShouldBe(1_000);
    }

    [Fact]
    public void Requests_under_way_and_repeated_ones_are_counted()
    {
        using RunMetrics metrics = new("c", null, TimeProvider.System);
        metrics.OnEvent(new InFlightChanged(Run, Start, 3));
        foreach ((WriteOutcome outcome, string id) in ((WriteOutcome, string)[])
            [(WriteOutcome.Retry, "RateLimited"), (WriteOutcome.Retry, "RateLimited"), (WriteOutcome.Split, "RequestTooLarge"), (WriteOutcome.Ok, ""),
            (WriteOutcome.Reject, "InvalidPayload"), (WriteOutcome.Stop, "WrongApiKey")])
        {
            metrics.OnEvent(new AttemptEnded(Run, Start, 1, 1, new FlowSample(outcome, 1, 1, TimeSpan.FromSeconds(1), false), id, "why /secret/path"));
        }

        string text = metrics.ToText();
        Value(text, "in_flight").ShouldBe(3);
        Value(text, "retries_total", "RateLimited").ShouldBe(2);
        Value(text, "retries_total", "RequestTooLarge").ShouldBe(1);
        text.ShouldNotContain("WrongApiKey", Case.Sensitive, "the run ended, nothing was repeated");
        text.ShouldNotContain("secret");
        metrics.End(1);
        Value(metrics.ToText(), "in_flight").ShouldBe(0);
    }

    [Fact]
    public void A_run_that_another_session_pauses_says_so_and_advances_when_it_is_resumed()
    {
        using RunMetrics metrics = new("c", null, TimeProvider.System);
        metrics.OnEvent(new RunSteered(Run, Start, SteeringAction.Pause, "paused", "somebody"));
        Value(metrics.ToText(), "run_paused").ShouldBe(1);
        metrics.OnEvent(new RunSteered(Run, Start + TimeSpan.FromHours(1), SteeringAction.Resume, "resumed", "somebody"));
        Value(metrics.ToText(), "run_paused").ShouldBe(0);
        Value(metrics.ToText(), "last_progress_timestamp_seconds").ShouldBe(3_600);
        metrics.ToText().ShouldNotContain("somebody");
    }

    [Fact]
    public void Vectors_that_a_batch_did_not_send_are_not_acknowledged()
    {
        using RunMetrics metrics = new("c", null, TimeProvider.System);
        metrics.OnEvent(new BatchEnded(Run, Start, Batch(BatchStatus.Completed, 10) with { LeftThere = 2, AlreadyThere = 3 }));
        metrics.OnEvent(new BatchEnded(Run, Start, Batch(BatchStatus.Skipped, 10) with { LeftThere = 4, AlreadyThere = 6 }));
        metrics.OnEvent(new BatchEnded(Run, Start, Batch(BatchStatus.Failed, 7)));
        string text = metrics.ToText();
        Value(text, "vectors_acknowledged_total").ShouldBe(5);
        Value(text, "vectors_skipped_total").ShouldBe(6);
        Value(text, "vectors_present_total").ShouldBe(9);
        Value(text, "vectors_failed_total").ShouldBe(7);
    }

    [Fact]
    public void What_a_verification_came_to_is_told_and_nothing_before()
    {
        using RunMetrics metrics = new("c", null, TimeProvider.System);
        metrics.ToText().ShouldNotContain("vectormigration_verification_passed{");
        metrics.End(4, new VerificationResult { Mode = VerificationMode.Full, Passed = false, Compared = 9, Different = 2, Missing = 1, Extra = 5 });
        string text = metrics.ToText();
        Value(text, "verification_passed").ShouldBe(0);
        Value(text, "vectors_verified_total", "equal").ShouldBe(7);
        Value(text, "vectors_verified_total", "missing").ShouldBe(1);
        Value(text, "vectors_verified_total", "extra").ShouldBe(5);
        Value(text, "last_exit_code").ShouldBe(4);
        Value(text, "last_success_timestamp_seconds").ShouldBe(0);
    }

    [Fact]
    public void Time_held_to_a_rate_limit_is_that_of_the_clock()
    {
        FakeTimeProvider clock = new();
        using RunMetrics metrics = new("c", null, clock);
        DateTimeOffset start = clock.GetUtcNow();
        metrics.OnEvent(new PoolPaused(Run, start, TimeSpan.FromSeconds(10), "429"));
        metrics.MayAsk.ShouldBeFalse();
        Value(metrics.ToText(), "rate_limit_wait_seconds_total").ShouldBe(0, "it has only begun");
        clock.Advance(TimeSpan.FromSeconds(4));
        Value(metrics.ToText(), "rate_limit_wait_seconds_total").ShouldBe(4);
        // Waits side by side are one wait.
        metrics.OnEvent(new RateKept(Run, clock.GetUtcNow(), start, TimeSpan.FromSeconds(4)));
        metrics.OnEvent(new PoolPaused(Run, clock.GetUtcNow(), TimeSpan.FromSeconds(8), "429"));
        Value(metrics.ToText(), "rate_limit_wait_seconds_total").ShouldBe(4);
        clock.Advance(TimeSpan.FromSeconds(20));
        Value(metrics.ToText(), "rate_limit_wait_seconds_total").ShouldBe(12);
        metrics.OnEvent(new RateKept(Run, clock.GetUtcNow(), start + TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3)));
        Value(metrics.ToText(), "rate_limit_wait_seconds_total").ShouldBe(15);
        // A run that ends in a pause has not waited for the rest of it.
        metrics.OnEvent(new PoolPaused(Run, clock.GetUtcNow(), TimeSpan.FromSeconds(100), "429"));
        clock.Advance(TimeSpan.FromSeconds(1));
        metrics.End(3);
        clock.Advance(TimeSpan.FromSeconds(50));
        Value(metrics.ToText(), "rate_limit_wait_seconds_total").ShouldBe(16);
    }

    private static readonly Guid Run = Guid.NewGuid();
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private static QdrantBatchResult Batch(BatchStatus status, int count) => new()
    {
        RunId = Run,
        Number = 1,
        Collection = "c",
        FirstOrdinal = 0,
        LastOrdinal = count - 1,
        PointIds = [],
        Count = count,
        Bytes = 100,
        StartedAt = Start,
        Duration = TimeSpan.FromSeconds(1),
        Attempts = 1,
        Status = status,
    };

    private static void Publish(Instrument instrument, MeterListener listener, Dictionary<string, string> units)
    {
        if (instrument is { Meter.Name: RunMetrics.MeterName, IsObservable: true })
        {
            lock (units)
            {
                units[instrument.Name] = instrument.Unit!;
            }

            listener.EnableMeasurementEvents(instrument);
        }
    }

    private static double Value(string text, string name, string? label = null) => double.Parse(
        text.Split('\n').Single(line => line.StartsWith($"vectormigration_{name}{{", StringComparison.Ordinal)
            && (label is null || line.Contains($"=\"{label}\"", StringComparison.Ordinal))).Split(' ')[^1],
        System.Globalization.CultureInfo.InvariantCulture);
}
