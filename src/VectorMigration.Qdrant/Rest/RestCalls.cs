using System.Text.Json;
using Google.Protobuf;

namespace VectorMigration.Qdrant;

/// <summary>The calls of <see cref="QdrantStore"/> as requests of Qdrant's REST interface, with the same meaning.</summary>
internal static class RestCalls
{
    /// <summary>The call <c>Points/Upsert</c>, whose vectors are translated while they are written.</summary>
    public const string Upsert = "/qdrant.Points/Upsert";

    /// <summary>The call <c>Points/UpdateVectors</c>, likewise.</summary>
    public const string UpdateVectors = "/qdrant.Points/UpdateVectors";

    /// <summary>Whether a call has a request in REST at all.</summary>
    public static bool Has(string name) => name is Upsert or UpdateVectors || Makers.ContainsKey(name);

    /// <summary>The request for a message.</summary>
    /// <param name="name">Path of the call, as gRPC has it.</param>
    /// <param name="message">The message.</param>
    public static RestCall Make(string name, ReadOnlySpan<byte> message) => Makers[name](message);

    /// <summary>The request for vectors that were written to <paramref name="points"/>.</summary>
    public static RestCall Make(string name, PointsJson points, JsonPieces body) => new(
        HttpMethod.Put,
        RestCall.At(points.Collection, name == Upsert ? "/points" : "/points/vectors") + RestCall.Query(points.Waits, points.TimeoutSeconds)
            + (points.Ordering is null ? string.Empty : $"&ordering={points.Ordering}"))
    {
        Body = body,
        Answer = RestAnswers.ToUpdate,
    };

    private delegate RestCall Maker(ReadOnlySpan<byte> message);

    private static readonly Dictionary<string, Maker> Makers = new(StringComparer.Ordinal)
    {
        ["/qdrant.Qdrant/HealthCheck"] = static _ => Get("/", RestAnswers.ToHealth),
        ["/qdrant.Collections/List"] = static _ => Get("/collections", RestAnswers.ToCollections),
        ["/qdrant.Collections/ListAliases"] = static _ => Get("/aliases", RestAnswers.ToAliases),
        ["/qdrant.Collections/Get"] = static message =>
            Get(RestCall.At(Protocol.GetCollectionInfoRequest.Parser.ParseFrom(message).CollectionName), RestAnswers.ToCollection),
        ["/qdrant.Collections/CollectionExists"] = static message =>
            Get(RestCall.At(Protocol.CollectionExistsRequest.Parser.ParseFrom(message).CollectionName, "/exists"), RestAnswers.ToExists),
        ["/qdrant.Collections/Create"] = static message => RestCollections.Create(Protocol.CreateCollection.Parser.ParseFrom(message)),
        ["/qdrant.Collections/Update"] = static message => RestCollections.Update(Protocol.UpdateCollection.Parser.ParseFrom(message)),
        ["/qdrant.Collections/Delete"] = static message =>
            new RestCall(HttpMethod.Delete, RestCall.At(Protocol.DeleteCollection.Parser.ParseFrom(message).CollectionName)) { Answer = RestAnswers.ToDone },
        ["/qdrant.Collections/UpdateAliases"] = static message => RestCollections.Aliases(Protocol.ChangeAliases.Parser.ParseFrom(message)),
        ["/qdrant.Collections/CollectionClusterInfo"] = static message =>
            Get(RestCall.At(Protocol.CollectionClusterInfoRequest.Parser.ParseFrom(message).CollectionName, "/cluster"), RestCluster.ToInfo),
        ["/qdrant.Collections/CreateShardKey"] = static message => RestCluster.CreateKey(Protocol.CreateShardKeyRequest.Parser.ParseFrom(message)),
        ["/qdrant.Points/Get"] = static message => GetPoints(Protocol.GetPoints.Parser.ParseFrom(message)),
        ["/qdrant.Points/Count"] = static message => Count(Protocol.CountPoints.Parser.ParseFrom(message)),
        ["/qdrant.Points/Scroll"] = static message => Scroll(Protocol.ScrollPoints.Parser.ParseFrom(message)),
        ["/qdrant.Points/Query"] = static message => Query(Protocol.QueryPoints.Parser.ParseFrom(message)),
        ["/qdrant.Points/Delete"] = static message => Delete(Protocol.DeletePoints.Parser.ParseFrom(message)),
        ["/qdrant.Points/CreateFieldIndex"] = static message => RestCollections.Index(Protocol.CreateFieldIndexCollection.Parser.ParseFrom(message)),
        ["/qdrant.Points/CreateVectorName"] = static message => RestCollections.Vector(Protocol.CreateVectorNameRequest.Parser.ParseFrom(message)),
        ["/qdrant.Points/UpdateBatch"] = static message => PayloadUpdates.Make(message),
    };

    private static RestCall Get(string path, Func<JsonElement, IMessage> answer) => new(HttpMethod.Get, path) { Answer = answer };

    private static RestCall Post(string path, Action<Utf8JsonWriter> body, Func<JsonElement, IMessage>? answer) =>
        new(HttpMethod.Post, path) { Body = RestCall.Write(body), Answer = answer };

    private static RestCall GetPoints(Protocol.GetPoints message) => Post(RestCall.At(message.CollectionName, "/points"), json =>
    {
        WriteIds(json, "ids", message.Ids);
        json.WriteBoolean("with_payload", message.WithPayload?.Enable ?? false);
        if (message.WithVectors?.Include is { } names)
        {
            json.WriteStartArray("with_vector");
            foreach (string name in names.Names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteBoolean("with_vector", message.WithVectors?.Enable ?? false);
        }
    }, null);

    private static RestCall Count(Protocol.CountPoints message)
    {
        Unsupported.If(message.Filter is not null, "a filter");
        return Post(
            RestCall.At(message.CollectionName, "/points/count"),
            json => json.WriteBoolean("exact", !message.HasExact || message.Exact),
            RestAnswers.ToCount);
    }

    private static RestCall Scroll(Protocol.ScrollPoints message)
    {
        Unsupported.If(message.Filter is not null || message.OrderBy is not null || message.WithVectors is { Enable: true }, "a filter, an order or vectors");
        return Post(RestCall.At(message.CollectionName, "/points/scroll"), json =>
        {
            if (message.HasLimit)
            {
                json.WriteNumber("limit", message.Limit);
            }

            if (message.Offset is not null)
            {
                json.WritePropertyName("offset");
                WriteId(json, message.Offset);
            }

            json.WriteBoolean("with_payload", message.WithPayload?.Enable ?? true);
            json.WriteBoolean("with_vector", false);
        }, RestAnswers.ToScroll);
    }

    private static RestCall Query(Protocol.QueryPoints message)
    {
        Unsupported.If(message.Filter is not null || message.Prefetch.Count > 0 || message.Query?.Nearest?.Dense is null, "other than the nearest of a vector");
        return Post(RestCall.At(message.CollectionName, "/points/query"), json =>
        {
            json.WriteStartArray("query");
            foreach (float component in message.Query!.Nearest.Dense.Data)
            {
                json.WriteNumberValue(float.IsFinite(component) ? component : throw new ForeignAnswerException(
                    GrpcReply.Status(GrpcCode.InvalidArgument, "a component of a query is not a finite number, which JSON cannot hold")));
            }

            json.WriteEndArray();
            json.WriteNumber("limit", message.Limit);
            if (message.HasUsing)
            {
                json.WriteString("using", message.Using);
            }

            if (message.Params is { HasExact: true })
            {
                json.WriteStartObject("params");
                json.WriteBoolean("exact", message.Params.Exact);
                json.WriteEndObject();
            }

            json.WriteBoolean("with_payload", message.WithPayload?.Enable ?? false);
        }, RestAnswers.ToQuery);
    }

    private static RestCall Delete(Protocol.DeletePoints message)
    {
        Unsupported.If(message.Points?.Points is null, "a filter");
        return Post(
            RestCall.At(message.CollectionName, "/points/delete") + RestCall.Query(message.Wait),
            json => WriteIds(json, "points", message.Points!.Points.Ids),
            RestAnswers.ToUpdate);
    }

    private static void WriteIds(Utf8JsonWriter json, string name, IEnumerable<Protocol.PointId> ids)
    {
        json.WriteStartArray(name);
        foreach (Protocol.PointId id in ids)
        {
            WriteId(json, id);
        }

        json.WriteEndArray();
    }

    private static void WriteId(Utf8JsonWriter json, Protocol.PointId id)
    {
        if (id.PointIdOptionsCase == Protocol.PointId.PointIdOptionsOneofCase.Uuid)
        {
            json.WriteStringValue(id.Uuid);
        }
        else
        {
            json.WriteNumberValue(id.Num);
        }
    }
}

/// <summary>What has no request in REST here: nothing of a message is ever left out in silence.</summary>
internal static class Unsupported
{
    /// <summary>Refuses where <paramref name="isSet"/>.</summary>
    /// <exception cref="ForeignAnswerException">It is.</exception>
    public static void If(bool isSet, string what)
    {
        if (isSet)
        {
            throw new ForeignAnswerException(GrpcReply.Status(GrpcCode.Unimplemented, $"{what} is not sent through the REST interface"));
        }
    }
}
