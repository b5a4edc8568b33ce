using System.Buffers;
using Grpc.Core;

namespace VectorMigration.Qdrant;

/// <summary>Writes GetPoints by hand: thousands of ids without an object for each.</summary>
/// <param name="collection">Collection, UTF-8.</param>
/// <param name="vectorName">Name of the vector, UTF-8; empty for the unnamed one.</param>
/// <param name="ids">Points to read.</param>
/// <param name="withPayload">Whether their payloads are wanted.</param>
/// <param name="withVectors">Whether their vectors are wanted; without them a name is none of its business.</param>
internal sealed class GetPointsRequest(byte[] collection, byte[] vectorName, ReadOnlyMemory<PointId> ids, bool withPayload, bool withVectors = true)
{
    /// <summary>The message: collection_name = 1, ids = 2, with_payload = 4, with_vectors = 5. Repeatable.</summary>
    public void Encode(SerializationContext context)
    {
        // WithVectorsSelector { enable = 1 } or { include = 2 { names = 1 } }
        int names = 1 + WireWriter.DelimitedLength(vectorName.Length);
        int vectors = vectorName.Length == 0 ? 2 : 1 + WireWriter.DelimitedLength(names);
        int length = Length(vectors);
        context.SetPayloadLength(length);
        IBufferWriter<byte> target = context.GetBufferWriter();
        WireWriter writer = new(target.GetSpan(length)[..length]);
        writer.Delimited(0x0A, collection);
        foreach (PointId id in ids.Span)
        {
            writer.Delimited(0x12, WireWriter.PointIdLength(id));
            writer.PointId(id);
        }

        writer.Delimited(0x22, 2);
        writer.Byte(0x08);
        writer.Byte(withPayload ? (byte)1 : (byte)0);
        writer.Delimited(0x2A, vectors);
        if (vectorName.Length == 0)
        {
            writer.Byte(0x08);
            writer.Byte(withVectors ? (byte)1 : (byte)0);
        }
        else
        {
            writer.Delimited(0x12, names);
            writer.Delimited(0x0A, vectorName);
        }

        target.Advance(length);
        context.Complete();
    }

    private int Length(int vectors)
    {
        long length = 1 + WireWriter.DelimitedLength(collection.Length) + 4 + 1 + WireWriter.DelimitedLength(vectors);
        foreach (PointId id in ids.Span)
        {
            length += 1 + WireWriter.DelimitedLength(WireWriter.PointIdLength(id));
        }

        return checked((int)length);
    }
}
