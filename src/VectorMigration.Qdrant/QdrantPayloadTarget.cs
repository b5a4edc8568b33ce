using Google.Protobuf.Collections;

namespace VectorMigration.Qdrant;

/// <summary>
/// Sets fields in the payloads of points that are there (SetPayload); other fields, vectors and other points stay. One attempt a call, classified by
/// <see cref="QdrantAnswers"/>, never thrown, never repeated.
/// </summary>
internal sealed class QdrantPayloadTarget : IPointTarget
{
    private readonly QdrantStore store;

    /// <summary>Makes a target; nothing is sent yet.</summary>
    public QdrantPayloadTarget(QdrantStore store, string collection)
    {
        CollectionNames.Require(collection);
        this.store = store;
        Collection = collection;
    }

    /// <inheritdoc/>
    public string Collection { get; }

    /// <inheritdoc/>
    public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes)
    {
        Protocol.UpdateBatchPoints request = new() { CollectionName = Collection, Wait = true };
        using PayloadEncoder encoder = new();
        for (int row = 0; row < batch.Count && batch.Payload is not null; row++)
        {
            if (batch.Payload[row].IsEmpty)
            {
                continue;
            }

            try
            {
                request.Operations.Add(Setting(batch.PointIds.Span[row], Fields(encoder, batch.Payload[row].Span)));
            }
            catch (FormatException invalid)
            {
                return new Prepared(store, null, QdrantPointTarget.Refusal(batch, new PayloadFormatException(row, invalid.Message, invalid)), timeout);
            }
        }

        return new Prepared(store, request, WriteAnswer.Ok(0), timeout);
    }

    private static MapField<string, Protocol.Value> Fields(PayloadEncoder encoder, ReadOnlySpan<byte> json)
    {
        int start = encoder.Written.Length;
        encoder.Append(json);

        // The encoder writes the fields as it writes the payload of a point.
        return Protocol.PointStruct.Parser.ParseFrom(encoder.Written[start..].ToArray()).Payload;
    }

    private static Protocol.PointsUpdateOperation Setting(PointId id, MapField<string, Protocol.Value> fields)
    {
        Protocol.PointsUpdateOperation.Types.SetPayload setting = new()
        {
            PointsSelector = new Protocol.PointsSelector { Points = new Protocol.PointsIdsList { Ids = { QdrantStore.ToMessage(id) } } },
        };
        setting.Payload.Add(fields);
        return new Protocol.PointsUpdateOperation { SetPayload = setting };
    }

    private sealed class Prepared(QdrantStore store, Protocol.UpdateBatchPoints? request, WriteAnswer otherwise, TimeSpan timeout) : IPreparedBatch
    {
        public long Bytes { get; } = request?.CalculateSize() ?? 0;

        public async ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (request is null or { Operations.Count: 0 })
            {
                return otherwise;
            }

            GrpcAnswer<Protocol.UpdateBatchResponse> answer = await store.Transport.CallAsync(
                options => store.Transport.Clients.Points.UpdateBatchAsync(request, options), timeout, cancellationToken).ConfigureAwait(false);
            return (answer.Reply.IsOk ? QdrantAnswers.Classify(Worst(answer.Message!), Bytes) : QdrantAnswers.Classify(answer.Reply, Bytes))
                .KeptBackFor(answer.Waited);
        }

        public void Dispose()
        {
        }

        private static Protocol.UpdateStatus Worst(Protocol.UpdateBatchResponse answer) => answer.Result.Select(static result => result.Status)
            .Where(static status => status != Protocol.UpdateStatus.Completed).DefaultIfEmpty(Protocol.UpdateStatus.Completed).First();
    }
}
