using System.Diagnostics;
using Grpc.Core;
using Polly;
using Polly.Retry;

namespace VectorMigration.Qdrant;

/// <summary>
/// Control-plane and reading calls, retried by Polly where asking again can help; where a server or a proxy limits the rate, all of them start at one pace.
/// Without patience one deadline holds for all attempts together, with it for each. Upserts do not come through here: the engine alone schedules those.
/// </summary>
internal sealed class ControlCalls
{
    private const int AttemptsWithoutPatience = 6;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortDelay = TimeSpan.FromSeconds(1);
    private static readonly ResiliencePropertyKey<Progress> ProgressKey = new("progress");

    /// <summary>What a server asks these calls to wait for its own limits, which say how long; the pace of all requests is the transport's.</summary>
    private readonly RequestPace waits = new(TimeProvider.System);
    private readonly GrpcTransport transport;
    private readonly TimeSpan timeout;
    private readonly ResiliencePipeline<GrpcReply> pipeline;
    private long lastAnswered = Stopwatch.GetTimestamp();
    private Action<TimeSpan>? onLimited;

    /// <summary>Makes the pipeline.</summary>
    public ControlCalls(GrpcTransport transport, TimeSpan timeout)
    {
        this.transport = transport;
        this.timeout = timeout;
        pipeline = new ResiliencePipelineBuilder<GrpcReply>().AddRetry(new RetryStrategyOptions<GrpcReply>
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = LongestDelay,
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is GrpcReply reply && IsWorthwhile(reply, args.Context, args.AttemptNumber + 1)),
            DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result?.RetryAfter ?? LastDelay(args.Context)),
        }).Build();
    }

    /// <summary>How long to go on; null for the connection's timeout.</summary>
    public CallPatience? Patience { get; set; }

    /// <summary>The address in use, without secrets.</summary>
    public string Endpoint => transport.Address;

    /// <summary>Tells of every wait that a limit of the server asks for, until what is returned is disposed.</summary>
    public IDisposable WatchLimit(Action<TimeSpan> tell)
    {
        onLimited += tell;
        return new Ending(() => onLimited -= tell);
    }

    /// <summary>Calls, and gives the answer.</summary>
    /// <param name="start">Starts one attempt.</param>
    /// <param name="action">What is to be done, for the sentence "Could not …".</param>
    /// <param name="target">The collection or other thing; null for the endpoint.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <exception cref="MigrationException">The server refused, cannot be reached, or did not answer in time.</exception>
    public async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> start, string action, string? target, CancellationToken cancellationToken)
        where T : class
    {
        ControlReply<T> call = await SendAsync(start, cancellationToken).ConfigureAwait(false);
        return call.Reply.IsOk ? call.Answer! : throw QdrantErrors.From(call.Reply, Endpoint, action, target);
    }

    /// <summary>Calls, and gives the last reply.</summary>
    public async Task<ControlReply<T>> SendAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> start, CancellationToken cancellationToken)
        where T : class
    {
        Progress<T> progress = new(start);
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        context.Properties.Set(ProgressKey, progress);
        try
        {
            GrpcReply reply = await pipeline.ExecuteAsync(
                static (running, call) => call.This.PacedAsync(call.Progress, running.CancellationToken),
                context,
                (This: this, Progress: progress)).ConfigureAwait(false);
            return new ControlReply<T>(reply, progress.Answer, progress.MayHaveApplied);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private TimeSpan Remaining(Progress progress) => Patience is null ? timeout - progress.Clock.Elapsed : timeout;

    /// <summary>One attempt, and as many more as a limited rate asks for.</summary>
    private async ValueTask<GrpcReply> PacedAsync<T>(Progress<T> progress, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            PacedStart start = await waits.StartAsync(cancellationToken).ConfigureAwait(false);
            GrpcReply? reply = null;
            AnswerRow? row = null;
            try
            {
                reply = await progress.AttemptAsync(transport, Remaining(progress), cancellationToken).ConfigureAwait(false);
                row = reply.IsOk ? null : QdrantAnswers.Find(reply);
            }
            finally
            {
                Note(start, reply, row);
            }

            if (row is null or { RateLimited: false, Paced: false } || row.Outcome != WriteOutcome.Retry || !GoesOn(progress, reply!, row.RateLimited))
            {
                return reply!;
            }

            if (row is { RateLimited: true, Paced: false } && reply!.RetryAfter is TimeSpan wait)
            {
                onLimited?.Invoke(wait);
            }
        }
    }

    private void Note(PacedStart start, GrpcReply? reply, AnswerRow? row)
    {
        if (reply is { IsOk: true })
        {
            Volatile.Write(ref lastAnswered, Stopwatch.GetTimestamp());
            waits.Passed(start);
        }
        else
        {
            waits.Ended(start, row is { RateLimited: true, Paced: false } ? reply!.RetryAfter : null);
        }
    }

    private bool GoesOn(Progress progress, GrpcReply reply, bool rateLimited)
    {
        if (Patience is null)
        {
            return Remaining(progress) > (reply.RetryAfter ?? TimeSpan.FromSeconds(transport.Pace.Interval));
        }

        // Do not begin a wait that ends after the deadline.
        return Waited(progress) + (reply.RetryAfter ?? TimeSpan.Zero) < (rateLimited ? Patience.NoProgress : Patience.Outage);
    }

    /// <summary>How long this call has gone without an answer to any call.</summary>
    private TimeSpan Waited(Progress progress)
    {
        TimeSpan since = Stopwatch.GetElapsedTime(Volatile.Read(ref lastAnswered));
        TimeSpan alone = progress.Clock.Elapsed;
        return since < alone ? since : alone;
    }

    /// <summary>Near the deadline waits are short and none leads past it, so that calls end when it was said that they would; null before.</summary>
    private TimeSpan? LastDelay(ResilienceContext context)
    {
        if (Patience is not { } patience || !context.Properties.TryGetValue(ProgressKey, out Progress? progress))
        {
            return null;
        }

        TimeSpan left = patience.Outage - Waited(progress);
        return left > LongestDelay ? null : left > ShortDelay ? ShortDelay : left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private bool IsWorthwhile(GrpcReply reply, ResilienceContext context, int attempts)
    {
        // If no server has ever answered, the address is probably wrong: say so at once.
        bool isKnown = reply.Fault == TransportFault.None || transport.EverAnswered;
        if (!QdrantAnswers.IsTransient(reply) || !isKnown || QdrantAnswers.Find(reply) is { RateLimited: true } or { Paced: true })
        {
            return false;
        }

        Progress progress = context.Properties.GetValue(ProgressKey, null!);
        progress.MayHaveApplied |= reply.Fault != TransportFault.NoServer && reply.Code != GrpcCode.ResourceExhausted;
        return Patience is null
            ? attempts < AttemptsWithoutPatience && Remaining(progress) > (reply.RetryAfter ?? TimeSpan.Zero)
            : GoesOn(progress, reply, rateLimited: false);
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    private class Progress
    {
        public Stopwatch Clock { get; } = Stopwatch.StartNew();

        public bool MayHaveApplied { get; set; }
    }

    private sealed class Progress<T>(Func<CallOptions, AsyncUnaryCall<T>> start) : Progress
        where T : class
    {
        public T? Answer { get; private set; }

        public async ValueTask<GrpcReply> AttemptAsync(GrpcTransport transport, TimeSpan timeout, CancellationToken cancellationToken)
        {
            GrpcAnswer<T> answer = await transport.CallAsync(start, timeout, cancellationToken).ConfigureAwait(false);
            Answer = answer.Message;
            return answer.Reply;
        }
    }
}

/// <summary>The last reply of a call.</summary>
/// <param name="Reply">How it ended.</param>
/// <param name="Answer">The answer; null unless it was carried out.</param>
/// <param name="MayHaveApplied">An earlier attempt ended without an answer and may have been carried out all the same.</param>
internal sealed record ControlReply<T>(GrpcReply Reply, T? Answer, bool MayHaveApplied)
    where T : class;
