namespace VectorMigration.Store;

/// <summary>Limits of Qdrant that are known before it is asked.</summary>
internal static class QdrantLimits
{
    /// <summary>Largest dimension (collections validation, "must be from 1 to 65536").</summary>
    public const int MaxDimension = 65_536;

    /// <summary>Least ef_construct that it takes.</summary>
    public const int MinEfConstruct = 4;
}
