using System.Text.Json;
using Google.Protobuf;

namespace VectorMigration.Qdrant;

/// <summary>The <c>result</c> of an answer as the message that gRPC would have brought.</summary>
internal static class RestAnswers
{
    /// <summary>HealthCheckReply, from <c>GET /</c>, which has no <c>result</c>.</summary>
    public static IMessage ToHealth(JsonElement root) => new Protocol.HealthCheckReply
    {
        Title = Text(root, "title") ?? throw new FormatException("no title"),
        Version = Text(root, "version") ?? throw new FormatException("no version"),
    };

    /// <summary>ListCollectionsResponse.</summary>
    public static IMessage ToCollections(JsonElement result)
    {
        Protocol.ListCollectionsResponse message = new();
        foreach (JsonElement collection in List(result, "collections"))
        {
            message.Collections.Add(new Protocol.CollectionDescription { Name = Text(collection, "name") ?? string.Empty });
        }

        return message;
    }

    /// <summary>ListAliasesResponse.</summary>
    public static IMessage ToAliases(JsonElement result)
    {
        Protocol.ListAliasesResponse message = new();
        foreach (JsonElement alias in List(result, "aliases"))
        {
            message.Aliases.Add(new Protocol.AliasDescription
            {
                AliasName = Text(alias, "alias_name") ?? string.Empty,
                CollectionName = Text(alias, "collection_name") ?? string.Empty,
            });
        }

        return message;
    }

    /// <summary>CollectionExistsResponse.</summary>
    public static IMessage ToExists(JsonElement result) => new Protocol.CollectionExistsResponse
    {
        Result = new Protocol.CollectionExists { Exists = result.GetProperty("exists").GetBoolean() },
    };

    /// <summary>CollectionOperationResponse.</summary>
    public static IMessage ToDone(JsonElement result) => new Protocol.CollectionOperationResponse { Result = result.GetBoolean() };

    /// <summary>GetCollectionInfoResponse.</summary>
    public static IMessage ToCollection(JsonElement result) => new Protocol.GetCollectionInfoResponse { Result = RestCollectionInfo.Read(result) };

    /// <summary>PointsOperationResponse.</summary>
    public static IMessage ToUpdate(JsonElement result) => new Protocol.PointsOperationResponse { Result = Update(result) };

    /// <summary>UpdateBatchResponse.</summary>
    public static IMessage ToUpdates(JsonElement result)
    {
        Protocol.UpdateBatchResponse message = new();
        foreach (JsonElement update in result.EnumerateArray())
        {
            message.Result.Add(Update(update));
        }

        return message;
    }

    /// <summary>CountResponse.</summary>
    public static IMessage ToCount(JsonElement result) => new Protocol.CountResponse
    {
        Result = new Protocol.CountResult { Count = result.GetProperty("count").GetUInt64() },
    };

    /// <summary>ScrollResponse: ids alone are asked for.</summary>
    public static IMessage ToScroll(JsonElement result)
    {
        Protocol.ScrollResponse message = new();
        foreach (JsonElement point in List(result, "points"))
        {
            message.Result.Add(new Protocol.RetrievedPoint { Id = Id(point.GetProperty("id")) });
        }

        if (Has(result, "next_page_offset", out JsonElement next))
        {
            message.NextPageOffset = Id(next);
        }

        return message;
    }

    /// <summary>QueryResponse.</summary>
    public static IMessage ToQuery(JsonElement result)
    {
        Protocol.QueryResponse message = new();
        foreach (JsonElement point in List(result, "points"))
        {
            Protocol.ScoredPoint scored = new() { Id = Id(point.GetProperty("id")), Score = point.GetProperty("score").GetSingle() };
            if (Has(point, "payload", out JsonElement payload))
            {
                foreach (JsonProperty field in payload.EnumerateObject())
                {
                    scored.Payload[field.Name] = Value(field.Value);
                }
            }

            message.Result.Add(scored);
        }

        return message;
    }

    /// <summary>A value of a payload: whole numbers within 64 bits are integers, all others doubles.</summary>
    public static Protocol.Value Value(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return new Protocol.Value { NullValue = Protocol.NullValue.NullValue };
            case JsonValueKind.True or JsonValueKind.False:
                return new Protocol.Value { BoolValue = value.GetBoolean() };
            case JsonValueKind.String:
                return new Protocol.Value { StringValue = value.GetString() };
            case JsonValueKind.Number:
                return value.TryGetInt64(out long whole) ? new Protocol.Value { IntegerValue = whole } : new Protocol.Value { DoubleValue = value.GetDouble() };
            case JsonValueKind.Array:
                Protocol.Value list = new() { ListValue = new Protocol.ListValue() };
                list.ListValue.Values.AddRange(value.EnumerateArray().Select(Value));
                return list;
            default:
                Protocol.Value fields = new() { StructValue = new Protocol.Struct() };
                foreach (JsonProperty field in value.EnumerateObject())
                {
                    fields.StructValue.Fields[field.Name] = Value(field.Value);
                }

                return fields;
        }
    }

    /// <summary>A property that is there and not null.</summary>
    public static bool Has(JsonElement element, string name, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>A text; null where there is none.</summary>
    public static string? Text(JsonElement element, string name) =>
        Has(element, name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement.ArrayEnumerator List(JsonElement result, string name) => result.GetProperty(name).EnumerateArray();

    private static Protocol.UpdateResult Update(JsonElement result) => new()
    {
        Status = Text(result, "status") switch
        {
            "acknowledged" => Protocol.UpdateStatus.Acknowledged,
            "completed" => Protocol.UpdateStatus.Completed,
            "clock_rejected" => Protocol.UpdateStatus.ClockRejected,
            "wait_timeout" => Protocol.UpdateStatus.WaitTimeout,
            _ => Protocol.UpdateStatus.UnknownUpdateStatus,
        },
    };

    private static Protocol.PointId Id(JsonElement id) => id.ValueKind == JsonValueKind.String
        ? new Protocol.PointId { Uuid = id.GetString() }
        : new Protocol.PointId { Num = id.GetUInt64() };
}
