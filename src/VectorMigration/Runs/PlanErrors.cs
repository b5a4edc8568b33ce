using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The reasons for which a plan refuses an index or its target; made here and nowhere else.</summary>
internal static class PlanErrors
{
    public static MigrationException DimensionTooLarge(IndexDescription index) => new(
        ErrorIds.DimensionTooLarge, ErrorKind.NotSupported, $"{index.Path} has vectors of {Units.Count(index.Dimension)} components; Qdrant accepts 1 to "
            + $"{Units.Count(QdrantLimits.MaxDimension)}.", "Reduce the dimension before you migrate, for example with FAISS's PCAMatrix.", index.Path);

    public static MigrationException DimensionTooLarge(int dimension, string collection) => new(
        ErrorIds.DimensionTooLarge,
        ErrorKind.NotSupported,
        $"The vectors for collection '{collection}' have {Units.Count(dimension)} components; "
            + $"Qdrant accepts 1 to {Units.Count(QdrantLimits.MaxDimension)}.",
        "Reduce the dimension before you migrate, for example with FAISS's PCAMatrix.",
        collection);

    public static MigrationException MetricNotSupported(IndexDescription index) => index.Metric == FaissMetric.None ? new(
        ErrorIds.DistanceMissing,
        ErrorKind.InvalidArgument,
        $"{index.Path} holds vectors without an index, so no metric is known.",
        "Choose the distance that your model was trained for with -Distance: Cosine, Dot, Euclid or Manhattan.",
        index.Path) : new(
        ErrorIds.MetricNotSupported,
        ErrorKind.NotSupported,
        $"{index.Path} uses the metric {MetricName(index)}: {Metrics.Reason(index.Metric)}. Qdrant has Euclid, Dot, Cosine and Manhattan.",
        $"The nearest is {Metrics.Nearest(index)}: {Metrics.Likeness(index.Metric)}. If that ranks well enough for your purpose, add "
            + $"-Distance {Metrics.Nearest(index)}.",
        index.Path);

    public static MigrationException DistanceMissing(string collection) => new(
        ErrorIds.DistanceMissing,
        ErrorKind.InvalidArgument,
        $"The collection '{collection}' does not exist, and these objects do not come from an index that defines a distance.",
        "Choose the distance that your model was trained for with -Distance: Cosine, Dot, Euclid or Manhattan.",
        collection);

    public static MigrationException NormsNotUnit(IndexDescription index, long ordinal, long faissId, double norm) => new(
        ErrorIds.NormsNotUnit,
        ErrorKind.Conflict,
        $"Cosine was requested for an inner-product index, but not all vectors have length 1: vector {ordinal} (id {faissId}) of {index.Path} has norm "
            + $"{norm:G6}. Qdrant would normalize it and rank differently.",
        "Use -Distance Dot, which ranks as the index does.",
        index.Path);

    public static MigrationException OffsetBeyondEnd(IndexDescription index, long offset) => new(
        ErrorIds.OffsetBeyondEnd, ErrorKind.InvalidArgument, $"-Skip {offset} is beyond the end of {index.Path}, which has "
            + $"{Units.Of(index.Count, "vector", "vectors")}: no vector is left.",
            index.Count > 1 ? $"Use -Skip with a number from 0 to {index.Count - 1}." : "Omit -Skip.", index.Path);

    public static MigrationException NegativeIds(IndexDescription index, IdScanResult scan) => new(
        ErrorIds.NegativeIds,
        ErrorKind.InvalidData,
        $"{Units.Of(scan.Negatives, "id", "ids")} of {index.Path} {(scan.Negatives == 1 ? "is" : "are")} negative: {Listed(scan.FirstNegatives)}"
            + $"{(scan.Negatives > 3 ? ", …" : string.Empty)}. A Qdrant point id is an unsigned number or a UUID.",
        "Use -IdMapping Uuid5: every id becomes a UUIDv5, and the original stays in the payload as faiss_id.",
        index.Path);

    /// <summary>Points of later vectors would be replaced by those of earlier ones.</summary>
    public static MigrationException ReplacedLater(IndexDescription index, long vectors) => new(
        ErrorIds.DuplicateIds,
        ErrorKind.InvalidData,
        $"{Units.Of(vectors, "vector", "vectors")} of the selected range of {index.Path} {(vectors == 1 ? "has an id" : "have ids")} that later vectors "
            + "outside of the range have too. This run would replace the points of those.",
        "Omit -First and -Skip, so that the run covers the whole index.",
        index.Path);

    public static MigrationException DuplicateIds(IndexDescription index, IdScanResult scan) => new(
        ErrorIds.DuplicateIds,
        ErrorKind.InvalidData,
        $"{Units.Of(scan.Duplicates, "vector", "vectors")} of {index.Path} {(scan.Duplicates == 1 ? "repeats" : "repeat")} an id of another vector: "
            + $"{Listed(scan.FirstDuplicates)}{(scan.Duplicates > 3 ? ", …" : string.Empty)}. In Qdrant one would replace the other.",
        "Fix the index, or use -AllowDuplicateId to keep only the last vector of each id.",
        index.Path);

    private static string MetricName(IndexDescription index) =>
        index.Metric == FaissMetric.Lp ? $"Lp with p = {index.MetricArgument:G6}" : $"{index.Metric} ({(int)index.Metric})";

    /// <summary>The collection that has what a plan leaves out is gone.</summary>
    public static MigrationException LeftOutIsGone(string collection, string endpoint, bool isGone) => new(
        ErrorIds.PlanOutdated,
        ErrorKind.Conflict,
        $"The plan leaves out vectors that earlier slices had sent to '{collection}' at {endpoint}. That collection was deleted"
            + $"{(isGone ? string.Empty : " and another one of the same name was created")}, so those vectors are gone.",
        "Make a new plan of the index files, and run all of its slices.",
        collection);

    private static string Listed(IReadOnlyList<IdOccurrence> occurrences) =>
        string.Join(", ", occurrences.Take(3).Select(o => $"{o.Id} at position {o.Ordinal}"));
}
