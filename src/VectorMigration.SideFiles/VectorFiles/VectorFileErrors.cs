namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>The errors of files of vectors.</summary>
internal static class VectorFileErrors
{
    public static MigrationException Invalid(string path, string form, string found) => new(
        ErrorIds.IndexInvalid, ErrorKind.InvalidData, $"'{path}' is damaged, or not a {form}: {found}.",
        "Write the file again with the program that made it, or copy it again.", path);

    public static MigrationException NotSupported(string path, string found, string action) => new(
        ErrorIds.UnsupportedIndexKind, ErrorKind.NotSupported, $"'{path}' has {found}, which is not supported.", action, path);

    public static MigrationException NoVectors(string path, string found) => new(
        ErrorIds.UnsupportedIndexKind, ErrorKind.InvalidData, $"'{path}' holds no vectors: {found}.",
        "Name a FAISS index, or a file with one array of vectors: .npy, .npz, .fvecs, .bvecs, Parquet or HDF5.", path);

    public static MigrationException ArrayUnsuitable(string path, string array, string types, string action) => new(
        ErrorIds.UnsupportedIndexKind, ErrorKind.InvalidData,
        $"'{path}' is {array}. Expected an array of {types} with two dimensions, one row for each vector.", action, path);

    public static MigrationException SeveralArrays(
        string path, string what, IReadOnlyList<string> names, string action = "Write a file with one of them.") => new(
        ErrorIds.UnsupportedIndexKind, ErrorKind.InvalidArgument,
        $"'{path}' has {names.Count} {what} that could be the vectors: {string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", …" : string.Empty)}.",
        action, path);

    public static MigrationException DimensionsDiffer(string first, int dimension, string other, int found) => new(
        ErrorIds.IndexInvalid, ErrorKind.InvalidData,
        $"'{other}' has vectors of {Grouped.Of(found)} components, and '{first}' has vectors of {Grouped.Of(dimension)}. All files of a folder must "
            + "have the same dimension.",
        "Move the files that do not belong together into folders of their own.", other);

    public static MigrationException CannotRead(string path, long offset, Exception error) => new(
        ErrorIds.IndexUnreadable, ErrorKind.ResourceUnavailable, $"'{path}' cannot be read at offset {offset}: {error.Message}",
        "Check the disk or the network share. Then run the same command again.", path, error)
    {
        Resumable = true,
    };

    public static MigrationException Changed(string path, string what) => new(
        ErrorIds.IndexChanged, ErrorKind.Conflict, $"'{path}' changed while it was read: {what}.",
        "Make sure that nothing writes to the file. Then start again from the beginning, with -Restart and without -Skip.", path)
    {
        VoidsProgress = true,
    };

    public static MigrationException ArchiveTooLarge(string path, string entry, long most) => new(
        ErrorIds.UnsupportedIndexKind, ErrorKind.NotSupported,
        $"'{entry}' in '{path}' takes more than {Grouped.Of(most)} bytes when it is unpacked. For the size of the file, this is so much that it looks "
            + "like an attack.",
        "If the file is yours, write the array as .npy.", path);
}
