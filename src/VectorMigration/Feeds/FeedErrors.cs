using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>Errors of reading a source to its end.</summary>
internal static class FeedErrors
{
    public static MigrationException StoreIdMissing(string path, long ordinal, long faissId) => new(
        ErrorIds.StoreIdsMissing,
        ErrorKind.InvalidData,
        $"Vector {ordinal} of {path} (id {faissId}) has no id in the store.",
        "Check that the store belongs to the index, or omit -IdFrom to use the ids of the index.",
        path);

    public static MigrationException EndedEarly(IndexDescription index, long at, long expected) => new(
        ErrorIds.IndexChanged, ErrorKind.InvalidData, $"{index.Path} ended at vector {at}, but had {Grouped.Of(expected)} vectors when it was opened.",
        "Make sure that nothing writes to the file during the migration. Then start again from the beginning.", index.Path)
    {
        VoidsProgress = true,
    };

    public static MigrationException NonFinite(IndexDescription source, long ordinal, long faissId, int component, float value) => new(
        ErrorIds.NonFiniteComponent,
        ErrorKind.InvalidData,
        $"Component {component} of {(source.OriginalsPath is string originals ? $"the original vector of id {faissId} in {originals}"
            : $"vector {ordinal} (id {faissId}) of {source.Path}")} is {ValueName(value)}"
            + (float.IsFinite(value) ? $", and the datatype Float16 holds at most {HalfRange.Greatest:0}. Qdrant would store infinity. "
                : ". Qdrant would store it and return wrong search results. ")
            + "Its batch was not sent.",
        float.IsFinite(value) ? "Use a collection with the datatype Float32, or skip such vectors with -SkipInvalid. Skipped vectors are counted and listed."
            : "Fix the vector, or skip such vectors with -SkipInvalid. Skipped vectors are counted and listed.",
        source.OriginalsPath ?? source.Path);

    /// <summary>Vectors that a Cosine collection cannot normalise.</summary>
    /// <param name="source">The index.</param>
    /// <param name="first">The first of them, with its norm.</param>
    /// <param name="others">How many more are known.</param>
    /// <param name="wasBatch">They were found as their batch was made; false where nothing has been created yet.</param>
    public static MigrationException NormLost(IndexDescription source, VectorOccurrence first, long others, bool wasBatch) => new(
        ErrorIds.NormNotNormalizable,
        ErrorKind.InvalidData,
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{(source.OriginalsPath is string originals ? $"The original vector of id {first.FaissId} in {originals}"
                : $"Vector {first.Ordinal} (id {first.FaissId}) of {source.Path}")} has norm {first.Value:G6}, which Cosine cannot use: "
            + $"{CosineNorm.Fate(first.Value)}.{(others == 0 ? string.Empty
                : others == 1 ? " Another vector of its batch has such a norm too." : $" {others:N0} more vectors of its batch have such norms.")}"
            + $"{(wasBatch ? " Its batch was not sent." : string.Empty)}"),
        "Fix the vector, skip such vectors with -SkipInvalid, or use another distance with -Distance. Skipped vectors are counted and listed.",
        source.OriginalsPath ?? source.Path);

    public static MigrationException PayloadMissing(string path, long ordinal, long faissId) => new(
        ErrorIds.PayloadKeysMissing,
        ErrorKind.Conflict,
        $"The payload file has no entry for vector {ordinal} (id {faissId}) of {path}. Its batch was not sent.",
        "Add it to the payload file, or use -OnMissingPayload Empty or -OnMissingPayload Skip.",
        path);

    public static MigrationException TooManyDuplicates(IndexDescription index, long most) => new(
        ErrorIds.TooManyDuplicateIds, ErrorKind.NotSupported, $"More than {Grouped.Of(most)} vectors of {index.Path} have an id that another vector has.",
        "Fix the index first. This many duplicates usually mean that it was built incorrectly.", index.Path);

    private static string ValueName(float value) => float.IsFinite(value) ? value.ToString("G7", System.Globalization.CultureInfo.InvariantCulture)
        : float.IsNaN(value) ? "NaN" : value > 0 ? "+Infinity" : "-Infinity";
}
