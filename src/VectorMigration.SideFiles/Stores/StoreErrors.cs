using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>The errors of whole stores: those of their documents name document and key, never a value.</summary>
internal static class StoreErrors
{
    public static MigrationException IsDirectory(string path) => new(
        ErrorIds.PayloadIsDirectory, ErrorKind.InvalidArgument, $"{path} is a directory, expected the file of a store.", "Name the file in it.", path);

    public static MigrationException Unexpected(string file, string expected, string found) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"{file} is not what LangChain writes: expected {expected}, found {found}.",
        "Save the store again with save_local, or name the file that belongs to it.",
        file);

    public static MigrationException NoIndexInFolder(string folder) => new(
        ErrorIds.IndexIsDirectory,
        ErrorKind.InvalidArgument,
        $"'{folder}' is a folder without a FAISS index.",
        "Name the index file, or the folder that holds it; frameworks call it index.faiss, faiss.index or embeddings.",
        folder);

    public static MigrationException SeveralIndexes(string folder, IReadOnlyList<string> indexes, int most) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"'{folder}' holds {indexes.Count} FAISS indexes: {Names(indexes, most)}; expected one.",
        "Name the index file itself.",
        folder);

    public static MigrationException NoIndexBeside(string store) => new(
        ErrorIds.IndexNotFound,
        ErrorKind.NotFound,
        $"'{store}' holds the documents of a store, and there is no FAISS index beside it.",
        "Put index.faiss into the same folder, or name the index and give this file with -PayloadPath.",
        store);

    public static MigrationException IndexNotCopied(string pickle, string folder, Exception inner) => new(
        ErrorIds.PayloadTableFailed,
        ErrorKind.ResourceUnavailable,
        $"The index in '{pickle}' cannot be copied to '{folder}': {inner.Message}",
        "Make room in the folder for temporary files, or name another one (TMPDIR), then run the same command again.",
        pickle,
        inner);

    public static MigrationException SeveralStores(string index, IReadOnlyList<string> stores, int most) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"No store beside '{index}' has its name, and which of these belongs to it is not certain: {Names(stores, most)}.",
        "Name the one that belongs to it with -PayloadPath, or leave the texts behind with -NoStore.",
        index);

    public static MigrationException NoStoreIn(string folder) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotFound,
        $"'{folder}' holds no store that belongs to this index.",
        "Name the folder or the file that the framework saved the documents in.",
        folder);

    public static MigrationException NoStore(string file) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidArgument,
        $"'{file}' is no store that a framework saved, no list and no SQLite database.",
        "-StorePath names a store. A file of JSON Lines is named with -PayloadPath.",
        file);

    public static MigrationException StorePathNotApplicable(string other) => new(
        ErrorIds.StorePathNotApplicable,
        ErrorKind.InvalidArgument,
        $"-StorePath names the store whose texts are to travel, and {other} says otherwise.",
        "Give one of the two.");

    private static string Names(IReadOnlyList<string> files, int most) =>
        string.Join(", ", files.Take(most).Select(static file => Path.GetFileName(file))) + (files.Count > most ? ", …" : string.Empty);

    /// <summary>Something that is no data where the store's own parts should be.</summary>
    public static MigrationException NoData(string file, string where, PickleValue value) => PickleErrors.NoData(file, where, value);

    /// <summary>Something that is no data in a document.</summary>
    public static MigrationException NoData(string file, PickleText document, string key, PickleValue value) =>
        PickleErrors.NoData(file, $"'{key}' of the document '{PickleErrors.Clean(document)}'", value);

    public static MigrationException ValueRefused(string file, PickleText document, string key, string found, string action) => new(
        ErrorIds.StoreValueRefused,
        ErrorKind.InvalidData,
        $"{file}: the document '{PickleErrors.Clean(document)}' has in '{key}' {found}.",
        action,
        file);

    /// <summary>A document that Qdrant would not keep as what it is.</summary>
    public static MigrationException DocumentRefused(string file, PickleText document, RowFault fault) => new(
        fault.ErrorId,
        ErrorKind.InvalidData,
        $"{file}: the document '{PickleErrors.Clean(document)}' as JSON: {fault.Found}.",
        fault.ErrorId == ErrorIds.PayloadRowInvalid ? "Change the document, or leave the payload out." : fault.Action,
        file);

    public static MigrationException IntegerTooLarge(string file, PickleText document, string key) => new(
        ErrorIds.PayloadIntegerTooLarge,
        ErrorKind.InvalidData,
        $"{file}: the document '{PickleErrors.Clean(document)}' has in '{key}' a whole number beyond 64 bits; Qdrant has no such numbers, "
            + "and the nearest double is another number.",
        "Keep such numbers as texts of the same digits with -LargeInteger Text.",
        file);

    public static MigrationException DocumentTooLarge(string file, PickleText document, long most) => new(
        ErrorIds.StoreValueRefused,
        ErrorKind.InvalidData,
        $"{file}: the document '{PickleErrors.Clean(document)}' takes more than {most} bytes as JSON.",
        "Split the document. A payload of that size is none for Qdrant.",
        file);

    public static MigrationException StoreTooLarge(string file, long most) => new(
        ErrorIds.PickleTooLarge,
        ErrorKind.NotSupported,
        $"The documents of {file} take more than {most} bytes as JSON, so many times the file that it was made for that.",
        "No framework writes such a store. If it is yours, save it again without values that all documents share.",
        file);
}
