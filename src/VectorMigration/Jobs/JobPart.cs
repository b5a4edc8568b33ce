namespace VectorMigration.Jobs;

/// <summary>One index of several that go into a collection, as it was asked for.</summary>
/// <param name="Path">Full path of the index, or of the folder that it is in.</param>
internal sealed record JobPart(string Path)
{
    /// <summary>Added to every id; null takes 0 for stored ids, and the number of vectors before this part for positions.</summary>
    public long? IdOffset { get; init; }

    /// <summary>The part that UUIDs contain; null for none, or for the one that the job makes.</summary>
    public string? IdNamespace { get; init; }

    /// <summary>Full path of its store; null for the one next to the index.</summary>
    public string? StorePath { get; init; }

    /// <summary>Full path of its payload file; null for none.</summary>
    public string? PayloadPath { get; init; }

    /// <summary>Name of the vector in the collection; null for that of the job.</summary>
    public string? VectorName { get; init; }
}
