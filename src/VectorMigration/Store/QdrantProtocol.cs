namespace VectorMigration.Store;

/// <summary>How Qdrant is reached.</summary>
public enum QdrantProtocol
{
    /// <summary>gRPC; REST where gRPC is not answered and REST is, at the same host and with the same scheme.</summary>
    Auto = 0,

    /// <summary>gRPC only.</summary>
    Grpc = 1,

    /// <summary>Qdrant's REST interface only. It is slower than gRPC, and its requests hold at most 32 MB.</summary>
    Rest = 2,
}
