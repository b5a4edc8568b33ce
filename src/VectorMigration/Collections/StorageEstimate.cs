using System.Globalization;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Collections;

/// <summary>
/// What a collection will take, in bytes, estimated from its settings alone: Qdrant reports no sizes over gRPC. Codes and graph are those of a collection
/// that is indexed to the end. Ids, payload indexes, the write-ahead log, and the room that optimizing needs for a while come on top.
/// </summary>
public sealed record StorageEstimate
{
    /// <summary>Qdrant's own hnsw_config.m.</summary>
    private const int DefaultM = 16;

    /// <summary>Bytes of a link of the graph.</summary>
    private const int LinkBytes = 4;

    /// <summary>The index file, which FAISS loads into memory as a whole.</summary>
    public required long IndexBytes { get; init; }

    /// <summary>The vectors as they are stored: points × components × bytes of the datatype.</summary>
    public required long VectorBytes { get; init; }

    /// <summary>The codes that searches compare: points × components × bits ÷ 8; null without quantization, or where the server chooses the bits.</summary>
    public long? QuantizedBytes { get; init; }

    /// <summary>The HNSW graph: points × (2m + m ÷ (m − 1)) links × 4 bytes. Qdrant compresses links, so it is less. 0 without a graph.</summary>
    public required long GraphBytes { get; init; }

    /// <summary>The payload file; null without payloads, or where the file holds more than them.</summary>
    public long? PayloadBytes { get; init; }

    /// <summary>What is kept in memory, of all replicas: graph, codes, and vectors unless they are on disk.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>What is written to disk, of all replicas.</summary>
    public required long DiskBytes { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"memory {MemoryBytes:N0} bytes, disk {DiskBytes:N0} bytes");

    /// <summary>Estimates.</summary>
    /// <param name="index">The index.</param>
    /// <param name="points">Points that the collection will have of it.</param>
    /// <param name="settings">How it is made.</param>
    /// <param name="payloadBytes">Bytes of all payloads; null where they are not known.</param>
    internal static StorageEstimate Of(IndexDescription index, long points, CollectionSettings settings, long? payloadBytes)
    {
        double components = (double)points * settings.Dimension;
        long vectors = (long)Math.Ceiling(components * Bits(settings.Datatype) / 8);
        long? codes = settings.Quantization?.BitsPerComponent is double bits ? (long)Math.Ceiling(components * bits / 8) : null;
        int m = settings.HnswM ?? DefaultM;
        long graph = (long)(points * LinkBytes * (m == 0 ? 0 : (2.0 * m) + (m / Math.Max(1.0, m - 1))));
        int replicas = settings.ReplicationFactor ?? 1;
        bool codesInMemory = settings.OnDisk != true || settings.Quantization?.AlwaysRam == true;
        long memory = graph + (settings.OnDisk == true ? 0 : vectors) + (codesInMemory ? codes ?? 0 : 0)
            + (settings.OnDiskPayload == false ? payloadBytes ?? 0 : 0);
        return new StorageEstimate
        {
            IndexBytes = index.Size,
            VectorBytes = vectors,
            QuantizedBytes = codes,
            GraphBytes = graph,
            PayloadBytes = payloadBytes,
            MemoryBytes = memory * replicas,
            DiskBytes = (vectors + (codes ?? 0) + graph + (payloadBytes ?? 0)) * replicas,
        };
    }

    private static int Bits(VectorDatatype datatype) => datatype switch
    {
        VectorDatatype.Uint8 or VectorDatatype.Turbo8 => 8,
        VectorDatatype.Float16 or VectorDatatype.Turbo16 => 16,
        VectorDatatype.Turbo4 => 4,
        _ => 32,
    };
}
