using System.Globalization;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Collections;

/// <summary>
/// One look at a collection's index. Green does not mean indexed: segments under the indexing_threshold are never indexed but searched exactly,
/// so what counts is whether small segments can account for all that is in no index.
/// </summary>
internal readonly record struct IndexingView
{
    private const int KilobyteBytes = 1024;
    private readonly ulong threshold;
    private readonly ulong? hnswM;

    public IndexingView(CollectionDescription collection)
    {
        Name = collection.Name;
        Status = collection.Status;
        Error = collection.OptimizerError;
        Indexed = (long)collection.IndexedVectorsCount;
        Segments = (long)collection.SegmentsCount;
        Vectors = (long)collection.PointsCount * Math.Max(1, collection.Vectors.Count);
        Queued = collection.UpdateQueueLength;
        ulong kilobytes = collection.Optimizer.IndexingThreshold ?? OptimizerSettings.UsualIndexingThreshold;
        threshold = kilobytes;
        hnswM = collection.HnswM;
        MostUnindexed = collection.Vectors.Sum(vector => SegmentRows(vector, kilobytes)) * Segments;
    }

    public string Name { get; }

    public string Status { get; }

    public string? Error { get; }

    public long Indexed { get; }

    public long Vectors { get; }

    public long Segments { get; }

    /// <summary>Operations that the server has still to apply.</summary>
    public ulong Queued { get; }

    /// <summary>Vectors that all segments together can hold without being indexed.</summary>
    public long MostUnindexed { get; }

    public long Unindexed => Math.Max(0, Vectors - Indexed);

    public bool IsGreen => Status == "green" && Queued == 0;

    /// <summary>No index will ever be built.</summary>
    public bool IsOff => threshold == 0 || HasNoGraph;

    /// <summary>m is 0: what the server then counts as indexed has no graph.</summary>
    public bool HasNoGraph => hnswM == 0;

    /// <summary>Small segments account for all that is in no index.</summary>
    public bool IsExplained => Unindexed <= MostUnindexed;

    public IndexingResult ToResult(IndexingStatus status, TimeSpan duration) => new()
    {
        Collection = Name,
        Status = status,
        Indexed = Indexed,
        Vectors = Vectors,
        Segments = Segments,
        CollectionStatus = Status,
        Duration = duration,
        Message = Sentence(status),
    };

    private string Sentence(IndexingStatus status)
    {
        string counts = string.Create(CultureInfo.InvariantCulture, $"{Math.Min(Indexed, Vectors):N0} of {Vectors:N0} vectors are indexed");
        return status switch
        {
            IndexingStatus.Complete when Unindexed == 0 => counts + ".",
            IndexingStatus.Complete => $"{counts}. The rest are in segments below the indexing threshold ({Grouped.Of((long)threshold)} KB), which are "
                + "searched exactly.",
            IndexingStatus.Settled => $"{counts}. The server has finished (green), but segments below the threshold do not account for the rest.",
            IndexingStatus.Off when HasNoGraph => string.Create(
                CultureInfo.InvariantCulture, $"No graph is built: m of HNSW is 0, so all {Vectors:N0} vectors are searched exactly."),
            IndexingStatus.Off => $"{counts}. The collection builds no index (indexing_threshold is 0).",
            IndexingStatus.Deferred => $"{counts}. A run deferred the indexing and has not resumed it.",
            _ => $"{counts} so far. The status of the collection is {Status}.",
        };
    }

    /// <summary>Vectors that a segment can hold under the threshold (lib/segment: the bytes of the stored vectors are compared with it).</summary>
    private static long SegmentRows(CollectionVector vector, ulong threshold)
    {
        long bytes = Math.Max(1, vector.Dimension) * (vector.Datatype switch { VectorDatatype.Uint8 => 1L, VectorDatatype.Float16 => 2L, _ => sizeof(float) });
        return (long)Math.Min(int.MaxValue, threshold) * KilobyteBytes / bytes;
    }
}
