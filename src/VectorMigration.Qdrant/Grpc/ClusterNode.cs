using System.Net.Http.Headers;
using Google.Protobuf;

namespace VectorMigration.Qdrant;

/// <summary>One node of a cluster: whether it is there, and when it is asked again. Thread-safe.</summary>
/// <param name="address">Its address.</param>
/// <param name="handler">Carries calls to it.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterNode(Uri address, CallHandler handler, TimeProvider time) : IDisposable
{
    /// <summary>Calls of a node that get no answer for so long are a reason to ask it for a sign of life.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromSeconds(4);

    /// <summary>The time that it has for a sign of life.</summary>
    public static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(3);

    private const string HealthPath = "/qdrant.Qdrant/HealthCheck";
    private const string ExistsPath = "/qdrant.Collections/CollectionExists";
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private readonly CancellationTokenSource closed = new();
    private CancellationTokenSource lost = new();
    private DateTimeOffset quietSince = DateTimeOffset.MaxValue;
    private DateTimeOffset askAt;
    private TimeSpan pause = FirstPause;
    private int busy;
    private bool asking;
    private volatile bool away;

    /// <summary>Its address.</summary>
    public Uri Address => address;

    /// <summary>Carries calls to it.</summary>
    public CallHandler Handler => handler;

    /// <summary>Calls that have no answer yet, or whose answer has not ended.</summary>
    public int Busy => Math.Max(Volatile.Read(ref busy), handler.Busy);

    /// <summary>True while it is left alone.</summary>
    public bool IsAway => away;

    /// <summary>A collection that it has to know before it is taken again; null for none.</summary>
    public string? Collection { get; set; }

    /// <summary>Whether a call that ended so has never left this machine.</summary>
    public static bool IsUnreached(HttpRequestException failure) => failure.HttpRequestError
        is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError;

    /// <summary>Sends a call to this node, and notes how that ended.</summary>
    /// <param name="request">The call, addressed to this node.</param>
    /// <param name="hasOther">Whether another node is there; only then is a silent one given up.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Func<ClusterNode, bool> hasOther, CancellationToken cancellationToken)
    {
        DateTimeOffset began = time.GetUtcNow();
        CancellationToken given = Enter(began);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, given);
        bool answered = false;
        try
        {
            HttpResponseMessage response = await handler.ForwardAsync(request, linked.Token).ConfigureAwait(false);
            answered = true;
            return response;
        }
        catch (OperationCanceledException) when (given.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.Unknown, $"{address.Authority} gave no sign of life");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (time.GetUtcNow() - began >= Doubt)
            {
                Look(hasOther);
            }

            throw;
        }
        catch (ForeignAnswerException refusal)
        {
            answered = IsAnswer(refusal);
            if (!answered)
            {
                Leave();
            }

            throw;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            Leave();
            throw;
        }
        finally
        {
            End(answered);
        }
    }

    /// <summary>Asks for a sign of life if it is time to: of a node that was left, and of one that has been silent for long.</summary>
    public void Look(Func<ClusterNode, bool> hasOther)
    {
        lock (gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            bool due = away ? now >= askAt : busy > 0 && now - quietSince >= Doubt;
            if (!due || asking || closed.IsCancellationRequested)
            {
                return;
            }

            asking = true;
        }

        _ = AskAsync(hasOther);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        closed.Cancel();
        handler.Dispose();
    }

    private CancellationToken Enter(DateTimeOffset now)
    {
        lock (gate)
        {
            if (busy++ == 0)
            {
                quietSince = now;
            }

            return lost.Token;
        }
    }

    private void End(bool answered)
    {
        lock (gate)
        {
            busy--;
            if (answered)
            {
                quietSince = time.GetUtcNow();
                Return();
            }
        }
    }

    private void Return()
    {
        away = false;
        pause = FirstPause;
    }

    private void Leave()
    {
        lock (gate)
        {
            // Calls that fail together are one failure.
            if (!away)
            {
                away = true;
                askAt = time.GetUtcNow() + pause;
            }
        }
    }

    private async Task AskAsync(Func<ClusterNode, bool> hasOther)
    {
        bool alive = await AnswersAsync().ConfigureAwait(false);
        CancellationTokenSource? ended = null;
        lock (gate)
        {
            asking = false;
            DateTimeOffset now = time.GetUtcNow();
            if (alive)
            {
                quietSince = now;
                Return();
                return;
            }

            away = true;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            askAt = now + pause;
            if (busy > 0 && hasOther(this))
            {
                ended = lost;
                lost = new CancellationTokenSource();
            }
        }

        // The calls that wait for it are made again, at another node.
        ended?.Cancel();
    }

    private async Task<bool> AnswersAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(closed.Token);
        limit.CancelAfter(SignOfLife);
        try
        {
            IMessage message = Collection is { } name ? new Protocol.CollectionExistsRequest { CollectionName = name } : new Protocol.HealthCheckRequest();
            using HttpRequestMessage request = new(HttpMethod.Post, new Uri(address, Collection is null ? HealthPath : ExistsPath))
            {
                Version = System.Net.HttpVersion.Version20,
                Content = Framed(message),
            };
            request.Headers.TryAddWithoutValidation("te", "trailers");
            using HttpResponseMessage response = await handler.ForwardAsync(request, limit.Token).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);

            // A node that answers without knowing the collection has not caught up yet. A refusal has no message: it is an answer.
            return message is Protocol.HealthCheckRequest || body.Length <= HotCalls.PrefixLength
                || Protocol.CollectionExistsResponse.Parser.ParseFrom(body.AsSpan(HotCalls.PrefixLength)).Result?.Exists == true;
        }
        catch (ForeignAnswerException refusal)
        {
            return IsAnswer(refusal);
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException
            or InvalidProtocolBufferException)
        {
            return false;
        }
    }

    // A proxy answers so for a node that is gone.
    private static bool IsAnswer(ForeignAnswerException refusal) => refusal.Reply.HttpStatus is not (502 or 503 or 504);

    private static ByteArrayContent Framed(IMessage message)
    {
        byte[] framed = new byte[HotCalls.PrefixLength + message.CalculateSize()];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)(framed.Length - HotCalls.PrefixLength));
        message.WriteTo(framed.AsSpan(HotCalls.PrefixLength));
        ByteArrayContent content = new(framed);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return content;
    }
}
