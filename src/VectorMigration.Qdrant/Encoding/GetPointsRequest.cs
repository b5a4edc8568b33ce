namespace VectorMigration.Qdrant;

/// <summary>Writes GetPoints by hand: thousands of ids without an object for each.</summary>
internal static class GetPointsRequest
{
    /// <summary>The request as a gRPC body: collection_name = 1, ids = 2, with_payload = 4, with_vectors = 5.</summary>
    public static GrpcContent Write(ReadOnlySpan<byte> collection, ReadOnlySpan<byte> vectorName, ReadOnlySpan<PointId> ids, bool withPayload)
    {
        // WithVectorsSelector { enable = 1 } or { include = 2 { names = 1 } }
        int names = 1 + WireWriter.DelimitedLength(vectorName.Length);
        int vectors = vectorName.IsEmpty ? 2 : 1 + WireWriter.DelimitedLength(names);
        long length = 1 + WireWriter.DelimitedLength(collection.Length) + 4 + 1 + WireWriter.DelimitedLength(vectors);
        foreach (PointId id in ids)
        {
            length += 1 + WireWriter.DelimitedLength(WireWriter.PointIdLength(id));
        }

        GrpcContent content = GrpcContent.Rent(checked((int)length));
        WireWriter writer = new(content.Message);
        writer.Delimited(0x0A, collection);
        foreach (PointId id in ids)
        {
            writer.Delimited(0x12, WireWriter.PointIdLength(id));
            writer.PointId(id);
        }

        writer.Delimited(0x22, 2);
        writer.Byte(0x08);
        writer.Byte(withPayload ? (byte)1 : (byte)0);
        writer.Delimited(0x2A, vectors);
        if (vectorName.IsEmpty)
        {
            writer.Byte(0x08);
            writer.Byte(1);
        }
        else
        {
            writer.Delimited(0x12, names);
            writer.Delimited(0x0A, vectorName);
        }

        return content;
    }
}
