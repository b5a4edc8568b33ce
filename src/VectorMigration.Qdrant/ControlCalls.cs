using System.Diagnostics;
using Google.Protobuf;
using Polly;
using Polly.Retry;

namespace VectorMigration.Qdrant;

/// <summary>
/// Control-plane and reading calls: one deadline for all attempts together, retried by Polly where asking again can help. Upserts do not
/// come through here: the engine alone schedules those.
/// </summary>
internal sealed class ControlCalls
{
    private static readonly ResiliencePropertyKey<Progress> ProgressKey = new("progress");
    private readonly GrpcTransport transport;
    private readonly TimeSpan timeout;
    private readonly ResiliencePipeline<GrpcReply> pipeline;

    /// <summary>Makes the pipeline.</summary>
    public ControlCalls(GrpcTransport transport, string endpoint, TimeSpan timeout)
    {
        this.transport = transport;
        this.timeout = timeout;
        Endpoint = endpoint;
        pipeline = new ResiliencePipelineBuilder<GrpcReply>().AddRetry(new RetryStrategyOptions<GrpcReply>
        {
            MaxRetryAttempts = 5,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(5),
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is GrpcReply reply && IsWorthwhile(reply, args.Context)),
            DelayGenerator = static args => ValueTask.FromResult(args.Outcome.Result?.RetryAfter),
        }).Build();
    }

    /// <summary>Endpoint without secrets.</summary>
    public string Endpoint { get; }

    /// <summary>Calls with a generated message and reads the answer with its parser.</summary>
    /// <exception cref="MigrationException">The server refused, cannot be reached, or did not answer in time.</exception>
    public async Task<T> CallAsync<T>(string path, IMessage request, MessageParser<T> parser, string action, string? target, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        using ControlReply call = await SendAsync(path, () => Content(request), cancellationToken).ConfigureAwait(false);
        return call.Reply.IsOk ? Parse(call.Reply, parser, action) : throw QdrantErrors.From(call.Reply, Endpoint, action, target);
    }

    /// <summary>Calls and gives the last reply; the caller disposes it.</summary>
    public async Task<ControlReply> SendAsync(string path, Func<GrpcContent> content, CancellationToken cancellationToken)
    {
        Progress progress = new();
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        context.Properties.Set(ProgressKey, progress);
        try
        {
            GrpcReply reply = await pipeline.ExecuteAsync(
                (running, call) => call.This.transport.CallAsync(call.Path, call.Content(), call.This.Remaining(call.Progress), running.CancellationToken),
                context,
                (This: this, Path: path, Content: content, Progress: progress)).ConfigureAwait(false);
            return new ControlReply(reply, progress.MayHaveApplied);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Reads a good reply with a generated parser.</summary>
    public T Parse<T>(GrpcReply reply, MessageParser<T> parser, string action)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(reply.Body);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw QdrantErrors.MalformedAnswer(Endpoint, action, malformed.Message, malformed);
        }
    }

    /// <summary>A generated message as a body.</summary>
    public static GrpcContent Content(IMessage message)
    {
        GrpcContent content = GrpcContent.Rent(message.CalculateSize());
        message.WriteTo(content.Message);
        return content;
    }

    private TimeSpan Remaining(Progress progress) => timeout - progress.Clock.Elapsed;

    private bool IsWorthwhile(GrpcReply reply, ResilienceContext context)
    {
        // Where nobody has ever answered, the address is the likelier mistake: say so at once.
        bool isKnown = reply.Fault == TransportFault.None || transport.EverAnswered;
        if (!QdrantAnswers.IsTransient(reply) || !isKnown)
        {
            return false;
        }

        Progress progress = context.Properties.GetValue(ProgressKey, new Progress());
        progress.MayHaveApplied |= reply.Fault != TransportFault.NoServer && reply.Code != GrpcCode.ResourceExhausted;
        return Remaining(progress) > (reply.RetryAfter ?? TimeSpan.Zero);
    }

    private sealed class Progress
    {
        public Stopwatch Clock { get; } = Stopwatch.StartNew();

        public bool MayHaveApplied { get; set; }
    }
}

/// <summary>The last reply of a call.</summary>
/// <param name="Reply">The reply.</param>
/// <param name="MayHaveApplied">An earlier attempt ended without an answer and may have been carried out all the same.</param>
internal sealed record ControlReply(GrpcReply Reply, bool MayHaveApplied) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Reply.Dispose();
}
