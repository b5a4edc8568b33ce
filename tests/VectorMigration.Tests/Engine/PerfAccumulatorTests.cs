namespace VectorMigration.Tests;

public sealed class PerfAccumulatorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Figures_are_those_of_the_wall_clock()
    {
        var perf = new PerfAccumulator();
        // Two batches side by side, then one alone: 10 s in all, not 16.
        perf.Add(Batch(0, 6, 100));
        perf.Add(Batch(0, 4, 100));
        perf.Add(Batch(6, 4, 50, BatchStatus.Failed, attempts: 3, rateLimited: 2));
        MigrationPerf figures = perf.ToPerf();
        figures.Duration.ShouldBe(TimeSpan.FromSeconds(10));
        figures.Vectors.ShouldBe(200);
        figures.SecondsPerVector.ShouldBe(0.05);
        figures.VectorsPerSecond.ShouldBe(20);
        figures.MegabytesPerSecond.ShouldBe(0.0002);
        figures.SuccessRate.ShouldBe(80);
        figures.Attempts.ShouldBe(5);
        figures.RateLimited.ShouldBe(2);
        figures.SlowOperations.ShouldBe(1);
        figures.P50.ShouldBe(TimeSpan.FromSeconds(4));
        figures.Max.ShouldBe(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void Nothing_is_no_success()
    {
        MigrationPerf figures = new PerfAccumulator().ToPerf();
        figures.SuccessRate.ShouldBeNull();
        figures.VectorsPerSecond.ShouldBe(0);
        figures.P99.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Percentiles_stay_within_one_percent_when_there_are_too_many_to_keep()
    {
        var perf = new PerfAccumulator();
        for (int i = 1; i <= 200_000; i++)
        {
            perf.Add(Batch(0, i / 1_000.0, 1));
        }

        MigrationPerf figures = perf.ToPerf();
        figures.P50.TotalSeconds.ShouldBe(100, 1);
        figures.P95.TotalSeconds.ShouldBe(190, 1.9);
        figures.P99.TotalSeconds.ShouldBe(198, 1.98);
        figures.Max.TotalSeconds.ShouldBe(200);
    }

    private static QdrantBatchResult Batch(double start, double seconds, int count, BatchStatus status = BatchStatus.Completed, int attempts = 1,
        int rateLimited = 0) => new()
        {
            RunId = Guid.Empty,
            Number = 1,
            Collection = "c",
            FirstOrdinal = 0,
            LastOrdinal = count - 1,
            Count = count,
            Bytes = count * 10L,
            StartedAt = Start.AddSeconds(start),
            Duration = TimeSpan.FromSeconds(seconds),
            Attempts = attempts,
            RateLimited = rateLimited,
            Status = status,
        };
}
