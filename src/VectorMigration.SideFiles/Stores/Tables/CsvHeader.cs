using System.Globalization;
using System.Text;
using System.Text.Unicode;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>The first row of a CSV file: what stands between its fields, and their names.</summary>
internal sealed class CsvHeader
{
    private const int MostNameBytes = 4 << 10;

    private CsvHeader(byte delimiter, string[] names)
    {
        Delimiter = delimiter;
        Names = names;
    }

    /// <summary>What stands between fields: comma, semicolon or tab.</summary>
    public byte Delimiter { get; }

    /// <summary>The names of the columns; one without a name has its number.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Bytes of a first line that only names the delimiter for Excel, such as <c>sep=;</c>; 0 without one.</summary>
    /// <param name="text">The text, without a byte order mark.</param>
    public static int LengthOfSeparatorLine(ReadOnlySpan<byte> text)
    {
        if (text.Length < 6 || !text.StartsWith("sep="u8) || ",;\t"u8.IndexOf(text[4]) < 0)
        {
            return 0;
        }

        return text[5] == '\n' ? 6 : text.Length > 6 && text[5] == '\r' && text[6] == '\n' ? 7 : 0;
    }

    /// <summary>
    /// What stands between the fields of a header: comma, semicolon or tab, whichever it has most of outside of quotes, and of as many the first of
    /// these. Null where it has none of them.
    /// </summary>
    public static byte? DelimiterOf(ReadOnlySpan<byte> text)
    {
        int[] counts = new int[3];
        bool quoted = false;
        foreach (byte letter in text)
        {
            quoted ^= letter == '"';
            if (!quoted && letter is (byte)'\n' or (byte)'\r')
            {
                break;
            }

            int kind = quoted ? -1 : ",;\t"u8.IndexOf(letter);
            if (kind >= 0)
            {
                counts[kind]++;
            }
        }

        int most = counts.Max();
        return most == 0 ? null : ",;\t"u8[Array.IndexOf(counts, most)];
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="MigrationException">A name stands in it twice, or is no text.</exception>
    public static CsvHeader Of(StorePart part, byte delimiter, CsvRow row)
    {
        string[] names = new string[row.Count];
        HashSet<string> known = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            ReadOnlySpan<byte> name = row.Field(i);
            if (name.Length > MostNameBytes || !Utf8.IsValid(name))
            {
                throw TableErrors.Row(part.Path, 1, name.Length > MostNameBytes ? $"a column's name of more than {Grouped.Of(MostNameBytes)} bytes"
                    : "a column's name that is not UTF-8", "Save the file as UTF-8, with the names of the columns in its first line.");
            }

            // What pandas writes with its index has no name for that column.
            names[i] = name.IsEmpty ? string.Create(CultureInfo.InvariantCulture, $"column_{i + 1}") : Encoding.UTF8.GetString(name);
            if (!known.Add(names[i]))
            {
                throw TableErrors.ColumnRepeated(part.Path, names[i]);
            }
        }

        return new CsvHeader(delimiter, names);
    }
}
