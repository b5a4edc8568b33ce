namespace VectorMigration.SideFiles;

/// <summary>The errors of payload files, all of them.</summary>
internal static class PayloadErrors
{
    private const string OneObjectALine = "Write one JSON object a line, in the order of the vectors (from a JSON array: jq -c '.[]' file.json > file.jsonl).";

    public static MigrationException Missing(string path) => new(
        ErrorIds.PayloadFileMissing, ErrorKind.NotFound, $"There is no payload file {path}.", "Check the path.", path);

    public static MigrationException IsDirectory(string path) => new(
        ErrorIds.PayloadIsDirectory, ErrorKind.InvalidArgument, $"{path} is a directory, expected a file of JSON objects, one a line (.jsonl).",
            "Name the file in it.", path);

    public static MigrationException Unreadable(string path, Exception inner) => new(
        ErrorIds.PayloadFileUnreadable, inner is UnauthorizedAccessException ? ErrorKind.Permission : ErrorKind.InvalidData,
        $"The payload file {path} cannot be read: {inner.Message}", "Check that this user may read it and that the disk is sound.", path, inner);

    public static MigrationException Changed(string path, string what) => new(
        ErrorIds.PayloadFileChanged, ErrorKind.InvalidData,
        $"The payload file {path} changed while it was read: {what}.",
        "Start again from the beginning (not from an offset, nor from the journal) when nothing writes to the file any more.", path)
    {
        VoidsProgress = true,
    };

    public static MigrationException NotUtf8(string path, string found) => new(
        ErrorIds.PayloadNotUtf8, ErrorKind.InvalidData, $"The payload file {path} is not UTF-8 text: {found}.", "Save it as UTF-8, one JSON object a line.",
            path);

    public static MigrationException RowInvalid(string path, long line, string found) => new(
        ErrorIds.PayloadRowInvalid, ErrorKind.InvalidData, $"{path}, line {line}: expected one JSON object, found {found}.", OneObjectALine, path);

    public static MigrationException RowBlank(string path, long line) => new(
        ErrorIds.PayloadRowBlank, ErrorKind.InvalidData,
        $"{path}, line {line}: expected one JSON object, found a blank line, and more lines follow.",
        "Remove the line, or write {} where a vector has no payload: lines and vectors go in the same order.", path);

    public static MigrationException LineTooLong(string path, long line, int most) => new(
        ErrorIds.PayloadLineTooLong, ErrorKind.InvalidData,
        $"{path}, line {line}: expected a line of at most {most} bytes, found a longer one.", OneObjectALine, path);

    public static MigrationException TooFewRows(string path, long rows, long expected) => new(
        ErrorIds.PayloadTooFewRows, ErrorKind.Conflict,
        $"The payload file {path} holds {rows} {(rows == 1 ? "row" : "rows")}; expected one for every vector, at least {expected}.",
        "Use the file that belongs to this index: line 1 is the payload of the first vector.", path);
}
