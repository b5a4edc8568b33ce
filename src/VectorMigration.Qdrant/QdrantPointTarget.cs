using Grpc.Core;

namespace VectorMigration.Qdrant;

/// <summary>What a write does to points that are there.</summary>
internal enum PointWriting
{
    /// <summary>Replaces them.</summary>
    Replace,

    /// <summary>Leaves them as they are; servers before 1.17 replace them.</summary>
    Insert,

    /// <summary>Replaces one vector; their payloads and other vectors stay.</summary>
    ReplaceVector,
}

/// <summary>
/// Writes into one collection, whole points or their vectors alone: one attempt a call, classified by <see cref="QdrantAnswers"/>, never thrown,
/// never repeated.
/// </summary>
internal sealed class QdrantPointTarget : IPointTarget
{
    private readonly PointWriting writing;
    private readonly bool waits;
    private readonly QdrantStore store;
    private readonly byte[] collection;
    private readonly byte[] vectorName;

    /// <summary>Makes a target; nothing is sent yet.</summary>
    /// <param name="store">The server.</param>
    /// <param name="collection">Collection.</param>
    /// <param name="vectorName">Name of the vector; null for the unnamed one.</param>
    /// <param name="writing">What becomes of points that are there.</param>
    /// <param name="waits">Ask the server to answer when a batch is applied; otherwise as soon as it is in its log.</param>
    public QdrantPointTarget(QdrantStore store, string collection, string? vectorName, PointWriting writing, bool waits = true)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw QdrantErrors.BigEndianMachine();
        }

        CollectionNames.Require(collection);
        this.store = store;
        store.Transport.WatchCollection(collection);
        this.writing = writing;
        this.waits = waits;
        Collection = collection;
        this.collection = System.Text.Encoding.UTF8.GetBytes(collection);
        this.vectorName = System.Text.Encoding.UTF8.GetBytes(vectorName ?? string.Empty);
    }

    /// <inheritdoc/>
    public string Collection { get; }

    private bool ReplacesVectorsOnly => writing == PointWriting.ReplaceVector;

    /// <inheritdoc/>
    public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes)
    {
        UpsertForm form = Form(batch, timeout);
        try
        {
            long most = Math.Min(mostBytes, store.Transport.LargestRequest) - HotCalls.PrefixLength;
            return new Prepared(this, new UpsertEncoder(batch, form, most), null, timeout);
        }
        catch (PayloadFormatException invalid)
        {
            return new Prepared(this, null, Refusal(batch, invalid), timeout);
        }
    }

    private UpsertForm Form(VectorBatch batch, TimeSpan timeout) => UpTo(timeout, new UpsertForm
    {
        Collection = collection,
        VectorName = vectorName.Length > 0 || batch.VectorName is null ? vectorName : System.Text.Encoding.UTF8.GetBytes(batch.VectorName),
        ReplacesVectorsOnly = ReplacesVectorsOnly,
        Waits = waits,
        Ordering = (byte)(store.Ordering ?? WriteOrdering.Weak),
        ShardSelector = store.ShardSelector,
    });

    /// <summary>What the server's version decides, as far as that is known.</summary>
    private UpsertForm UpTo(TimeSpan timeout, UpsertForm form)
    {
        ServerVersion? version = store.Version;
        bool dense = version?.IsAtLeast(ServerVersion.TakesDense) ?? true;
        bool takesTimeout = !ReplacesVectorsOnly && version?.IsAtLeast(ServerVersion.TakesUpsertTimeout) == true;
        uint seconds = takesTimeout ? (uint)Math.Clamp(timeout.TotalSeconds, 1, 86_400) : 0;
        bool inserts = writing == PointWriting.Insert && version?.IsAtLeast(ServerVersion.TakesUpdateMode) == true;
        return form.Dense == dense && form.TimeoutSeconds == seconds && form.InsertsOnly == inserts ? form
            : form with { Dense = dense, TimeoutSeconds = seconds, InsertsOnly = inserts };
    }

    /// <summary>The answer for a batch of which one payload cannot be sent.</summary>
    internal static WriteAnswer Refusal(VectorBatch batch, PayloadFormatException invalid) => WriteAnswer.Reject(
        ErrorIds.InvalidPayload,
        ErrorKind.InvalidData,
        [invalid.Row],
        $"the payload of point {batch.PointIds.Span[invalid.Row]} (ordinal {batch.Ordinal(invalid.Row)}) cannot be sent: {invalid.Message}",
        "Correct the payload. Then run the same command again.");

    /// <summary>A batch that is encoded, or that cannot be.</summary>
    private sealed class Prepared(QdrantPointTarget target, UpsertEncoder? encoder, WriteAnswer? refusal, TimeSpan timeout) : IPreparedBatch
    {
        public long Bytes => encoder is null ? 0 : (long)encoder.Length + HotCalls.PrefixLength;

        public async ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (encoder is null)
            {
                return refusal!;
            }

            GrpcReply? unknown = await target.store.LearnVersionAsync(timeout, cancellationToken).ConfigureAwait(false);
            return unknown is null ? await UpsertAsync(encoder, cancellationToken).ConfigureAwait(false) : QdrantAnswers.Classify(unknown, 0);
        }

        public void Dispose() => encoder?.Dispose();

        private async ValueTask<WriteAnswer> UpsertAsync(UpsertEncoder request, CancellationToken cancellationToken)
        {
            if (!request.IsWhole)
            {
                throw new InvalidOperationException("A batch beyond the largest request cannot be sent.");
            }

            UpsertForm form = target.UpTo(timeout, request.Form);
            if (!ReferenceEquals(form, request.Form))
            {
                request.Form = form;
            }

            GrpcTransport transport = target.store.Transport;
            Method<UpsertEncoder, Protocol.PointsOperationResponse> method = target.ReplacesVectorsOnly ? HotCalls.UpdateVectors : HotCalls.Upsert;
            using LargeBodies.LargeCall? large = request.IsLarge ? transport.Large.Begin(new LargeRequest(request)) : null;
            GrpcAnswer<Protocol.PointsOperationResponse> answer = await transport.CallAsync(
                options => transport.Invoker.AsyncUnaryCall(method, null, large?.On(options) ?? options, request), timeout, cancellationToken)
                    .ConfigureAwait(false);
            WriteAnswer classified = answer.Reply.IsOk
                ? QdrantAnswers.Classify(answer.Message!.Result?.Status ?? Protocol.UpdateStatus.UnknownUpdateStatus, Bytes, target.waits)
                : QdrantAnswers.Classify(answer.Reply, Bytes);
            return classified.KeptBackFor(answer.Waited).WorkedOn(answer.Message?.Time ?? 0);
        }
    }
}
