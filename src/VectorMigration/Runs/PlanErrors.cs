using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The reasons for which a plan refuses an index or its target; made here and nowhere else.</summary>
internal static class PlanErrors
{
    public static MigrationException NotExact(IndexDescription index) => new(
        ErrorIds.VectorsNotExact,
        ErrorKind.NotSupported,
        index.Fidelity == Fidelity.NotRecoverable
            ? $"{index.Path} is {index.Kind}, which does not hold its vectors in any form."
            : $"{index.Path} is {index.Kind}, which holds codes: its vectors come back near the originals, not equal to them.",
        index.Fidelity == Fidelity.NotRecoverable
            ? "Embed the texts again, or migrate the index that this one was built from."
            : "Migrate the original vectors if you still have them. To migrate the decoded ones, say -AllowDecoded.",
        index.Path);

    public static MigrationException DimensionTooLarge(IndexDescription index) => new(
        ErrorIds.DimensionTooLarge, ErrorKind.NotSupported, $"{index.Path} has vectors of {index.Dimension} components; Qdrant takes 1 to "
            + $"{QdrantLimits.MaxDimension}.", "Reduce the dimension (for example with FAISS's PCAMatrix) before migrating.", index.Path);

    public static MigrationException DimensionTooLarge(int dimension, string collection) => new(
        ErrorIds.DimensionTooLarge, ErrorKind.NotSupported, $"The vectors for collection '{collection}' have {dimension} components; Qdrant takes 1 to "
            + $"{QdrantLimits.MaxDimension}.", "Reduce the dimension (for example with FAISS's PCAMatrix) before migrating.", collection);

    public static MigrationException MetricNotSupported(IndexDescription index) => new(
        ErrorIds.MetricNotSupported,
        ErrorKind.NotSupported,
        $"{index.Path} uses the metric {MetricName(index)}, which Qdrant does not have: it has Euclid, Dot, Cosine and Manhattan.",
        "If one of them ranks well enough for you, say it: -Distance Euclid (--distance Euclid).",
        index.Path);

    public static MigrationException DistanceMissing(string collection) => new(
        ErrorIds.DistanceMissing,
        ErrorKind.InvalidArgument,
        $"The collection '{collection}' does not exist, and these objects do not come from an index that would tell its distance.",
        "Say -Distance Cosine, Dot, Euclid or Manhattan: the one your model was trained for.",
        collection);

    public static MigrationException NormsNotUnit(IndexDescription index, long ordinal, long faissId, double norm) => new(
        ErrorIds.NormsNotUnit,
        ErrorKind.Conflict,
        $"Cosine was asked for an inner-product index whose vectors are not all of unit length: vector {ordinal} (id {faissId}) of {index.Path} has norm "
            + $"{norm:G6}. Qdrant would normalise it and rank differently.",
        "Use -Distance Dot (--distance Dot), which ranks as the index does.",
        index.Path);

    public static MigrationException OffsetBeyondEnd(IndexDescription index, long offset) => new(
        ErrorIds.OffsetBeyondEnd, ErrorKind.InvalidArgument, $"The offset {offset} lies beyond the {index.Count} vectors of {index.Path}.",
            $"Give an offset from 0 to {index.Count}.", index.Path);

    public static MigrationException NegativeIds(IndexDescription index, IdScanResult scan) => new(
        ErrorIds.NegativeIds,
        ErrorKind.InvalidData,
        $"{scan.Negatives} id{Plural(scan.Negatives)} of {index.Path} {(scan.Negatives == 1 ? "is" : "are")} negative, the first "
            + $"{Listed(scan.FirstNegatives)}; a Qdrant point id is an unsigned number or a UUID.",
        "Say -IdMapping Uuid5 (--id-mapping uuid5): every id becomes a UUIDv5 and stays in the payload as faiss_id.",
        index.Path);

    public static MigrationException DuplicateIds(IndexDescription index, IdScanResult scan) => new(
        ErrorIds.DuplicateIds,
        ErrorKind.InvalidData,
        $"{scan.Duplicates} vector{Plural(scan.Duplicates)} of {index.Path} repeat{(scan.Duplicates == 1 ? "s" : string.Empty)} an id that another one "
            + $"has, the first {Listed(scan.FirstDuplicates)}; in Qdrant one would replace the other.",
        "Mend the index, or say -AllowDuplicateId (--allow-duplicate-ids): then the last vector of each id is kept and the others are left out.",
        index.Path);

    private static string MetricName(IndexDescription index) =>
        index.Metric == FaissMetric.Lp ? $"Lp with p = {index.MetricArgument:G6}" : $"{index.Metric} ({(int)index.Metric})";

    private static string Plural(long count) => count == 1 ? string.Empty : "s";

    private static string Listed(IReadOnlyList<IdOccurrence> occurrences) =>
        string.Join(", ", occurrences.Take(3).Select(o => $"{o.Id} at position {o.Ordinal}"));
}
