namespace VectorMigration.Collections;

/// <summary>When a collection that a run creates is indexed.</summary>
public enum IndexingMode : long
{
    /// <summary>While it is loaded, as the server sees fit.</summary>
    Immediate = 0,

    /// <summary>After it is loaded: the threshold is 0 until the last vector is there, and what it was is kept in the collection's metadata until
    /// then.</summary>
    Deferred = 1,
}
