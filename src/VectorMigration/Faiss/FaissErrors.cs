using System.Text;
using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss;

/// <summary>Every error that an index file can give.</summary>
internal static class FaissErrors
{
    private const string CheckCopy = "Compare its length with the original's and copy it again.";

    public static MigrationException NotFound(string path) => new(
        ErrorIds.IndexNotFound, ErrorKind.NotFound, $"There is no file '{path}'.", "Check the path of the index.", path);

    public static MigrationException IsDirectory(string path) => new(
        ErrorIds.IndexIsDirectory, ErrorKind.InvalidArgument, $"'{path}' is a folder, not an index file.",
        "Name the index file in it; frameworks call it index.faiss, faiss.index or embeddings.", path);

    public static MigrationException CannotOpen(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => NotFound(path),
        UnauthorizedAccessException => new(
            ErrorIds.IndexAccessDenied, ErrorKind.Permission, $"'{path}' may not be read.", "Give yourself the right to read the file.", path, error),
        IOException => new(
            ErrorIds.IndexUnreadable, ErrorKind.Permission, $"'{path}' cannot be opened: {error.Message}",
            "Close the program that writes to it, or copy the file.", path, error),
        _ => new(
            ErrorIds.IndexUnreadable, ErrorKind.InvalidArgument, $"'{path}' cannot be opened as a file: {error.Message}",
            "Name a regular file.", path, error),
    };

    public static MigrationException CannotRead(string path, long offset, Exception error) => new(
        ErrorIds.IndexUnreadable, ErrorKind.ResourceUnavailable, $"'{path}' cannot be read at offset {offset}: {error.Message}",
        "Check the disk or the network share, then go on from the same place.", path, error)
    {
        Resumable = true,
    };

    public static MigrationException Changed(string path, string what) => new(
        ErrorIds.IndexChanged, ErrorKind.Conflict, $"'{path}' has changed while it was read: {what}.",
        "Start again from the beginning (not from an offset, nor from the journal) when nothing writes to the file any more.", path)
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
            + $"'{CodeText(code)}', which is one reversed.",
        "Write the index again on a little-endian machine (x86-64 or ARM64).", path);

    public static MigrationException UnknownKind(string path, string owner, long offset, uint code) => new(
        ErrorIds.UnknownIndexKind, ErrorKind.NotSupported,
        $"'{path}' is no index that is known here: at offset {offset}, field 'fourcc' of {owner}, expected the four-character code of an index, found "
            + $"'{CodeText(code)}' (0x{CodeHex(code)}).",
        "Check that the file is a FAISS index (faiss.read_index opens it); if it is, it was written by a FAISS newer than this version knows.", path);

    public static MigrationException Truncated(string path, string owner, string field, long offset, string expected, long found) => new(
        ErrorIds.IndexTruncated, ErrorKind.InvalidData,
        $"'{path}' is cut short: at offset {offset}, field '{field}' of {owner}, expected {expected}, found {found} {(found == 1 ? "byte" : "bytes")} "
            + $"before the end of the file.",
        CheckCopy, path);

    public static MigrationException Invalid(string path, string owner, string field, long offset, string expected, string found) => new(
        ErrorIds.IndexInvalid, ErrorKind.InvalidData,
        $"'{path}' is damaged: at offset {offset}, field '{field}' of {owner}, expected {expected}, found {found}.",
        "Check that faiss.read_index opens it; if it does, report the file's kind and this message, otherwise copy or build it again.", path);

    public static MigrationException Unsupported(IndexDescription description) => new(
        ErrorIds.UnsupportedIndexKind, ErrorKind.NotSupported, $"'{description.Path}' cannot be read: {description.UnsupportedReason}",
            UnsupportedAction(description), description.Path);

    public static MigrationException ListFileName(string path, long offset, string found) => new(
        ErrorIds.ListFileInvalid, ErrorKind.InvalidData,
        $"'{path}' keeps its inverted lists in another file: at offset {offset}, field 'filename' of OnDiskInvertedLists, expected the name of a file "
            + $"beside the index, found {found}.",
        "Name the file of the lists with -ListPath (--list-path), or write the index again in Python with faiss.write_index after merging the lists.", path);

    public static MigrationException ListFileMissing(string path, long offset, string name) => new(
        ErrorIds.ListFileMissing, ErrorKind.NotFound,
        $"'{path}' keeps its inverted lists in another file: at offset {offset}, field 'filename' of OnDiskInvertedLists, expected '{name}' in the same "
            + $"folder, found no file of that name.",
        $"Copy '{name}' into the folder of the index, or name the file with -ListPath (--list-path).", path);

    public static MigrationException NamedListFileMissing(string path, long offset, string named, bool isFolder) => new(
        ErrorIds.ListFileMissing, ErrorKind.NotFound,
        $"'{path}' keeps its inverted lists in another file: at offset {offset}, field 'filename' of OnDiskInvertedLists, expected the file '{named}', found "
            + $"{(isFolder ? "a folder" : "no such file")}.",
        "Check the path that -ListPath (--list-path) names.", named);

    public static MigrationException ListFileElsewhere(string path, long offset, string name, string found) => new(
        ErrorIds.ListFileInvalid, ErrorKind.Permission,
        $"'{path}' keeps its inverted lists in '{name}': at offset {offset}, field 'filename' of OnDiskInvertedLists, expected a regular file in the "
            + $"same folder, found {found}.",
        $"Name the file with -ListPath (--list-path), or put '{name}' itself into the folder of the index.", path);

    public static MigrationException ListFileTooShort(string path, string dataFile, long offset, string field, string expected, long found) => new(
        ErrorIds.ListFileInvalid, ErrorKind.InvalidData,
        $"'{dataFile}', which holds the inverted lists of '{path}', does not fit the index: at offset {offset} of the index, field '{field}' of "
            + $"OnDiskInvertedLists, expected {expected}, found {found} bytes.",
        "Copy index and lists again, both from the same build.", path);

    public static MigrationException IdOutsideMap(string path, long ordinal, long offset, long id, long mapLength) => new(
        ErrorIds.IdOutOfRange, ErrorKind.InvalidData,
        $"'{path}' is damaged: at offset {offset}, field 'id' of vector {ordinal}, expected an inner id within the id map of {mapLength} ids, found {id}.",
        "The index was damaged, or changed after it was wrapped in IndexIDMap; build it again.", path);

    public static string CodeText(uint code)
    {
        StringBuilder text = new(4);
        for (int i = 0; i < 4; i++)
        {
            char c = (char)((code >> (8 * i)) & 0xFF);
            text.Append(c is >= ' ' and < (char)127 ? c : '.');
        }

        return text.ToString();
    }

    private static string CodeHex(uint code) => $"{code & 0xFF:X2}{(code >> 8) & 0xFF:X2}{(code >> 16) & 0xFF:X2}{code >> 24:X2}";

    private static string UnsupportedAction(IndexDescription description) => description.Fidelity switch
    {
        Fidelity.NotRecoverable => "Embed the original texts or images again and write the vectors as IndexFlat.",
        Fidelity.Approximate => "Best: write the original vectors as IndexFlat (IndexIDMap over it for ids of your own). Second best: decode in Python "
            + "with reconstruct_n and write an IndexFlat.",
        _ => "In Python, take the vectors out (reconstruct_n) and write them as IndexFlat, with IndexIDMap over it for ids of your own.",
    };
}
