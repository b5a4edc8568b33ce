using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Google.Protobuf;

namespace VectorMigration.Qdrant;

/// <summary>
/// Qdrant's REST interface below gRPC's client: each call is translated to a request of HTTP/1.1, and its answer back to the message that the client waits
/// for. Deadlines, cancellation, retry, pace and verification are those of gRPC, because they are above. Redirects are never followed, and the key goes
/// to <see cref="Address"/> alone.
/// </summary>
internal sealed class RestLanes : CallHandler
{
    /// <summary>
    /// A body of this size or more is announced first (<c>Expect: 100-continue</c>): a proxy with a limit refuses it in words, where it would otherwise
    /// cut the connection under it.
    /// </summary>
    private const long LeastAnnounced = 256 << 10;

    // Four bytes of a component are up to 15 characters.
    private const long MessageShare = 4;
    private static readonly Version Http2 = HttpVersion.Version20;
    private readonly HttpMessageInvoker invoker;
    private readonly string? apiKey;
    private readonly int connections;
    private int busy;

    /// <summary>Makes the handler; nothing is sent yet.</summary>
    /// <param name="options">How the server is reached.</param>
    /// <param name="apiKey">The key, or null.</param>
    /// <param name="address">The REST interface.</param>
    /// <param name="large">Messages that go past gRPC's client.</param>
    public RestLanes(QdrantConnectionOptions options, string? apiKey, Uri address, LargeBodies large)
        : base(large)
    {
        this.apiKey = apiKey;
        Address = address;
        connections = Math.Max(1, options.Connections);
        SocketsHttpHandler handler = TransportHandlers.Create(options with { Uri = address }, TransportHandlers.LoadTrusted(options));
        handler.MaxConnectionsPerServer = connections;
        invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <inheritdoc/>
    public override int Count => connections;

    /// <inheritdoc/>
    public override int Busy => Volatile.Read(ref busy);

    /// <inheritdoc/>
    public override HttpMessageInvoker? Plain => null;

    /// <inheritdoc/>
    public override QdrantProtocol Protocol => QdrantProtocol.Rest;

    /// <inheritdoc/>
    public override Uri Address { get; }

    /// <inheritdoc/>
    public override long LargestRequest => JsonPieces.LargestBody / MessageShare;

    /// <summary>Whether a Qdrant answers there, asked without the key; the failure where none does.</summary>
    public async Task<Exception?> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(Address, "/"));
            using HttpResponseMessage response = await SendPlainAsync(request, null, cancellationToken).ConfigureAwait(false);
            await AnswerAsync(response, static root => RestAnswers.ToHealth(root), isWhole: true, long.MaxValue, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (ForeignAnswerException refusal) when (refusal.Reply.Code is GrpcCode.Unauthenticated && refusal.Reply.HttpStatus == 0)
        {
            // Qdrant's own words: the key is missing, as was intended.
            return null;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return failure;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The caller goes on with the next batch while this one is written as JSON.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Interlocked.Increment(ref busy);
        try
        {
            LargeBody? large = Large.Take(request);
            string name = request.RequestUri!.AbsolutePath;
            Unsupported.If(!RestCalls.Has(name), $"the call {name}");
            using RestCall call = await TranslateAsync(name, large?.Request ?? request.Content!, cancellationToken).ConfigureAwait(false);
            using HttpRequestMessage sent = new(call.Method, new Uri(Address, call.Path));
            using HttpResponseMessage response = await SendPlainAsync(sent, call.Body, cancellationToken).ConfigureAwait(false);
            byte[] message = await AnswerAsync(
                response, call.Answer, name.EndsWith("HealthCheck", StringComparison.Ordinal), large?.LargestAnswer ?? long.MaxValue, cancellationToken)
                    .ConfigureAwait(false);
            return Reply(message, large);
        }
        catch (Exception failure) when (ConnectTimeout(failure, cancellationToken) is { } timeout)
        {
            throw timeout;
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ForeignAnswerException(
                GrpcReply.Failed(TransportFault.Malformed, $"the answer is not what Qdrant answers ({malformed.Message.TrimEnd('.')})", malformed));
        }
        finally
        {
            Interlocked.Decrement(ref busy);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            invoker.Dispose();
        }

        base.Dispose(disposing);
    }

    private static async Task<RestCall> TranslateAsync(string name, HttpContent content, CancellationToken cancellationToken)
    {
        if (name is not (RestCalls.Upsert or RestCalls.UpdateVectors))
        {
            byte[] framed = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return RestCalls.Make(name, framed.AsSpan(HotCalls.PrefixLength));
        }

        JsonPieces json = new();
        try
        {
            using PointsJson points = new(json, name == RestCalls.Upsert ? 4 : 2);
            await content.CopyToAsync(points, cancellationToken).ConfigureAwait(false);
            points.Complete();
            return RestCalls.Make(name, points, json);
        }
        catch
        {
            json.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendPlainAsync(HttpRequestMessage request, JsonPieces? body, CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.TryAddWithoutValidation("user-agent", Lanes.UserAgent);
        if (apiKey is not null && request.RequestUri!.AbsolutePath != "/")
        {
            request.Headers.TryAddWithoutValidation("api-key", apiKey);
        }

        if (body is not null)
        {
            request.Content = new Content(body);
            request.Headers.ExpectContinue = body.Length >= LeastAnnounced ? true : null;
        }

        return await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The message of an answer behind gRPC's prefix.</summary>
    private static async Task<byte[]> AnswerAsync(
        HttpResponseMessage response, Func<JsonElement, IMessage>? toMessage, bool isWhole, long most, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await RestFailure.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        }

        if (response.Content.Headers.ContentType?.MediaType != "application/json")
        {
            throw new ForeignAnswerException(GrpcReply.Failed(
                TransportFault.NotRest, $"HTTP {(int)response.StatusCode} ({EndpointProbe.Describe(response)})", httpStatus: (int)response.StatusCode));
        }

        using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (toMessage is null)
        {
            using RetrievedJson points = new(most);
            await points.ReadAsync(body, cancellationToken).ConfigureAwait(false);
            byte[] whole = Frame(points.Message.Length);
            points.Message.Written.CopyTo(whole.AsSpan(HotCalls.PrefixLength));
            return whole;
        }

        using JsonDocument json = await JsonDocument.ParseAsync(body, default, cancellationToken).ConfigureAwait(false);
        IMessage message = toMessage(isWhole ? json.RootElement : json.RootElement.GetProperty("result"));
        byte[] framed = Frame(message.CalculateSize());
        message.WriteTo(framed.AsSpan(HotCalls.PrefixLength));
        return framed;
    }

    private static byte[] Frame(int length)
    {
        byte[] framed = new byte[HotCalls.PrefixLength + length];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)length);
        return framed;
    }

    private static HttpResponseMessage Reply(byte[] framed, LargeBody? large)
    {
        MemoryStream body = new(framed, writable: false);
        HttpResponseMessage reply = new(HttpStatusCode.OK) { Version = Http2, Content = new StreamContent(large is null ? body : large.Answer(body)) };
        reply.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        reply.TrailingHeaders.Add("grpc-status", "0");
        return reply;
    }

    /// <summary>A body in pieces, with its length.</summary>
    private sealed class Content : HttpContent
    {
        private readonly JsonPieces json;

        public Content(JsonPieces json)
        {
            this.json = json;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => json.CopyToAsync(stream, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            json.CopyToAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = json.Length;
            return true;
        }
    }
}
