namespace VectorMigration.SideFiles.Stores.Txtai;

/// <summary>The errors of txtai's stores.</summary>
internal static class TxtaiErrors
{
    public static MigrationException OtherBackend(string config, string backend) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotSupported,
        $"{config} states that this txtai index was written by the backend '{backend}'. Only indexes of the backend 'faiss' are read.",
        "Index the texts again with the backend 'faiss'.",
        config);

    public static MigrationException OtherContent(string config, string content) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotSupported,
        $"{config} states that the texts of this index are in a database of the kind '{content}'. Only SQLite files are read.",
        "Save the index with content=True, which uses SQLite, or migrate without the texts with -NoStore.",
        config);

    /// <summary>Sections whose id an earlier section has too: a warning.</summary>
    public static string RepeatedIds(string file, long repeated) =>
        $"{Grouped.Of(repeated)} {(repeated == 1 ? "section" : "sections")} in {file} {(repeated == 1 ? "has" : "have")} the id of an earlier section. "
            + "Each vector gets its own text, and the fields of the document with this id.";

    public static MigrationException PartMissing(string config, string name) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotFound,
        $"{config} belongs to a store of txtai, but its file '{name}' is not next to it.",
        $"Copy '{name}' into the same folder, or migrate without the texts with -NoStore.",
        config);
}
