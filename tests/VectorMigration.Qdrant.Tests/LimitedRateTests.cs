using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace VectorMigration.Qdrant.Tests;

/// <summary>A stand-in for a proxy that lets requests through one every so often and refuses the rest, in each of the ways that are met.</summary>
public sealed class LimitedRateTests
{
    private static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(10);

    [Theory]
    [InlineData("429")]
    [InlineData("503")]
    [InlineData("RESOURCE_EXHAUSTED")]
    public async Task Calls_side_by_side_all_get_through_whatever_the_refusal_looks_like(string refusal)
    {
        Limiter limiter = new(refusal, null);
        await using StubServer server = await StubServer.StartAsync(limiter.AnswerAsync);
        using QdrantStore store = Samples.Store(server.Uri);
        store.SetPatience(new CallPatience(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)));
        ulong[] counts = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => store.CountAsync("c", default)));
        counts.ShouldAllBe(static count => count == 7);
        limiter.Refused.ShouldBeGreaterThan(0, "otherwise nothing was limited");
        limiter.Passed.ShouldBe(40);
    }

    [Fact]
    public async Task A_wait_that_a_proxy_asks_for_is_kept()
    {
        Limiter limiter = new("429", "1") { RefusesFirst = 2 };
        await using StubServer server = await StubServer.StartAsync(limiter.AnswerAsync);
        using QdrantStore store = Samples.Store(server.Uri);
        Stopwatch clock = Stopwatch.StartNew();
        (await store.CountAsync("c", default)).ShouldBe(7ul);
        clock.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(1.9));
        limiter.Refused.ShouldBe(2);
    }

    [Theory]
    [InlineData("429", "RateLimited")]
    [InlineData("503", "ServerUnavailable")]
    public async Task Where_nothing_gets_through_the_call_ends_after_the_time_that_was_set(string refusal, string errorId)
    {
        Limiter limiter = new(refusal, null) { RefusesFirst = int.MaxValue };
        await using StubServer server = await StubServer.StartAsync(limiter.AnswerAsync);
        using QdrantStore store = Samples.Store(server.Uri);
        store.SetPatience(new CallPatience(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.5)));
        MigrationException error = await Should.ThrowAsync<MigrationException>(() => store.CountAsync("c", default));
        (error.ErrorId, error.Resumable).ShouldBe((errorId, true));
        limiter.Refused.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task An_upload_gets_through_and_the_limit_of_the_collection_is_asked_for_once()
    {
        Limiter limiter = new("429", null);
        await using StubServer server = await StubServer.StartAsync(limiter.AnswerAsync);
        using QdrantStore store = Samples.Store(server.Uri);
        PipelineTest upload = new(store);
        (await upload.SendAsync(60)).ShouldBe(60);
        server.Calls.Count(static call => call.Path.EndsWith("Collections/Get", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(1 + limiter.RefusedReads);
    }

    /// <summary>Sends single vectors at the engine's own pace.</summary>
    private sealed class PipelineTest(QdrantStore store)
    {
        public async Task<long> SendAsync(int vectors)
        {
            UploadOptions options = new() { BatchSize = 1 };
            FlowStart start = new() { Dimension = 2, Vectors = vectors, ReadLimit = WriteRateLimits.Reader(store, "c") };
            using IFlowControl flow = FlowControls.For(options, start, TimeProvider.System);
            UploadEngine engine = new(
                store.OpenTarget("c", null), flow, new PollyRetryPolicy(), options, Guid.NewGuid(), new CompositeObserver([]), TimeProvider.System);
            UploadOutcome outcome = await engine.RunAsync(new Feed(vectors), CancellationToken.None);
            outcome.Stop.ShouldBeNull();
            return outcome.Sent;
        }
    }

    private sealed class Feed(int vectors) : IBatchFeed
    {
        private int next;

        public ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken) => ValueTask.FromResult(next < vectors);

        public ValueTask<VectorBatch?> NextAsync(int batchSize, CancellationToken cancellationToken) =>
            ValueTask.FromResult(next < vectors ? Samples.Batch(Samples.Numbers(1, (ulong)next++), [1, 2]) : null);
    }

    private sealed class Limiter(string refusal, string? retryAfter)
    {
        private readonly Lock gate = new();
        private long last;
        private int seen;

        public int RefusesFirst { get; init; }

        public int Passed { get; private set; }

        public int Refused { get; private set; }

        public int RefusedReads { get; private set; }

        public Task AnswerAsync(HttpContext context, byte[] message)
        {
            if (context.Request.Path.Value!.EndsWith("HealthCheck", StringComparison.Ordinal))
            {
                return StubServer.OkAsync(context, new Protocol.HealthCheckReply { Title = "qdrant stub", Version = "1.16.3" });
            }

            lock (gate)
            {
                bool takes = seen++ >= RefusesFirst && (last == 0 || Stopwatch.GetElapsedTime(last) >= Distance);
                if (!takes)
                {
                    Refused++;
                    RefusedReads += context.Request.Path.Value.EndsWith("Collections/Get", StringComparison.Ordinal) ? 1 : 0;
                    return RefuseAsync(context);
                }

                Passed++;
                last = Stopwatch.GetTimestamp();
            }

            return context.Request.Path.Value switch
            {
                "/qdrant.Points/Count" => StubServer.OkAsync(context, new Protocol.CountResponse { Result = new Protocol.CountResult { Count = 7 } }),
                "/qdrant.Collections/Get" => StubServer.OkAsync(context, new Protocol.GetCollectionInfoResponse { Result = new Protocol.CollectionInfo() }),
                _ => StubServer.OkAsync(
                    context, new Protocol.PointsOperationResponse { Result = new Protocol.UpdateResult { Status = Protocol.UpdateStatus.Completed } }),
            };
        }

        private Task RefuseAsync(HttpContext context)
        {
            if (refusal == "RESOURCE_EXHAUSTED")
            {
                return StubServer.FailAsync(context, 8, "too fast");
            }

            context.Response.StatusCode = int.Parse(refusal, System.Globalization.CultureInfo.InvariantCulture);
            if (retryAfter is not null)
            {
                context.Response.Headers.RetryAfter = retryAfter;
            }

            return Task.CompletedTask;
        }
    }
}
