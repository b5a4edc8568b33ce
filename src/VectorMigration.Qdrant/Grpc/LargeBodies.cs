using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace VectorMigration.Qdrant;

/// <summary>A message that goes past gRPC's client: a request that writes itself to the connection, or an answer that is read from it.</summary>
internal abstract class LargeBody
{
    /// <summary>The content to send instead of the client's; null leaves that as it is.</summary>
    public virtual HttpContent? Request => null;

    /// <summary>Bytes of the largest answer that is wanted.</summary>
    public virtual long LargestAnswer => long.MaxValue;

    /// <summary>The stream that the client reads instead of the body of the answer.</summary>
    public virtual Stream Answer(Stream body) => body;
}

/// <summary>
/// Messages of many megabytes on their way between a call and the connection. gRPC's client holds every message in an array of the shared pool, rounded up
/// to the next power of two, which the pool keeps: one payload of 40 MB would take 128 MB for its request and its answer alone. A large message
/// therefore goes past it, and the client sees an empty one. A header that never leaves the machine says which message belongs to a call. Thread-safe.
/// </summary>
internal sealed class LargeBodies
{
    /// <summary>Names the message of a request; it never leaves the machine.</summary>
    public const string Header = "large-body";
    private readonly ConcurrentDictionary<string, LargeBody> bodies = new();
    private long last;

    /// <summary>From here on, until the result is disposed of, calls can name <paramref name="body"/>.</summary>
    public LargeCall Begin(LargeBody body)
    {
        string key = Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture);
        bodies[key] = body;
        return new LargeCall(this, key);
    }

    /// <summary>The name of the message of a request, which <see cref="Take"/> removes; null where there is none.</summary>
    public static string? NameOf(HttpRequestMessage request) =>
        request.Headers.NonValidated.TryGetValues(Header, out HeaderStringValues values) ? values.ToString() : null;

    /// <summary>Names the message of a request that is sent once more.</summary>
    public static void Name(HttpRequestMessage request, string? name)
    {
        if (name is not null && !request.Headers.NonValidated.Contains(Header))
        {
            request.Headers.TryAddWithoutValidation(Header, name);
        }
    }

    /// <summary>What belongs to a request; null where it goes the ordinary way.</summary>
    public LargeBody? Take(HttpRequestMessage request)
    {
        if (!request.Headers.NonValidated.TryGetValues(Header, out HeaderStringValues values))
        {
            return null;
        }

        request.Headers.Remove(Header);
        return bodies.GetValueOrDefault(values.ToString());
    }

    /// <summary>A call, with all its attempts, whose request or answer goes past gRPC's client.</summary>
    internal readonly struct LargeCall(LargeBodies owner, string key) : IDisposable
    {
        /// <summary>Options of one attempt.</summary>
        public CallOptions On(CallOptions options)
        {
            Metadata headers = options.Headers ?? [];
            headers.Add(Header, key);
            return options.WithHeaders(headers);
        }

        /// <inheritdoc/>
        public void Dispose() => owner.bodies.TryRemove(key, out _);
    }
}

/// <summary>A request of many megabytes, written to the connection piece by piece.</summary>
internal sealed class LargeRequest(UpsertEncoder request) : LargeBody
{
    /// <inheritdoc/>
    public override HttpContent? Request => new Content(request);

    private sealed class Content : HttpContent
    {
        private readonly UpsertEncoder request;

        public Content(UpsertEncoder request)
        {
            this.request = request;
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            request.WriteToAsync(stream, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            request.WriteToAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
