namespace VectorMigration.Qdrant;

/// <summary>How upserts are written for one collection, vector and server version.</summary>
internal sealed record UpsertForm
{
    /// <summary>Collection, UTF-8.</summary>
    public required byte[] Collection { get; init; }

    /// <summary>Name of the vector, UTF-8; empty for the unnamed one.</summary>
    public byte[] VectorName { get; init; } = [];

    /// <summary>True: <c>Vector.dense</c> = 101 (1.12.2 and later); false: <c>Vector.data</c> = 1.</summary>
    public bool Dense { get; init; } = true;

    /// <summary>
    /// True: UpdatePointVectors, whose points are an id and <c>vectors</c> = 2; false: UpsertPoints, with <c>payload</c> = 3 and <c>vectors</c> = 4.
    /// </summary>
    public bool ReplacesVectorsOnly { get; init; }

    /// <summary>True: <c>update_mode</c> = 8 is InsertOnly, so that points that are there stay as they are (1.17 and later).</summary>
    public bool InsertsOnly { get; init; }

    /// <summary>Whether the server answers when it has applied the points, rather than when they are in its log.</summary>
    public bool Waits { get; init; } = true;

    /// <summary>The field <c>ordering</c> = 4; 0, weak, leaves it out.</summary>
    public byte Ordering { get; init; }

    /// <summary>The message of the field <c>shard_key_selector</c> = 5; empty leaves it out.</summary>
    public byte[] ShardSelector { get; init; } = [];

    /// <summary>Whole seconds for the field <c>timeout</c> = 7 (1.17 and later); 0 leaves it out.</summary>
    public uint TimeoutSeconds { get; init; }
}
