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
        "Check that store and index belong together, or take the ids of the index: leave -IdFrom (--id-from) out.",
        path);

    public static MigrationException EndedEarly(IndexDescription index, long at, long expected) => new(
        ErrorIds.IndexChanged, ErrorKind.InvalidData, $"{index.Path} ended at vector {at}; {expected} were there when it was opened.",
            "See that nobody writes to the file while it is being migrated, then run again from the beginning.", index.Path)
    {
        VoidsProgress = true,
    };

    public static MigrationException NonFinite(string path, long ordinal, long faissId, int component, float value) => new(
        ErrorIds.NonFiniteComponent,
        ErrorKind.InvalidData,
        $"Vector {ordinal} (id {faissId}) of {path} has {ValueName(value)} as component {component}; Qdrant would store it and answer every search "
            + $"wrong. Nothing of its batch was sent.",
        "Mend the vector, or say -SkipInvalid (--skip-invalid) to leave such vectors out, counted and listed.",
        path);

    public static MigrationException PayloadMissing(string path, long ordinal, long faissId) => new(
        ErrorIds.PayloadKeysMissing,
        ErrorKind.Conflict,
        $"The payload file has nothing for vector {ordinal} (id {faissId}) of {path}. Nothing of its batch was sent.",
        "Add it to the payload file, or say -OnMissingPayload Empty or Skip (--on-missing-payload empty or skip).",
        path);

    public static MigrationException TooManyDuplicates(IndexDescription index, long most) => new(
        ErrorIds.TooManyDuplicateIds, ErrorKind.NotSupported, $"More than {most} vectors of {index.Path} repeat an id that another one has.",
            "Mend the index first: an index like that is hardly what it was meant to be.", index.Path);

    private static string ValueName(float value) => float.IsNaN(value) ? "NaN" : value > 0 ? "+Infinity" : "-Infinity";
}
