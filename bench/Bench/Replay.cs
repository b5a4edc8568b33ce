using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using VectorMigration.Qdrant;
using VectorMigration.SideFiles;

namespace VectorMigration.Bench;

/// <summary>How requests are sent.</summary>
internal readonly record struct Pace(int BatchSize, int Parallelism, int Connections)
{
    public override string ToString() => $"{BatchSize} × {Parallelism} over {Connections}";
}

/// <summary>
/// The server's own limit: upserts that were encoded beforehand are only sent, so that the client costs as little as it can.
/// </summary>
internal sealed class Replay : IDisposable
{
    private readonly SocketsHttpHandler[] handlers;
    private readonly HttpMessageInvoker[] invokers;
    private readonly Uri upsert;
    private readonly Pace pace;

    private Replay(Uri endpoint, Pace pace)
    {
        this.pace = pace;
        upsert = new Uri(endpoint, "/qdrant.Points/Upsert");
        handlers = [.. Enumerable.Range(0, pace.Connections).Select(static _ =>
            new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = false })];
        invokers = [.. handlers.Select(static handler => new HttpMessageInvoker(handler))];
    }

    /// <summary>Sends an index into a fresh collection, which is removed again. Returns the seconds from the first request to the last answer.</summary>
    public static async Task<double> RunAsync(Uri endpoint, string indexPath, Pace pace, string? payloadPath = null)
    {
        string collection = "replay-" + Guid.NewGuid().ToString("N");
        using QdrantConnection connection = new(new QdrantConnectionOptions { Uri = endpoint });
        IVectorStore store = connection.GetStore(QdrantStore.Open);
        using IVectorSource source = FaissIndex.Open(indexPath);
        using IPayloadSource? payload = payloadPath is null ? null : JsonLinesPayloadSource.Open(payloadPath, new PayloadRules(), null);
        payload?.Check(scattered: false, CancellationToken.None);
        await store.CreateCollectionAsync(collection, new CollectionSettings { Dimension = source.Description.Dimension, Distance = Distance.Euclid },
            CancellationToken.None);
        byte[][] requests = Encode(source, payload, collection, pace.BatchSize);
        GC.Collect();
        try
        {
            using Replay replay = new(endpoint, pace);
            return await replay.SendAsync(requests);
        }
        finally
        {
            await store.DeleteCollectionAsync(collection, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        foreach (HttpMessageInvoker invoker in invokers)
        {
            invoker.Dispose();
        }
    }

    private static byte[][] Encode(IVectorSource source, IPayloadSource? payload, string collection, int batchSize)
    {
        var form = new UpsertForm { Collection = System.Text.Encoding.UTF8.GetBytes(collection) };
        var feed = new IndexFeed(source, payload, new FeedOptions(), 0, source.Description.Count, new HashSet<long>(), null);
        var requests = new List<byte[]>();
        for (long done = 0; done < source.Description.Count;)
        {
            using VectorBatch batch = feed.Read(done, (int)Math.Min(batchSize, source.Description.Count - done), CancellationToken.None, out int read)!;
            using UpsertEncoder encoder = new(batch, form);
            byte[] request = new byte[encoder.Length + HotCalls.PrefixLength];
            BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(1), encoder.Length);
            encoder.Write(request.AsSpan(HotCalls.PrefixLength));
            requests.Add(request);
            done += read;
        }

        return [.. requests];
    }

    private async Task<double> SendAsync(byte[][] requests)
    {
        int next = -1;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, pace.Parallelism).Select(worker => Task.Run(async () =>
        {
            HttpMessageInvoker invoker = invokers[worker % invokers.Length];
            for (int mine = Interlocked.Increment(ref next); mine < requests.Length; mine = Interlocked.Increment(ref next))
            {
                await SendOneAsync(invoker, requests[mine]);
            }
        })));
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task SendOneAsync(HttpMessageInvoker invoker, byte[] request)
    {
        using HttpRequestMessage message = new(HttpMethod.Post, upsert)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(request),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TryAddWithoutValidation("te", "trailers");
        using HttpResponseMessage answer = await invoker.SendAsync(message, CancellationToken.None);
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        string status = answer.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values.First() : "none";
        if (status != "0" || body.Length == 0)
        {
            throw new InvalidOperationException($"The server refused a replayed upsert: grpc-status {status}.");
        }
    }
}
