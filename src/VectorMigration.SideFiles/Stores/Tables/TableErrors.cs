using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>The errors of tables. They name file, row and column, never a value.</summary>
internal static class TableErrors
{
    private const string WriteAgain = "Write the file again with the program that made it, or copy it again.";

    /// <summary>What is no such file, or is damaged.</summary>
    public static MigrationException Invalid(string file, string form, string found) => new(
        ErrorIds.StoreInvalid, ErrorKind.InvalidData, $"{file} is damaged, or not a {form}: {Plain(found)}.", WriteAgain, file);

    /// <summary>What is sound and not read here.</summary>
    public static MigrationException NotRead(string file, string found, string action) => new(
        ErrorIds.StoreInvalid, ErrorKind.NotSupported, $"{file} has {Plain(found)}, which is not supported.", action, file);

    /// <summary>What passes a limit.</summary>
    public static MigrationException TooLarge(string file, string what, long most, string action) => new(
        ErrorIds.StoreInvalid, ErrorKind.NotSupported, $"{file} exceeds a limit: more than {Grouped.Of(most)} {what}.", action, file);

    /// <summary>A row of a text that is not as the header says.</summary>
    public static MigrationException Row(string file, long line, string found, string action) => new(
        ErrorIds.StoreInvalid, ErrorKind.InvalidData, $"{file}, line {line}: {Plain(found)}.", action, file);

    /// <summary>The first line of a table is a row: with it as the header, every row would be on the vector before its own.</summary>
    public static MigrationException NoHeader(string file, string doubt, bool isNamed) => Row(file, 1,
        $"expected the names of the columns, found a row of data: {doubt}. Read as a header, it would move every row to another vector",
        "If the file has no header, add a first line with the names of the columns. If line 1 is the header, use -PayloadByRow."
            + (isNamed ? string.Empty : " If the file does not belong to the index, use -NoStore."));

    /// <summary>The header of a table with one name twice.</summary>
    public static MigrationException ColumnRepeated(string file, string name) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"{file} has two columns with the name '{PickleErrors.Clean(name)}'; a payload can have each field only once.",
        "Rename one of them.",
        file);

    /// <summary>Rows that take far more than the file, because they share values.</summary>
    public static MigrationException Expands(string file, long most) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotSupported,
        $"The rows of {file} take more than {Grouped.Of(most)} bytes as JSON. For the size of the file, this is so much that it looks like an attack.",
        "If the file is yours, write it again without values that all rows share.",
        file);

    private static string Plain(string words) =>
        string.Concat(words.Take(800).Select(static letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter));
}
