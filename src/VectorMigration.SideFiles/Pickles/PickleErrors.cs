using System.Text;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>The errors of pickles, all of them. None repeats a value of the file; names of classes are shortened and lose control characters.</summary>
internal static class PickleErrors
{
    private const int LongestName = 100;

    private const string Damaged = "Copy the file again from its source, or save the store again.";

    private const string Hostile = "Do not load this file with Python: Python would execute it. Use a store from a source that you trust.";

    private const string SaveWithout = "Save the store again with strings, numbers, dates, lists and dictionaries instead of such objects.";

    public static MigrationException Unreadable(string path, Exception inner) => new(
        ErrorIds.PayloadFileUnreadable,
        inner is UnauthorizedAccessException ? ErrorKind.Permission : ErrorKind.InvalidData,
        $"The pickle {path} cannot be read: {inner.Message}",
        "Check that this user has permission to read the file, and that the disk works.",
        path,
        inner);

    public static MigrationException NoStop(PickleInput at) => new(
        ErrorIds.PickleTruncated,
        ErrorKind.InvalidData,
        $"The pickle {at.Name} is cut short: at offset {at.OpcodeOffset} the file ends, expected more opcodes up to STOP.",
        Damaged,
        at.Name);

    public static MigrationException Truncated(PickleInput at, string found) => new(
        ErrorIds.PickleTruncated, ErrorKind.InvalidData, $"The pickle {at.Name} is cut short: {Place(at)}: {found}.", Damaged, at.Name);

    public static MigrationException Invalid(PickleInput at, string found) => new(
        ErrorIds.PickleInvalid, ErrorKind.InvalidData, $"The pickle {at.Name} is damaged: {Place(at)}: {found}.", Damaged, at.Name);

    public static MigrationException NotAPickle(PickleInput at, byte first) => new(
        ErrorIds.PickleInvalid,
        ErrorKind.InvalidData,
        $"{at.Name} is not a pickle of protocol 0 to 5: at offset {at.OpcodeOffset} the byte 0x{first:X2} is not an opcode.",
        Damaged,
        at.Name);

    public static MigrationException TooLarge(PickleInput at, string found) => new(
        ErrorIds.PickleTooLarge,
        ErrorKind.NotSupported,
        $"The pickle {at.Name} exceeds a limit: {Place(at)}: {found}.",
        "No framework writes such a store. If it is yours, save it again in parts.",
        at.Name);

    public static MigrationException Opcode(PickleInput at, string what) => new(
        ErrorIds.PickleRefused,
        ErrorKind.NotSupported,
        $"The pickle {at.Name} is refused: {Place(at)}: {what}. Pickles are read as data here.",
        "Save the store again with pickle.dump, without a custom pickler.",
        at.Name);

    /// <summary>A function that no store needs and every attack uses.</summary>
    public static MigrationException Attack(PickleInput at, string fullName) => new(
        ErrorIds.PickleRefused,
        ErrorKind.NotSupported,
        $"The pickle {at.Name} is refused: {Place(at)}: it names {fullName}, which Python would let it call while loading. Nothing was called here.",
        Hostile,
        at.Name);

    /// <summary>Something that is no data stands where data is read.</summary>
    /// <param name="name">Path of the pickle.</param>
    /// <param name="where">Where it stands, in words.</param>
    /// <param name="value">What stands there.</param>
    public static MigrationException NoData(string name, string where, PickleValue value) => new(
        ErrorIds.PickleRefused,
        ErrorKind.NotSupported,
        $"The pickle {name} is refused: {where} is {value.Kind}, which is not data. Nothing was loaded or called.",
        SaveWithout,
        name);

    /// <summary>A name from a file, fit for a message: short, and without characters that do things to terminals.</summary>
    public static string Clean(string name)
    {
        StringBuilder clean = new();
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (clean.Length >= LongestName)
            {
                clean.Append('…');
                break;
            }

            clean.Append(Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Format ? "?" : rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>The same of a text of a pickle, of which only the beginning is looked at.</summary>
    public static string Clean(PickleText name) => Clean(Encoding.UTF8.GetString(name.Utf8.AsSpan(0, Math.Min(name.Utf8.Length, 4 * (LongestName + 1)))));

    private static string Place(PickleInput at) => $"at offset {at.OpcodeOffset}, opcode {at.Opcode} (0x{(byte)at.Opcode:X2})";
}
