using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>The errors of whole stores: those of their documents name document and key, never a value.</summary>
internal static class StoreErrors
{
    public static MigrationException IsDirectory(string path) => new(
        ErrorIds.PayloadIsDirectory, ErrorKind.InvalidArgument, $"{path} is a folder. Expected the file of a store.", "Name the file in the folder.", path);

    public static MigrationException Unexpected(string file, string expected, string found) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"{file} is not what LangChain writes: expected {expected}, found {found}.",
        "Save the store again with save_local, or name the right file.",
        file);

    public static MigrationException NoIndexInFolder(string folder, string? inner) => new(
        ErrorIds.IndexIsDirectory,
        ErrorKind.InvalidArgument,
        $"'{folder}' is a folder without a FAISS index.",
        inner is not null ? $"The folder '{inner}' in it has one: name {Path.Combine(folder, inner)}."
            : "Name the index file, or the folder that contains it. Frameworks call it index.faiss, faiss.index or embeddings.",
        folder);

    public static MigrationException SeveralIndexes(string folder, IReadOnlyList<string> indexes, int most) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"'{folder}' contains {indexes.Count} FAISS indexes: {Names(indexes, most)}; expected one.",
        "Name the index file itself.",
        folder);

    public static MigrationException NoIndexBeside(string store) => new(
        ErrorIds.IndexNotFound,
        ErrorKind.NotFound,
        $"'{store}' contains the documents of a store, but there is no FAISS index next to it.",
        "Put index.faiss into the same folder. Or name the index, and name this file with -PayloadPath.",
        store);

    public static MigrationException IndexNotCopied(string pickle, string folder, Exception inner) => new(
        ErrorIds.PayloadTableFailed,
        ErrorKind.ResourceUnavailable,
        $"The index in '{pickle}' cannot be copied to '{folder}': {inner.Message}",
        "Check permissions and free disk space in the temporary folder, or set TMPDIR to another folder. Then run the same command again.",
        pickle,
        inner);

    public static MigrationException UnpacksToMore(string file, long most) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotSupported,
        $"'{file}' is compressed with gzip, and decompresses to more than {Grouped.Of(most)} bytes. For the size of the file, this is not allowed.",
        "If the file is yours, decompress it with gunzip, and name the decompressed file with -PayloadPath.",
        file);

    public static MigrationException PackedDamaged(string file) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"'{file}' is compressed with gzip, but damaged.",
        "Copy the file again from its source. 'gzip -t' shows whether a copy is sound.",
        file);

    public static MigrationException NotUnpacked(string file, Exception inner) => new(
        ErrorIds.PayloadTableFailed,
        ErrorKind.ResourceUnavailable,
        $"'{file}' cannot be decompressed to a private folder: {inner.Message}",
        "Check permissions and free disk space in the temporary folder, or set TMPDIR to another folder. Then run the same command again.",
        file,
        inner);

    public static MigrationException SeveralStores(string index, IReadOnlyList<string> stores, int most) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"No store next to '{index}' has its name, and it is unknown which of these belongs to it: {Names(stores, most)}.",
        "Name the right one with -PayloadPath, or migrate without the texts with -NoStore.",
        index);

    /// <summary>A file with the name of no index could hold the texts of several.</summary>
    /// <param name="index">Path of the index.</param>
    /// <param name="file">The file.</param>
    /// <param name="count">Its entries, and vectors of the index.</param>
    /// <param name="others">Other indexes that it could belong to; it may be none of them either.</param>
    public static MigrationException OfSeveralIndexes(string index, string file, long count, IReadOnlyList<string> others) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"'{file}' has {Grouped.Of(count)} entries, as many as '{Path.GetFileName(index)}' has vectors"
            + (others.Count == 0 ? ". Its name belongs to none of the indexes in the folder, so that it is unknown whose texts it holds."
                : $". It could hold the texts of {Names(others, 5)} instead, and its name does not tell."),
        "If it holds the texts of this index, name it with -PayloadPath. If the texts are in another store, name it with -StorePath. If not, use -NoStore.",
        file);

    /// <summary>A file that may hold the texts of an index, and cannot be taken for them: they are not left out in silence.</summary>
    public static MigrationException NotUsed(string index, UnusedFile file) => new(
        file.Error?.ErrorId ?? ErrorIds.StoreInvalid,
        file.Error?.Kind ?? ErrorKind.Conflict,
        file.Error is MigrationException error
            ? $"{file.Path} was found next to {index}, but it cannot be read. {error.Message}{(file.Fits ? $" Found: {file.Why}." : string.Empty)}"
            : $"{file.Path} was found next to {index}, but its texts cannot be sent: {file.Why}.",
        file.Advice ?? (file.Error is { ErrorId: ErrorIds.StoreValueRefused, RecommendedAction: string action }
            ? $"{action} If the file does not belong to the index, use -NoStore."
            : "If it holds the texts of the index, write them as JSON Lines with one object per vector, and name that file with -PayloadPath. "
            + "If the texts are in another store, name it with -StorePath. If the index has no texts, use -NoStore."),
        file.Path);

    /// <summary>The same of a file that is probably something else: it is told.</summary>
    /// <param name="index">Path of the index.</param>
    /// <param name="file">The file.</param>
    /// <param name="store">The store whose texts are sent; null for none.</param>
    public static string NotUsedNote(string index, UnusedFile file, string? store = null) => store is null
        ? $"{file.Path} next to {index} is not sent: {file.Why}. If it holds the texts of the index, name it with -PayloadPath."
        : $"{file.Path} next to {index} is not sent: {file.Why}. The texts of {Path.GetFileName(store)} are sent. To send those of this file "
            + "instead, name it with -PayloadPath.";

    public static MigrationException NoStoreIn(string folder) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotFound,
        $"'{folder}' contains no store that belongs to this index.",
        "Name the folder or the file in which the framework saved the documents.",
        folder);

    public static MigrationException NoStore(string file) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidArgument,
        $"'{file}' is neither a store of a framework, nor a list, nor a SQLite database.",
        "Use -StorePath only for a store. For a JSON Lines file, use -PayloadPath.",
        file);

    public static MigrationException Hdf5(string index, string metadata) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotSupported,
        $"The metadata of '{index}' is in '{Path.GetFileName(metadata)}', an HDF5 file. Metadata in HDF5 is not supported, and there is no folder "
            + "'metadata' with the Parquet files that clip-retrieval makes it from.",
        "Copy that folder next to the index, or name it with -PayloadPath. To migrate without metadata, use -NoStore.",
        metadata);

    public static MigrationException StorePathNotApplicable(string other) => new(
        ErrorIds.StorePathNotApplicable,
        ErrorKind.InvalidArgument,
        $"-StorePath cannot be combined with {other}.",
        "Use only one of the two.");

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
    public static MigrationException DocumentRefused(string file, PickleText document, RowFault fault) =>
        Json.JsonErrors.Refused(file, $"the document '{PickleErrors.Clean(document)}'", fault);

    public static MigrationException IntegerTooLarge(string file, PickleText document, string key) => new(
        ErrorIds.PayloadIntegerTooLarge,
        ErrorKind.InvalidData,
        $"{file}: the document '{PickleErrors.Clean(document)}' has in '{key}' a whole number beyond 64 bits, which Qdrant cannot store "
            + "exactly.",
        "Send such numbers as strings with -LargeInteger Text.",
        file);

    public static MigrationException DocumentTooLarge(string file, PickleText document, long most) => new(
        ErrorIds.StoreValueRefused,
        ErrorKind.InvalidData,
        $"{file}: the document '{PickleErrors.Clean(document)}' takes more than {Grouped.Of(most)} bytes as JSON.",
        "Split the document. It is too large for a Qdrant payload.",
        file);

    public static MigrationException StoreTooLarge(string file, long most) => new(
        ErrorIds.PickleTooLarge,
        ErrorKind.NotSupported,
        $"The documents of {file} take more than {Grouped.Of(most)} bytes as JSON. For the size of the file, this is so much that it looks like an attack.",
        "No framework writes such a store. If it is yours, save it again without values that all documents share.",
        file);
}
