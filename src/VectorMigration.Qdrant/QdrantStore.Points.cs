using System.Text.RegularExpressions;
using Google.Protobuf;

namespace VectorMigration.Qdrant;

/// <summary>Points: counting, searching, listing, deleting.</summary>
public sealed partial class QdrantStore
{
    private const int CountPage = 10_000;
    private int scrollPage = int.MaxValue;

    /// <inheritdoc/>
    public IPointTarget OpenTarget(string name, string? vectorName) => new QdrantPointTarget(this, name, vectorName, PointWriting.Replace);

    /// <inheritdoc/>
    public IPointTarget OpenInsertTarget(string name, string? vectorName) => new QdrantPointTarget(this, name, vectorName, PointWriting.Insert);

    /// <inheritdoc/>
    public IPointTarget OpenPayloadTarget(string name) => new QdrantPayloadTarget(this, name);

    /// <inheritdoc/>
    public IPointTarget OpenVectorTarget(string name, string? vectorName) => new QdrantPointTarget(this, name, vectorName, PointWriting.ReplaceVector);

    /// <inheritdoc/>
    public IPointTarget OpenUnwaitedTarget(string name, string? vectorName, bool replacesVectorsOnly) =>
        new QdrantPointTarget(this, name, vectorName, replacesVectorsOnly ? PointWriting.ReplaceVector : PointWriting.Replace, waits: false);

    /// <inheritdoc/>
    public async Task AddVectorAsync(string name, CollectionSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        CollectionNames.Require(name);
        Protocol.CreateVectorNameRequest request = CollectionMapping.ToAddVector(name, settings);
        await calls.CallAsync(
            options => clients.Points.CreateVectorNameAsync(request, options),
            $"add the vector '{settings.VectorName}' to '{name}'", name, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task CreatePayloadIndexAsync(string name, PayloadIndexSettings index, bool waits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(index);
        CollectionNames.Require(name);
        Protocol.CreateFieldIndexCollection request = PayloadIndexMapping.ToMessage(name, index, waits);
        await calls.CallAsync(
            options => clients.Points.CreateFieldIndexAsync(request, options),
            $"create the payload index '{index}' of '{name}'", name, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ulong> CountAsync(string name, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        try
        {
            Protocol.CountResponse reply = await calls.CallAsync(
                options => clients.Points.CountAsync(new Protocol.CountPoints { CollectionName = name, Exact = true }, options),
                $"count the points of '{name}'", name, cancellationToken).ConfigureAwait(false);
            return reply.Result?.Count ?? 0;
        }
        catch (MigrationException e) when (e.ErrorId == ErrorIds.ExactSearchDisabled)
        {
            // Strict mode without exact search (search_allow_exact) refuses the exact count with it: going through the ids is as exact.
            return await CountByIdsAsync(name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ScoredPoint>> QueryAsync(
        string name, string? vectorName, ReadOnlyMemory<float> vector, int limit, bool exact, bool withPayload, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        Protocol.DenseVector dense = new();
        dense.Data.AddRange(vector.ToArray());
        Protocol.QueryPoints request = new()
        {
            CollectionName = name,
            Query = new Protocol.Query { Nearest = new Protocol.VectorInput { Dense = dense } },
            Limit = (ulong)Math.Max(0, limit),
            Params = new Protocol.SearchParams { Exact = exact },
            WithPayload = new Protocol.WithPayloadSelector { Enable = withPayload },
        };
        if (!string.IsNullOrEmpty(vectorName))
        {
            request.Using = vectorName;
        }

        Protocol.QueryResponse reply = await calls.CallAsync(
            options => clients.Points.QueryAsync(request, options),
            $"search '{name}'", name, cancellationToken).ConfigureAwait(false);
        using PayloadJson json = new();
        return [.. reply.Result.Select(
            point => new ScoredPoint(ToPointId(point.Id), point.Score, point.Payload.Count == 0 ? null : ToJson(json, point.Payload)))];
    }

    /// <inheritdoc/>
    public async Task<(IReadOnlyList<PointId> Ids, PointId? Next)> ScrollAsync(string name, PointId? from, int limit, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        int page = Math.Min(limit, Volatile.Read(ref scrollPage));
        try
        {
            return await ScrollPageAsync(name, from, page, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.ErrorId == ErrorIds.ReadOverRateLimit && page > 1)
        {
            // A page costs as many of the read_rate_limit as it may hold.
            Volatile.Write(ref scrollPage, page / 2);
            return await ScrollAsync(name, from, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (AllowedLimit(e) is int allowed && allowed < limit)
        {
            // Strict mode (max_query_limit) says how large a page may be.
            return await ScrollPageAsync(name, from, allowed, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task DeletePointsAsync(string name, ReadOnlyMemory<PointId> ids, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        Protocol.PointsIdsList list = new();
        foreach (PointId id in ids.Span)
        {
            list.Ids.Add(ToMessage(id));
        }

        Protocol.DeletePoints request = new() { CollectionName = name, Wait = true, Points = new Protocol.PointsSelector { Points = list } };
        await calls.CallAsync(
            options => clients.Points.DeleteAsync(request, options), $"delete points of '{name}'", name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes an index on a payload field and waits until it stands.</summary>
    public async Task CreateFieldIndexAsync(string name, string field, PayloadFieldType type, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        Protocol.CreateFieldIndexCollection request = new() { CollectionName = name, Wait = true, FieldName = field, FieldType = (Protocol.FieldType)type };
        await calls.CallAsync(
            options => clients.Points.CreateFieldIndexAsync(request, options),
            $"index the field '{field}' of '{name}'", name, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ulong> CountByIdsAsync(string name, CancellationToken cancellationToken)
    {
        ulong count = 0;
        PointId? from = null;
        do
        {
            (IReadOnlyList<PointId> page, from) = await ScrollAsync(name, from, CountPage, cancellationToken).ConfigureAwait(false);
            count += (ulong)page.Count;
        }
        while (from is not null);
        return count;
    }

    private async Task<(IReadOnlyList<PointId> Ids, PointId? Next)> ScrollPageAsync(string name, PointId? from, int limit, CancellationToken cancellationToken)
    {
        Protocol.ScrollPoints request = new()
        {
            CollectionName = name,
            Limit = (uint)Math.Max(0, limit),
            WithPayload = new Protocol.WithPayloadSelector { Enable = false },
            Offset = from is PointId start ? ToMessage(start) : null,
        };
        Protocol.ScrollResponse reply = await calls.CallAsync(
            options => clients.Points.ScrollAsync(request, options),
            $"list the points of '{name}'", name, cancellationToken).ConfigureAwait(false);
        return ([.. reply.Result.Select(static point => ToPointId(point.Id))], reply.NextPageOffset is null ? null : ToPointId(reply.NextPageOffset));
    }

    private static int? AllowedLimit(MigrationException refusal) =>
        LimitExceeded().Match(refusal.Message) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, out int allowed) && allowed > 0
            ? allowed
            : null;

    // "Bad request: Limit exceeded 10000 > 50 for "limit". Help: Reduce the "limit" parameter to or below 50." (1.16.3)
    [GeneratedRegex("""Limit exceeded \d+ > (\d+) for "limit""", RegexOptions.CultureInvariant)]
    private static partial Regex LimitExceeded();

    internal static Protocol.PointId ToMessage(PointId id) =>
        id.IsGuid ? new Protocol.PointId { Uuid = id.ToString() } : new Protocol.PointId { Num = id.Number };

    private static PointId ToPointId(Protocol.PointId? id) => id?.PointIdOptionsCase == Protocol.PointId.PointIdOptionsOneofCase.Uuid
        ? PointId.Parse(id.Uuid)
        : PointId.FromNumber(id?.Num ?? 0);

    private static string ToJson(PayloadJson json, Google.Protobuf.Collections.MapField<string, Protocol.Value> payload)
    {
        Protocol.Struct fields = new();
        fields.Fields.Add(payload);
        return json.FromStruct(fields.ToByteArray());
    }
}

/// <summary>Types of a payload index, with Qdrant's numbers (<c>FieldType</c>).</summary>
public enum PayloadFieldType
{
    /// <summary>Exact texts.</summary>
    Keyword = 0,

    /// <summary>Whole numbers.</summary>
    Integer = 1,

    /// <summary>Floating-point numbers.</summary>
    Float = 2,

    /// <summary>Places.</summary>
    Geo = 3,

    /// <summary>Full text.</summary>
    Text = 4,

    /// <summary>True or false.</summary>
    Bool = 5,

    /// <summary>Points in time.</summary>
    Datetime = 6,

    /// <summary>UUIDs.</summary>
    Uuid = 7,
}
