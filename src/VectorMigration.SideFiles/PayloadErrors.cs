namespace VectorMigration.SideFiles;

/// <summary>The errors of payload files, all of them.</summary>
internal static class PayloadErrors
{
    // No way to rewrite the file is suggested here: the order of the lines cannot be checked, so a key is the safe way.
    private const string OneObjectALine = "Write it as JSON Lines, one object per line. Put the FAISS id into a field of each object, and name that field "
        + "with -PayloadKey. Without a key, line n must belong to the n-th vector added.";

    public static MigrationException Missing(string path) => new(
        ErrorIds.PayloadFileMissing, ErrorKind.NotFound, $"There is no payload file {path}.", "Check the path.", path);

    public static MigrationException IsDirectory(string path) => new(
        ErrorIds.PayloadIsDirectory, ErrorKind.InvalidArgument, $"{path} is a folder. Expected a file with one JSON object per line (.jsonl).",
            "Name the file in the folder.", path);

    public static MigrationException Unreadable(string path, Exception inner) => new(
        ErrorIds.PayloadFileUnreadable, inner is UnauthorizedAccessException ? ErrorKind.Permission : ErrorKind.InvalidData,
        $"The payload file {path} cannot be read: {inner.Message}", "Check that this user has permission to read the file, and that the disk "
            + "works.", path, inner);

    public static MigrationException Changed(string path, string what) => new(
        ErrorIds.PayloadFileChanged, ErrorKind.InvalidData,
        $"The payload file {path} changed while it was read: {what}.",
        "Make sure that nothing writes to the file. Then start again from the beginning, with -Restart and without -Skip.", path)
    {
        VoidsProgress = true,
    };

    public static MigrationException NotUtf8(string path, string found) => new(
        ErrorIds.PayloadNotUtf8, ErrorKind.InvalidData, $"The payload file {path} is not UTF-8 text: {found}.", "Save it as UTF-8, one JSON object per line.",
            path);

    public static MigrationException OtherForm(string path, string found, string action = OneObjectALine) => new(
        ErrorIds.PayloadNotJsonLines, ErrorKind.InvalidData, $"The payload file {path} is {found}; expected JSON Lines with one "
            + "JSON object per line, a JSON array, CSV, Parquet, Arrow, SQLite, or the store of a framework.", action, path);

    public static MigrationException OfVectors(string path) => OtherForm(path, "a file of vectors",
        "Name the file that holds the texts or metadata. To take the original vectors of the index from this file, use -OriginalVectors.");

    public static MigrationException NotRegular(string path) => new(
        ErrorIds.PayloadNotRegularFile,
        ErrorKind.InvalidArgument,
        $"{path} is a pipe or a device. A payload must be a regular file, because it is read more than once.",
        "Write the payload to a file first, and name that file.",
        path);

    public static MigrationException NoLayouts(string path, PayloadLayout layout) => new(
        ErrorIds.PayloadMappingInvalid,
        ErrorKind.InvalidArgument,
        $"{path} is not a store for which LangChain or LlamaIndex have a {layout} layout.",
        "Omit -PayloadLayout, or rename fields with -RenamePayload.",
        path);

    public static MigrationException RowInvalid(string path, long line, RowFault fault) => new(
        fault.ErrorId, ErrorKind.InvalidData, $"{path}, line {line}: {fault.Found}.", fault.Action, path);

    public static MigrationException KeyRepeated(string path, string field, long key, long first, long second, long repeated) => new(
        ErrorIds.PayloadKeyRepeated,
        ErrorKind.InvalidData,
        $"{path}: the FAISS id {key} is in the field '{field}' of line {first} and of line {second}; {Grouped.Of(repeated)} "
            + $"{(repeated == 1 ? "line repeats" : "lines repeat")} an id of another line.",
        "Keep one line for each vector.",
        path);

    public static MigrationException SpillFailed(Exception inner) => new(
        ErrorIds.PayloadTableFailed,
        ErrorKind.ResourceUnavailable,
        $"The temporary table of payload positions cannot be written or read: {inner.Message}",
        "Check permissions and free disk space in the folder of the journal and in the temporary folder. The table takes up to 32 bytes per line.",
        null,
        inner);

    /// <summary>The same, of work without a result.</summary>
    public static void GuardSpill(Action work) => GuardSpill(() =>
    {
        work();
        return true;
    });

    /// <summary>Works with a table on the disk; what the disk says becomes an error of its own.</summary>
    public static T GuardSpill<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SpillFailed(error);
        }
    }

    public static MigrationException RowBlank(string path, long line) => new(
        ErrorIds.PayloadRowBlank, ErrorKind.InvalidData,
        $"{path}, line {line}: expected one JSON object, found a blank line, and more lines follow.",
        "Write {} for a vector without a payload. Do not remove the line: later payloads would move to other vectors.", path);

    public static MigrationException LineTooLong(string path, long line, int most) => new(
        ErrorIds.PayloadLineTooLong, ErrorKind.InvalidData,
        $"{path}, line {line}: expected a line of at most {Grouped.Of(most)} bytes, found a longer one.",
            "Write one JSON object per line. Larger objects are too large for a Qdrant payload.", path);

    public static MigrationException TooFewRows(string path, long rows, long expected) => new(
        ErrorIds.PayloadTooFewRows, ErrorKind.Conflict,
        $"The payload file {path} has {Grouped.Of(rows)} {(rows == 1 ? "row" : "rows")}. Expected one row per vector, at least {Grouped.Of(expected)}.",
        "Use the file that belongs to this index. Or join by a field that contains the FAISS id, with -PayloadKey.", path);
}
