using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Input;

/// <summary>Every error that an index file can give.</summary>
internal static class FaissErrors
{
    /// <summary>The one kind of which an old layout is refused, and the present one read.</summary>
    private const string OldFastScan = "RaBitQFastScan";

    private const string CheckCopy = "Compare its size with the original file, then copy it again.";

    public static MigrationException NotFound(string path) => new(
        ErrorIds.IndexNotFound, ErrorKind.NotFound, $"There is no file '{path}'.", "Check the path of the index.", path);

    public static MigrationException IsDirectory(string path) => new(
        ErrorIds.IndexIsDirectory, ErrorKind.InvalidArgument, $"'{path}' is a folder, not an index file.",
        "Name the index file in the folder. Frameworks call it index.faiss, faiss.index or embeddings.", path);

    public static MigrationException CannotOpen(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => NotFound(path),
        UnauthorizedAccessException => new(
            ErrorIds.IndexAccessDenied, ErrorKind.Permission, $"Access to '{path}' is denied.", "Give this user permission to read the file.", path, error),
        IOException => new(
            ErrorIds.IndexUnreadable, ErrorKind.Permission, $"'{path}' cannot be opened: {error.Message}",
            HeldFile.IsHeld(error) ? "Close the program that has the file open, or work on a copy of the file." : "Check the path, and the disk or the "
                + "network share.", path, error),
        _ => new(
            ErrorIds.IndexUnreadable, ErrorKind.InvalidArgument, $"'{path}' cannot be opened as a file: {error.Message}",
            "Name a regular file.", path, error),
    };

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

    public static MigrationException Empty(string path) => new(
        ErrorIds.IndexEmpty, ErrorKind.InvalidData, $"'{path}' is empty: at offset 0, field 'fourcc', expected a FAISS index, found 0 bytes.", CheckCopy, path);

    public static MigrationException TooShort(string path, long length) => new(
        ErrorIds.IndexTooShort, ErrorKind.InvalidData, $"'{path}' is too short for a FAISS index: at offset 0, field 'fourcc', expected at least 4 "
            + $"bytes, found {length}.", CheckCopy, path);

    public static MigrationException NotAnIndex(string path, string found, string action) => new(
        ErrorIds.NotAnIndex, ErrorKind.InvalidData, $"'{path}' is not a FAISS index: at offset 0, field 'fourcc', expected the four-character code of an "
            + $"index, found {found}.", action, path);

    public static MigrationException BigEndian(string path, uint code) => new(
        ErrorIds.BigEndianIndex, ErrorKind.NotSupported,
        $"'{path}' was written on a big-endian machine: at offset 0, field 'fourcc', expected the four-character code of an index, found "
            + $"'{FourCharacters.Text(code)}', which is a reversed code.",
        "Write the index again on a little-endian machine (x86-64 or ARM64).", path);

    public static MigrationException UnknownKind(string path, string owner, long offset, uint code) => new(
        ErrorIds.UnknownIndexKind, ErrorKind.NotSupported,
        $"'{path}' is not a known kind of index: at offset {offset}, field 'fourcc' of {owner}, expected the four-character code of an index, found "
            + $"'{FourCharacters.Text(code)}' (0x{FourCharacters.Hex(code)})"
            + $"{(FaissReleases.Find(code) is string release ? $", the code of another part of an index since FAISS {release}" : string.Empty)}.",
        $"All kinds of FAISS {FaissReleases.Oldest} to {FaissReleases.Newest} are known. If faiss.read_index opens the file, a newer version wrote it, "
            + "or a build with kinds of its own. In that case, migrate the original vectors: write them with numpy.save('vectors.npy', vectors), "
            + "and name that file. Otherwise copy the index again.",
        path);

    public static MigrationException Truncated(string path, string owner, string field, long offset, string expected, long found) => new(
        ErrorIds.IndexTruncated, ErrorKind.InvalidData,
        $"'{path}' is cut short: at offset {offset}, field '{field}' of {owner}, expected {expected}, found {found} {(found == 1 ? "byte" : "bytes")} "
            + $"before the end of the file.",
        CheckCopy, path);

    public static MigrationException Invalid(string path, string owner, string field, long offset, string expected, string found) => new(
        ErrorIds.IndexInvalid, ErrorKind.InvalidData,
        $"'{path}' is damaged: at offset {offset}, field '{field}' of {owner}, expected {expected}, found {found}.",
        "Check that faiss.read_index opens the file. If it does, report its kind and this message. Otherwise copy or build it again.", path);

    public static MigrationException Unsupported(IndexDescription description) => new(
        ErrorIds.UnsupportedIndexKind, ErrorKind.NotSupported, $"'{description.Path}' cannot be read: {description.UnsupportedReason}",
            UnsupportedAction(description), description.Path);

    public static MigrationException NotExact(IndexDescription description) => new(
        ErrorIds.VectorsNotExact, ErrorKind.NotSupported,
        $"'{description.Path}' is {description.Kind}, which stores "
            + (description.Codec is string codec ? $"codes ({codec}). Decoded vectors are close to the originals, but not equal."
                : "vectors that a transform changed. The originals cannot be restored from them exactly."),
        "If the original vectors still exist, specify their file with -OriginalVectors. Otherwise specify -AllowDecoded to use "
            + (description.Codec is null ? "the vectors as the index holds them." : "the decoded vectors."),
        description.Path);

    public static MigrationException ListFileName(string path, long offset, string found) => new(
        ErrorIds.ListFileInvalid, ErrorKind.InvalidData,
        $"'{path}' keeps its inverted lists in another file: at offset {offset}, field 'filename' of OnDiskInvertedLists, expected the name of a file "
            + $"next to the index, found {found}.",
        "Specify the file with the lists with -ListPath, or put it next to the index under its own name. Or merge the lists in Python and write "
            + "the index again with faiss.write_index.", path);

    public static MigrationException ListFileMissing(string path, long offset, string name) => new(
        ErrorIds.ListFileMissing, ErrorKind.NotFound,
        $"'{path}' keeps its inverted lists in another file: at offset {offset}, field 'filename' of OnDiskInvertedLists, expected '{name}' in the same "
            + $"folder, found no file of that name.",
        $"Copy '{name}' into the folder of the index, or specify the file with -ListPath.", path);

    public static MigrationException NamedListFileMissing(string path, long offset, string named, bool isFolder) => new(
        ErrorIds.ListFileMissing, ErrorKind.NotFound,
        $"'{path}' keeps its inverted lists in another file: at offset {offset}, field 'filename' of OnDiskInvertedLists, expected the file '{named}', found "
            + $"{(isFolder ? "a folder" : "no such file")}.",
        "Check the path of -ListPath.", named);

    public static MigrationException ListFileElsewhere(string path, long offset, string name, string found) => new(
        ErrorIds.ListFileInvalid, ErrorKind.Permission,
        $"'{path}' keeps its inverted lists in '{name}': at offset {offset}, field 'filename' of OnDiskInvertedLists, expected a regular file in the "
            + $"same folder, found {found}.",
        $"Specify the file with -ListPath, or put the file '{name}' itself, not a link to it, into the folder of the index.", path);

    public static MigrationException ListFileTooShort(string path, string dataFile, long offset, string field, string expected, long found) => new(
        ErrorIds.ListFileInvalid, ErrorKind.InvalidData,
        $"'{dataFile}', which holds the inverted lists of '{path}', does not fit the index: at offset {offset} of the index, field '{field}' of "
            + $"OnDiskInvertedLists, expected {expected}, found {found} bytes.",
        "Copy the index and its lists again, both from the same build.", path);

    public static MigrationException IdOutsideCodes(string path, long ordinal, long offset, long id, long count) => new(
        ErrorIds.IdOutOfRange, ErrorKind.InvalidData,
        $"'{path}' is damaged: at offset {offset}, field 'id' of vector {ordinal}, expected an id below {count}, the number of refinements, found {id}.",
        "IndexIVFPQR refines vectors by their ids, which must be 0 to n - 1. Build the index again without ids of your own.", path);

    public static MigrationException DuplicateOfNothing(string path, long ordinal, long offset, long id) => new(
        ErrorIds.IdOutOfRange, ErrorKind.InvalidData,
        $"'{path}' is damaged: at offset {offset}, field 'instances' of vector {ordinal}, expected an id that is in the inverted lists, found {id}.",
        "Copy the index again, or build it again.", path);

    public static MigrationException IdOutsideMap(string path, long ordinal, long offset, long id, long mapLength) => new(
        ErrorIds.IdOutOfRange, ErrorKind.InvalidData,
        $"'{path}' is damaged: at offset {offset}, field 'id' of vector {ordinal}, expected an inner id within the id map of {mapLength} ids, found {id}.",
        "The index is damaged, or was changed after it was wrapped in IndexIDMap. Build it again.", path);

    /// <summary>
    /// Never <c>reconstruct_n</c>: of several kinds FAISS itself gives wrong vectors by it, of some none, and of some the interpreter dies (reference 1.10).
    /// </summary>
    private static string UnsupportedAction(IndexDescription description) =>
        description.Kind.Contains(OldFastScan, StringComparison.Ordinal) && description.Fidelity != Fidelity.NotRecoverable
            ? "Write the index again with FAISS 1.14 or later: faiss.write_index(faiss.read_index('old.faiss'), 'new.faiss'). It opens files of FAISS "
                + "1.13.2, but none of 1.13.0 and 1.13.1. If it does not open this one, write the original vectors as IndexFlat."
        : description.Fidelity == Fidelity.NotRecoverable
        ? "Embed the original texts or images again, and write the vectors as IndexFlat."
        : "Write the original vectors as IndexFlat, with IndexIDMap over it for your own ids. If they are lost, embed the texts or images again.";
}
