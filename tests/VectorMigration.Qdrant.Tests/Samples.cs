using VectorMigration.TestSupport;

namespace VectorMigration.Qdrant.Tests;

/// <summary>Batches and stores for these tests.</summary>
internal static class Samples
{
    public static readonly SourceIdentity Source = SourceIdentity.Objects;

    public static VectorBatch Batch(PointId[] ids, float[] components, PayloadBlock? payload = null, string? vectorName = null) => VectorBatch.Create(
        Source, 0, components.Length / ids.Length, new long[ids.Length], components, null, ids, payload, vectorName);

    public static PayloadBlock Payloads(params string[] rows)
    {
        byte[][] texts = [.. rows.Select(System.Text.Encoding.UTF8.GetBytes)];
        int[] offsets = new int[rows.Length + 1];
        for (int i = 0; i < rows.Length; i++)
        {
            offsets[i + 1] = offsets[i] + texts[i].Length;
        }

        return new PayloadBlock(texts.SelectMany(static text => text).ToArray(), offsets);
    }

    /// <summary>Objects in each other, in the innermost of them arrays in each other; the innermost of all is empty.</summary>
    public static string Nested(int objects, int arrays) => arrays > 0
        ? string.Concat(Enumerable.Repeat("{\"a\":", objects)) + new string('[', arrays) + new string(']', arrays) + new string('}', objects)
        : string.Concat(Enumerable.Repeat("{\"a\":", objects - 1)) + "{}" + new string('}', objects - 1);

    public static PointId[] Numbers(int count, ulong first = 0) => [.. Enumerable.Range(0, count).Select(i => PointId.FromNumber(first + (ulong)i))];

    public static float[] Floats(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>Prepares a batch and tries once.</summary>
    public static async Task<WriteAnswer> UpsertAsync(this IPointTarget target, VectorBatch batch, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using IPreparedBatch prepared = target.Prepare(batch, timeout, long.MaxValue);
        return await prepared.SendAsync(cancellationToken);
    }

    public static QdrantStore Store(
        QdrantServer server, string? apiKey = null, TimeSpan? timeout = null, int connections = 2, QdrantProtocol protocol = QdrantProtocol.Auto) =>
        Store(server.UriOf(protocol), apiKey, timeout, connections, protocol);

    /// <summary>Where a server is reached by a protocol.</summary>
    public static Uri UriOf(this QdrantServer server, QdrantProtocol protocol) => protocol == QdrantProtocol.Rest ? server.RestUri : server.GrpcUri;

    public static QdrantStore Store(
        Uri uri, string? apiKey = null, TimeSpan? timeout = null, int connections = 2, QdrantProtocol protocol = QdrantProtocol.Auto)
    {
        QdrantConnectionOptions options = new()
        {
            Uri = uri,
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
            Connections = connections,
            Protocol = protocol,
        };
        QdrantConnection connection = new(options, apiKey);
        return (QdrantStore)connection.GetStore(QdrantStore.Open);
    }
}
