// Since 1.19 the field on_disk is deprecated in favour of memory, which older servers drop in silence.
#pragma warning disable CS0612

namespace VectorMigration.Qdrant;

/// <summary>Payload indexes between the contract's record and the protocol's messages.</summary>
internal static class PayloadIndexMapping
{
    /// <summary>The message that makes an index.</summary>
    public static Protocol.CreateFieldIndexCollection ToMessage(string collection, PayloadIndexSettings index, bool waits)
    {
        Protocol.CreateFieldIndexCollection message = new()
        {
            CollectionName = collection,
            FieldName = index.Field,
            FieldType = (Protocol.FieldType)index.Type,
            Wait = waits,
        };
        if (index.IsTenant || index.IsPrincipal || index.OnDisk)
        {
            message.FieldIndexParams = ToParams(index);
        }

        return message;
    }

    /// <summary>The kind of an index that is there; null for one that this version does not know.</summary>
    public static PayloadIndexType? ToType(Protocol.PayloadSchemaType type) => type switch
    {
        Protocol.PayloadSchemaType.Keyword => PayloadIndexType.Keyword,
        Protocol.PayloadSchemaType.Integer => PayloadIndexType.Integer,
        Protocol.PayloadSchemaType.Float => PayloadIndexType.Float,
        Protocol.PayloadSchemaType.Geo => PayloadIndexType.Geo,
        Protocol.PayloadSchemaType.Text => PayloadIndexType.Text,
        Protocol.PayloadSchemaType.Bool => PayloadIndexType.Bool,
        Protocol.PayloadSchemaType.Datetime => PayloadIndexType.Datetime,
        Protocol.PayloadSchemaType.Uuid => PayloadIndexType.Uuid,
        _ => null,
    };

    private static Protocol.PayloadIndexParams ToParams(PayloadIndexSettings index)
    {
        bool onDisk = index.OnDisk;
        return index.Type switch
        {
            PayloadIndexType.Keyword => new() { KeywordIndexParams = new() { IsTenant = index.IsTenant, OnDisk = onDisk } },
            PayloadIndexType.Uuid => new() { UuidIndexParams = new() { IsTenant = index.IsTenant, OnDisk = onDisk } },
            PayloadIndexType.Integer =>
                new() { IntegerIndexParams = new() { Lookup = true, Range = true, IsPrincipal = index.IsPrincipal, OnDisk = onDisk } },
            PayloadIndexType.Float => new() { FloatIndexParams = new() { IsPrincipal = index.IsPrincipal, OnDisk = onDisk } },
            PayloadIndexType.Datetime => new() { DatetimeIndexParams = new() { IsPrincipal = index.IsPrincipal, OnDisk = onDisk } },
            PayloadIndexType.Geo => new() { GeoIndexParams = new() { OnDisk = onDisk } },
            PayloadIndexType.Text => new() { TextIndexParams = new() { Tokenizer = Protocol.TokenizerType.Word, OnDisk = onDisk } },
            _ => new() { BoolIndexParams = new() { OnDisk = onDisk } },
        };
    }
}
