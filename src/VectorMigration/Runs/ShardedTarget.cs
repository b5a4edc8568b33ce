using System.Collections.Concurrent;
using System.Text.Json;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Sends each point of a batch to the shards of the key that a field of its payload holds. A key that is not there is created first.</summary>
/// <param name="keys">Keys of the collection.</param>
/// <param name="field">Field of the payload, as it is sent.</param>
/// <param name="open">Opens the target of a key.</param>
/// <param name="measuring">Measures a batch; nothing is sent through it.</param>
internal sealed class ShardedTarget(ShardKeys keys, string field, Func<ShardKey, IPointTarget> open, IPointTarget measuring) : PartedTarget(measuring)
{
    private readonly ConcurrentDictionary<ShardKey, IPointTarget> targets = new();

    /// <summary>The key in a payload; null where the field is not there, or holds neither a text nor a whole number from 0 on.</summary>
    public static ShardKey? KeyOf(ReadOnlySpan<byte> payload, string field)
    {
        if (payload.IsEmpty)
        {
            return null;
        }

        ShardKey? found = null;
        Utf8JsonReader reader = new(payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isKey = reader.ValueTextEquals(field);
            reader.Read();
            if (isKey)
            {
                // Of a field that is there twice Qdrant keeps the last.
                found = reader.TokenType switch
                {
                    JsonTokenType.String when reader.GetString() is { Length: > 0 } text => new ShardKey(text, 0),
                    JsonTokenType.Number when reader.TryGetUInt64(out ulong number) => new ShardKey(null, number),
                    _ => null,
                };
            }

            reader.Skip();
        }

        return found;
    }

    /// <inheritdoc/>
    protected override async ValueTask<BatchDivision> DivideAsync(VectorBatch batch, CancellationToken cancellationToken)
    {
        ILookup<ShardKey?, int> rows = Enumerable.Range(0, batch.Count).ToLookup(
            row => batch.Payload is { } payload ? KeyOf(payload[row].Span, field) : null);
        if (rows.Contains(null))
        {
            return new BatchDivision([], WriteAnswer.Reject(
                ErrorIds.InvalidPayload, ErrorKind.InvalidData, [.. rows[null]],
                $"{Units.Of(rows[null].Count(), "payload has", "payloads have")} neither a text nor a whole number in the field '{field}' of the shard key; "
                    + $"the first is that of point {batch.PointIds.Span[rows[null].First()]}",
                "Add the field to the payload. Then run the same command again."));
        }

        try
        {
            List<BatchPart> parts = [];
            foreach (IGrouping<ShardKey?, int> part in rows)
            {
                ShardKey key = part.Key!.Value;
                await keys.EnsureAsync(key, cancellationToken).ConfigureAwait(false);
                parts.Add(new BatchPart(targets.GetOrAdd(key, open), [.. part]));
            }

            return new BatchDivision(parts, null);
        }
        catch (MigrationException fault)
        {
            return new BatchDivision([], fault.Resumable
                ? WriteAnswer.Retry(fault.ErrorId, fault.Kind, fault.Message, fault.RecommendedAction)
                : WriteAnswer.Stop(fault.ErrorId, fault.Kind, fault.Message, resumable: true, fault.RecommendedAction));
        }
    }
}
