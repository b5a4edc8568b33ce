using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;

namespace VectorMigration.Qdrant;

/// <summary>Reading points back by their ids, as many at once as the weight of the answers and the server's limits let.</summary>
public sealed partial class QdrantStore
{
    private readonly ConcurrentDictionary<(string Collection, int Dimension, bool WithPayload), ReadSize> readSizes = new();

    /// <inheritdoc/>
    public async Task<RetrievedPoints> RetrieveAsync(
        string name, string? vectorName, ReadOnlyMemory<PointId> ids, int dimension, bool withPayload, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        CollectionNames.Require(name);
        byte[] collection = System.Text.Encoding.UTF8.GetBytes(name);
        byte[] vector = System.Text.Encoding.UTF8.GetBytes(vectorName ?? string.Empty);
        ReadSize size = SizeOf(name, dimension, withPayload);
        BatchMemory memory = BatchMemory.Rent(ids.Length, dimension);
        using PayloadJson? json = withPayload ? new PayloadJson() : null;
        RetrievedReader reader = new(ids, dimension, vectorName, memory, json);
        try
        {
            for (int first = 0; first < ids.Length;)
            {
                int rows = Math.Min(size.Rows, ids.Length - first);
                GetPointsRequest request = new(collection, vector, ids.Slice(first, rows), withPayload);
                using RawAnswer? answer = await GetAsync(request, rows, size, $"read points of '{name}'", name, cancellationToken).ConfigureAwait(false);
                if (answer is not null)
                {
                    ReadPart(answer, reader, first, name);
                    first += rows;
                }
            }

            return reader.ToPoints();
        }
        catch
        {
            reader.Abandon();
            memory.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<bool[]> ContainAsync(string name, ReadOnlyMemory<PointId> ids, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        byte[] collection = System.Text.Encoding.UTF8.GetBytes(name);
        ReadSize size = SizeOf(name, 0, withPayload: false);
        bool[] there = new bool[ids.Length];
        for (int first = 0; first < ids.Length;)
        {
            int rows = Math.Min(size.Rows, ids.Length - first);
            ReadOnlyMemory<PointId> part = ids.Slice(first, rows);
            GetPointsRequest request = new(collection, [], part, withPayload: false, withVectors: false);
            using RawAnswer? answer = await GetAsync(request, rows, size, $"look for points of '{name}'", name, cancellationToken).ConfigureAwait(false);
            if (answer is not null)
            {
                Mark(ParseFound(answer, name), part.Span, there.AsSpan(first, rows));
                first += rows;
            }
        }

        return there;
    }

    /// <inheritdoc/>
    public int PointsAtOnce(string name, int dimension, bool withPayload) => SizeOf(name, dimension, withPayload).Rows;

    private static void Mark(Protocol.GetResponse reply, ReadOnlySpan<PointId> ids, Span<bool> there)
    {
        if (reply.Result.Count == 0)
        {
            return;
        }

        HashSet<PointId> found = [.. reply.Result.Select(static point => ToPointId(point.Id))];
        for (int i = 0; i < there.Length; i++)
        {
            there[i] = found.Contains(ids[i]);
        }
    }

    /// <summary>What reads of one collection ask for at once; those of ids alone have no dimension.</summary>
    private ReadSize SizeOf(string collection, int dimension, bool withPayload) =>
        readSizes.GetOrAdd((collection, dimension, withPayload), static key => new ReadSize(key.Dimension, key.WithPayload));

    /// <summary>One read; null where so many points are too many: fewer are to be asked for.</summary>
    private async Task<RawAnswer?> GetAsync(
        GetPointsRequest request, int rows, ReadSize size, string action, string name, CancellationToken cancellationToken)
    {
        // A single point may be of any size; several points are read only up to the intended size.
        CallInvoker invoker = rows > 1 ? Transport.ReadInvoker : Transport.Invoker;
        using LargeAnswer large = new(rows > 1 ? Transport.LargestReadAnswer : Transport.LargestAnswer);
        using LargeBodies.LargeCall past = Transport.Large.Begin(large);
        ControlReply<RawAnswer> call = await calls
            .SendAsync(options => invoker.AsyncUnaryCall(HotCalls.Get, null, past.On(options), request), cancellationToken).ConfigureAwait(false);
        if (call.Reply.IsOk)
        {
            RawAnswer answer = large.Take() ?? call.Answer!;
            size.Answered(rows, answer.Body.Length);
            return answer;
        }

        if (rows > 1 && call.Reply.Fault == TransportFault.AnswerTooLarge)
        {
            size.TooLarge(rows);
            return null;
        }

        if (rows > 1 && QdrantAnswers.Find(call.Reply).Outcome == WriteOutcome.Split)
        {
            size.Refused(rows);
            return null;
        }

        throw QdrantErrors.From(call.Reply, calls.Endpoint, action, name);
    }

    private Protocol.GetResponse ParseFound(RawAnswer answer, string name)
    {
        try
        {
            return Protocol.GetResponse.Parser.ParseFrom(answer.Body);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw QdrantErrors.MalformedAnswer(calls.Endpoint, $"look for points of '{name}'", malformed.Message, malformed);
        }
    }

    private void ReadPart(RawAnswer answer, RetrievedReader reader, int firstRow, string name)
    {
        try
        {
            reader.Read(answer, firstRow);
        }
        catch (FormatException malformed)
        {
            throw QdrantErrors.MalformedAnswer(calls.Endpoint, $"read points of '{name}'", malformed.Message, malformed);
        }
    }
}
