using System.Text.Json;
using Google.Protobuf;

namespace VectorMigration.Qdrant;

/// <summary>Shards of a collection through the REST interface.</summary>
internal static class RestCluster
{
    /// <summary>CreateShardKeyRequest.</summary>
    public static RestCall CreateKey(Protocol.CreateShardKeyRequest message)
    {
        Protocol.CreateShardKey asked = message.Request;
        Unsupported.If(asked.HasShardsNumber || asked.HasReplicationFactor || asked.Placement.Count > 0, "a shard number, a replication factor or a placement");
        return new RestCall(HttpMethod.Put, RestCall.At(message.CollectionName, "/shards"))
        {
            Answer = static result => new Protocol.CreateShardKeyResponse { Result = result.GetBoolean() },
            Body = RestCall.Write(json =>
            {
                json.WritePropertyName("shard_key");
                WriteKey(json, asked.ShardKey);
            }),
        };
    }

    /// <summary>CollectionClusterInfoResponse.</summary>
    public static IMessage ToInfo(JsonElement result)
    {
        Protocol.CollectionClusterInfoResponse message = new() { PeerId = result.GetProperty("peer_id").GetUInt64() };
        foreach (JsonElement shard in result.GetProperty("local_shards").EnumerateArray())
        {
            message.LocalShards.Add(new Protocol.LocalShardInfo
            {
                ShardId = shard.GetProperty("shard_id").GetUInt32(),
                State = State(shard),
                ShardKey = Key(shard),
            });
        }

        foreach (JsonElement shard in result.GetProperty("remote_shards").EnumerateArray())
        {
            message.RemoteShards.Add(new Protocol.RemoteShardInfo
            {
                ShardId = shard.GetProperty("shard_id").GetUInt32(),
                PeerId = shard.GetProperty("peer_id").GetUInt64(),
                State = State(shard),
                ShardKey = Key(shard),
            });
        }

        return message;
    }

    /// <summary>A key as JSON: a text or a number.</summary>
    public static void WriteKey(Utf8JsonWriter json, Protocol.ShardKey key)
    {
        if (key.KeyCase == Protocol.ShardKey.KeyOneofCase.Number)
        {
            json.WriteNumberValue(key.Number);
        }
        else
        {
            json.WriteStringValue(key.Keyword);
        }
    }

    private static Protocol.ReplicaState State(JsonElement shard) =>
        Enum.TryParse(RestAnswers.Text(shard, "state"), ignoreCase: true, out Protocol.ReplicaState state) ? state : Protocol.ReplicaState.Partial;

    private static Protocol.ShardKey? Key(JsonElement shard) => !shard.TryGetProperty("shard_key", out JsonElement key) ? null : key.ValueKind switch
    {
        JsonValueKind.String => new Protocol.ShardKey { Keyword = key.GetString() },
        JsonValueKind.Number => new Protocol.ShardKey { Number = key.GetUInt64() },
        _ => null,
    };
}
