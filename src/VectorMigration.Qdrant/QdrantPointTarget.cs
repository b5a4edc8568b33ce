using Google.Protobuf;

namespace VectorMigration.Qdrant;

/// <summary>Writes into one collection, whole points or their vectors alone: one attempt a call, classified by <see cref="QdrantAnswers"/>, never thrown, never repeated.</summary>
internal sealed class QdrantPointTarget : IPointTarget
{
    private const string UpsertPath = "/qdrant.Points/Upsert";
    private const string VectorsPath = "/qdrant.Points/UpdateVectors";
    private readonly bool replacesVectorsOnly;
    private readonly QdrantStore store;
    private readonly byte[] collection;
    private readonly byte[] vectorName;

    /// <summary>Makes a target; nothing is sent yet.</summary>
    /// <param name="store">The server.</param>
    /// <param name="collection">Collection.</param>
    /// <param name="vectorName">Name of the vector; null for the unnamed one.</param>
    /// <param name="replacesVectorsOnly">Replace the vector of points that are there; their payloads and other vectors stay.</param>
    public QdrantPointTarget(QdrantStore store, string collection, string? vectorName, bool replacesVectorsOnly)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw QdrantErrors.BigEndianMachine();
        }

        this.store = store;
        this.replacesVectorsOnly = replacesVectorsOnly;
        Collection = collection;
        this.collection = System.Text.Encoding.UTF8.GetBytes(collection);
        this.vectorName = System.Text.Encoding.UTF8.GetBytes(vectorName ?? string.Empty);
    }

    /// <inheritdoc/>
    public string Collection { get; }

    /// <inheritdoc/>
    public long EstimateBytes(VectorBatch batch)
    {
        UpsertForm form = Form(batch, TimeSpan.Zero);
        if (batch.Payload is not null && !replacesVectorsOnly && batch.PointIds.Length == batch.Count)
        {
            try
            {
                using UpsertEncoder encoder = new(batch, form);
                return encoder.Length + GrpcContent.PrefixLength;
            }
            catch (PayloadFormatException)
            {
                // The attempt itself will say which row and why; the size of the text is near enough until then.
            }
        }

        return UpsertEncoder.Estimate(batch, form) + GrpcContent.PrefixLength;
    }

    /// <inheritdoc/>
    public async ValueTask<WriteAnswer> UpsertAsync(VectorBatch batch, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (batch.Count == 0)
        {
            return WriteAnswer.Ok(0);
        }

        using GrpcReply? unknown = await store.LearnVersionAsync(timeout, cancellationToken).ConfigureAwait(false);
        if (unknown is not null)
        {
            return QdrantAnswers.Classify(unknown, 0);
        }

        GrpcContent content;
        try
        {
            content = Encode(batch, Form(batch, timeout));
        }
        catch (PayloadFormatException invalid)
        {
            return WriteAnswer.Reject(
                ErrorIds.InvalidPayload,
                ErrorKind.InvalidData,
                [invalid.Row],
                $"the payload of point {batch.PointIds.Span[invalid.Row]} (ordinal {batch.Ordinal(invalid.Row)}) cannot be sent: {invalid.Message}",
                "Correct the payload, then run the same command again.");
        }

        long bytes = content.Length;
        using GrpcReply reply = await store.Transport.CallAsync(replacesVectorsOnly ? VectorsPath : UpsertPath, content, timeout, cancellationToken).ConfigureAwait(false);
        return reply.IsOk ? ReadAnswer(reply, bytes) : QdrantAnswers.Classify(reply, bytes);
    }

    private UpsertForm Form(VectorBatch batch, TimeSpan timeout)
    {
        ServerVersion? version = store.Version;
        return new UpsertForm
        {
            Collection = collection,
            VectorName = vectorName.Length > 0 || batch.VectorName is null ? vectorName : System.Text.Encoding.UTF8.GetBytes(batch.VectorName),
            Dense = version?.IsAtLeast(ServerVersion.TakesDense) ?? true,
            ReplacesVectorsOnly = replacesVectorsOnly,
            TimeoutSeconds = !replacesVectorsOnly && version?.IsAtLeast(ServerVersion.TakesUpsertTimeout) == true ? (uint)Math.Clamp(timeout.TotalSeconds, 1, 86_400) : 0,
        };
    }

    private static GrpcContent Encode(VectorBatch batch, UpsertForm form)
    {
        using UpsertEncoder encoder = new(batch, form);
        GrpcContent content = GrpcContent.Rent(encoder.Length);
        encoder.Write(content.Message);
        return content;
    }

    private static WriteAnswer ReadAnswer(GrpcReply reply, long bytes)
    {
        try
        {
            Protocol.PointsOperationResponse answer = Protocol.PointsOperationResponse.Parser.ParseFrom(reply.Body);
            return QdrantAnswers.Classify(answer.Result?.Status ?? Protocol.UpdateStatus.UnknownUpdateStatus, bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return QdrantAnswers.Classify(GrpcReply.Failed(TransportFault.Malformed, "the answer to an upsert cannot be read"), bytes);
        }
    }
}
