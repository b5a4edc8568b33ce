namespace VectorMigration.Tests;

/// <summary>Adaptive flow control against simulated servers: where it comes to, how fast, and that it stays there.</summary>
public sealed class AdaptiveFlowTests
{
    private static readonly UploadOptions Adaptive = new();

    public static TheoryData<string, double, double, int, double, double> Worlds => new()
    {
        { "server on the same machine", 0.0002, 2e9, 2, 0.0005, 20 },
        { "large server on the same line", 0.0005, 1e9, 16, 0.002, 60 },
        { "costly requests", 0.001, 1e9, 4, 0.020, 30 },
        { "20 ms away", 0.020, 100e6, 4, 0.001, 40 },
        { "80 ms away", 0.080, 60e6, 4, 0.001, 40 },
        { "240 ms away", 0.240, 60e6, 4, 0.001, 40 },
        { "240 ms away, 10 Mbit/s", 0.240, 1.25e6, 4, 0.001, 40 },
        { "one slow worker", 0.001, 1e9, 1, 0.003, 400 },
    };

    [Theory]
    [MemberData(nameof(Worlds))]
    public void Comes_to_ninety_percent_of_the_best_of_a_grid_and_stays_there(
        string world, double roundTrip, double line, int workers, double perBatch, double perVectorMicroseconds)
    {
        SimulatedServer server = New(roundTrip, line, workers, perBatch, perVectorMicroseconds);
        double best = BestOfGrid(() => New(roundTrip, line, workers, perBatch, perVectorMicroseconds), 384);

        var simulation = new Simulation(server, 384);
        AdaptiveFlowControl flow = NewFlow(simulation, roundTrip);
        double opening = server.RoundTrip + (512 * 16 * simulation.BytesPerVector / line);
        double from = 10 + (10 * opening);
        simulation.Run(flow, from + 90);

        simulation.Rate(from, from + 90).ShouldBeGreaterThan(0.9 * best, $"{world}: {flow.Describe()}; best {best:N0}");
        simulation.Changes.Count(change => change.At > from).ShouldBeLessThan(25, "looking again is rare");
        simulation.MostBytes.ShouldBeLessThanOrEqualTo(FlowBounds.MostBytesUnderWay * 1.01);
        flow.Summarize().Adaptive.ShouldBeTrue();
        flow.Summarize().Reason.ShouldNotBeEmpty();
    }

    [Fact]
    public void Follows_a_server_that_gets_slower_and_one_that_recovers()
    {
        SimulatedServer server = New(0.080, 100e6, 8, 0.001, 40);
        var simulation = new Simulation(server, 384);
        AdaptiveFlowControl flow = NewFlow(simulation, 0.080);
        simulation.Run(flow, 40);
        server.BytesPerSecond = 10e6;
        simulation.Run(flow, 140);
        double slow = BestOfGrid(() => New(0.080, 10e6, 8, 0.001, 40), 384);
        simulation.Rate(70, 140).ShouldBeGreaterThan(0.9 * slow, flow.Describe());

        server.BytesPerSecond = 100e6;
        simulation.Run(flow, 240);
        double fast = BestOfGrid(() => New(0.080, 100e6, 8, 0.001, 40), 384);
        simulation.Rate(170, 240).ShouldBeGreaterThan(0.9 * fast, flow.Describe());
        simulation.Changes.ShouldContain(change => change.Change.Reason.Contains("vectors/s"));
    }

    [Fact]
    public void Weak_servers_are_not_overrun()
    {
        SimulatedServer server = New(0.010, 100e6, 4, 0.002, 40);
        server.MostAtOnce = 6;
        var simulation = new Simulation(server, 384);
        AdaptiveFlowControl flow = NewFlow(simulation, 0.010);
        simulation.Run(flow, 120);

        simulation.Failed.Count(at => at > 60).ShouldBeLessThan(60, "an occasional look for more");
        simulation.Rate(60, 120).ShouldBeGreaterThan(0.8 * BestOfGrid(() => New(0.010, 100e6, 4, 0.002, 40), 384, 4), flow.Describe());
    }

    [Fact]
    public void Batches_that_were_too_large_are_not_tried_again()
    {
        SimulatedServer server = New(0.001, 1e9, 4, 0.001, 40);
        server.LargestBatch = 200;
        var simulation = new Simulation(server, 384);
        AdaptiveFlowControl flow = NewFlow(simulation, 0.001);
        simulation.Run(flow, 60);

        simulation.Failed.Count.ShouldBeLessThan(100);
        simulation.Failed.Count(at => at > 20).ShouldBe(0);
        flow.BatchSize.ShouldBeLessThanOrEqualTo(200);
    }

    [Theory]
    [InlineData(100, 0.001)]
    [InlineData(600, 0.001)]
    [InlineData(6_000, 0.080)]
    [InlineData(60_000, 0.020)]
    [InlineData(600_000, 0.240)]
    public void Keeps_to_a_known_limit_from_the_start(int perMinute, double roundTrip)
    {
        SimulatedServer server = New(roundTrip, 100e6, 8, 0.001, 20);
        server.SetLimit(perMinute, 0);
        var simulation = new Simulation(server, 384);
        AdaptiveFlowControl flow = NewFlow(simulation, roundTrip, limit: new WriteRateLimit(perMinute, 1));
        simulation.Run(flow, 360);

        (60 * simulation.Rate(60, 360)).ShouldBeGreaterThan(0.9 * perMinute, flow.Describe());
        simulation.Refused.Count.ShouldBeLessThanOrEqualTo(simulation.Taken.Count / 100);
        simulation.Taken.Max(batch => batch.Vectors).ShouldBeLessThanOrEqualTo(perMinute / 2);
        flow.Describe().ShouldContain("points per minute");
    }

    /// <summary>Batches that take seconds, because the server did not answer for a while, do not change what the pace depends on.</summary>
    [Fact]
    public void A_limit_stays_the_reason_when_batches_take_long()
    {
        SimulatedServer server = New(0.020, 100e6, 8, 0.001, 20);
        var simulation = new Simulation(server, 384);
        AdaptiveFlowControl flow = NewFlow(simulation, 0.020, limit: new WriteRateLimit(600_000, 1));
        for (int i = 0; i < 8; i++)
        {
            flow.TryAcquire(out FlowPermit permit, out _).ShouldBeTrue();
            simulation.Clock.MoveTo(6 * (i + 1));
            flow.Release(permit, new FlowSample(WriteOutcome.Ok, permit.BatchSize, 1_000_000, TimeSpan.FromSeconds(6), RateLimited: false));
        }

        flow.Summarize().Reason.ShouldBe("the collection accepts 600,000 points per minute");
    }

    [Theory]
    [InlineData(600, true)]
    [InlineData(60_000, true)]
    [InlineData(60_000, false)]
    public void Learns_a_limit_that_is_set_half_way(int perMinute, bool readable)
    {
        SimulatedServer server = New(0.020, 100e6, 8, 0.001, 20);
        var simulation = new Simulation(server, 384);
        WriteRateLimit? present = null;
        AdaptiveFlowControl flow = NewFlow(simulation, 0.020, readLimit: readable ? _ => Task.FromResult(present) : null);
        simulation.Run(flow, 20);
        server.SetLimit(perMinute, 20);
        present = new WriteRateLimit(perMinute, 1);
        simulation.Run(flow, 500);

        double from = readable ? 100 : 260;
        (60 * simulation.Rate(from, 500)).ShouldBeGreaterThan((readable ? 0.9 : 0.8) * perMinute, flow.Describe());
        int refused = simulation.Refused.Count(at => at > from);
        refused.ShouldBeLessThanOrEqualTo(simulation.Taken.Count(batch => batch.At > from) / (readable ? 100 : 20));
        simulation.Changes.ShouldContain(change => change.Change.Reason.Contains("points per minute"));
    }

    [Theory]
    [InlineData(1_000, 768, 0.240, 0.45)]
    [InlineData(10_000, 768, 0.240, 1.6)]
    [InlineData(1_000, 384, 0.001, 0.06)]
    public void Short_jobs_are_wide_from_the_start(long vectors, int dimension, double roundTrip, double seconds)
    {
        SimulatedServer server = New(roundTrip, 60e6, 4, 0.001, 60);
        var simulation = new Simulation(server, dimension);
        AdaptiveFlowControl flow = NewFlow(simulation, roundTrip, vectors, dimension: dimension);

        simulation.Run(flow, 60, vectors).ShouldBeLessThan(seconds, flow.Describe());
        simulation.Taken.Sum(batch => (long)batch.Vectors).ShouldBe(vectors);
    }

    [Theory]
    [InlineData(50_000, false)]
    [InlineData(5_000_000, true)]
    public void Nothing_is_tried_that_the_rest_could_not_earn_back(long vectors, bool searches)
    {
        var simulation = new Simulation(New(0.001, 1e9, 4, 0.001, 60), 384);
        AdaptiveFlowControl flow = NewFlow(simulation, 0.001, vectors);
        FlowPoint start = new(flow.BatchSize, flow.Parallelism);

        simulation.Run(flow, 60, vectors);
        bool tried = simulation.Changes.Any(change => change.Change.Parallelism != start.Parallelism || change.Change.BatchSize != start.BatchSize);
        tried.ShouldBe(searches, flow.Describe());
    }

    [Fact]
    public void The_rest_is_divided()
    {
        SimulatedServer server = New(0.001, 1e9, 4, 0.001, 1_000);
        var simulation = new Simulation(server, 384);
        AdaptiveFlowControl flow = NewFlow(simulation, 0.001, vectors: 20_000);
        simulation.Run(flow, 600, 20_000);

        simulation.Taken[^1].Vectors.ShouldBeLessThanOrEqualTo(20_000 / (8 * 4), "nobody waits for one large last batch");
        simulation.Taken.Count.ShouldBeLessThan(32, "and the server is not kept busy with small ones");
        simulation.Taken.Sum(batch => batch.Vectors).ShouldBe(20_000);
    }

    [Fact]
    public void What_is_given_stays()
    {
        SimulatedServer server = New(0.080, 100e6, 4, 0.001, 40);
        var simulation = new Simulation(server, 384);
        AdaptiveFlowControl flow = NewFlow(simulation, 0.080, options: Adaptive with { BatchSize = 37 });
        simulation.Run(flow, 30);
        simulation.Taken.ShouldAllBe(batch => batch.Vectors == 37);
        flow.Parallelism.ShouldBeGreaterThan(16);

        simulation = new Simulation(New(0.080, 100e6, 4, 0.001, 40), 384);
        flow = NewFlow(simulation, 0.080, options: Adaptive with { ThrottleLimit = 3 });
        simulation.Run(flow, 30);
        simulation.Changes.ShouldAllBe(change => change.Change.Parallelism == 3);
        simulation.MostBytes.ShouldBeLessThanOrEqualTo(3 * FlowBounds.MostBytesOfRequest);
    }

    [Fact]
    public void Changes_are_told_with_their_reason_at_most_about_once_a_second()
    {
        SimulatedServer server = New(0.020, 100e6, 4, 0.001, 40);
        var simulation = new Simulation(server, 384);
        AdaptiveFlowControl flow = NewFlow(simulation, 0.020);
        simulation.Run(flow, 60);

        simulation.Changes.Count.ShouldBeInRange(2, 40);
        simulation.Changes.ShouldAllBe(change => change.Change.Reason.Length > 0);
        simulation.Changes[0].Change.Reason.ShouldContain("round trip 20 ms");
    }

    private static SimulatedServer New(double roundTrip, double line, int workers, double perBatch, double perVectorMicroseconds) => new()
    {
        RoundTrip = roundTrip,
        BytesPerSecond = line,
        Workers = workers,
        SecondsPerBatch = perBatch,
        SecondsPerVector = perVectorMicroseconds * 1e-6,
    };

    private static AdaptiveFlowControl NewFlow(
        Simulation simulation, double roundTrip, long? vectors = null, WriteRateLimit? limit = null,
            Func<CancellationToken, Task<WriteRateLimit?>>? readLimit = null, UploadOptions? options = null, int dimension = 384) =>
        new(
            options ?? Adaptive,
            new FlowStart { Dimension = dimension, Vectors = vectors, RoundTrip = TimeSpan.FromSeconds(roundTrip), Limit = limit, ReadLimit = readLimit },
            simulation.Clock);

    private static double BestOfGrid(Func<SimulatedServer> server, int dimension, int mostAtOnce = 64)
    {
        double best = 0;
        foreach (int batch in (int[])[64, 128, 256, 512, 1_024, 2_048])
        {
            for (int parallel = 1; parallel <= mostAtOnce; parallel *= 2)
            {
                var simulation = new Simulation(server(), dimension);
                var options = new UploadOptions { BatchSize = batch, ThrottleLimit = parallel };
                var flow = new AdaptiveFlowControl(options, new FlowStart { Dimension = dimension }, simulation.Clock);
                double passed = 2 + (4 * parallel * batch * simulation.BytesPerVector / server().BytesPerSecond);
                simulation.Run(flow, passed + 10);
                best = Math.Max(best, simulation.Rate(passed, passed + 10));
            }
        }

        return best;
    }
}
