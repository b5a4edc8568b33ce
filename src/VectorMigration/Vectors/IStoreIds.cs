namespace VectorMigration.Vectors;

/// <summary>A store that keeps its documents under ids of its own, beside the FAISS ids of their vectors.</summary>
public interface IStoreIds
{
    /// <summary>False where its documents have no ids of their own.</summary>
    bool HasIds { get; }

    /// <summary>The store's own id of the document that belongs to a FAISS id; null where there is none. Thread-safe.</summary>
    string? IdOf(long faissId);
}
