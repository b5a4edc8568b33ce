using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>
/// Looks whether the first line of a CSV file is a row like those below: a file without a header and with one row too many has as many rows as the index has
/// vectors, and every text would be on the vector of its neighbour. Column by column, over the first rows. Nothing of a value is told.
/// </summary>
internal sealed partial class CsvHeaderCheck
{
    /// <summary>Rows that are compared with the first line.</summary>
    private const int MostRows = 1_000;

    /// <summary>Columns that are compared.</summary>
    private const int MostColumns = 64;

    /// <summary>Bytes of a value that are looked at.</summary>
    private const int MostShape = 256;

    /// <summary>Bytes and words that no name of a column has.</summary>
    private const int LongName = 200;

    private const int MostWords = 8;

    private readonly Column[] columns;
    private readonly bool hasUnnamed;
    private int rows;

    /// <summary>Begins with the first line.</summary>
    public CsvHeaderCheck(CsvRow first)
    {
        columns = new Column[Math.Min(MostColumns, first.Count)];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = new Column(first.Field(i).ToArray());
            hasUnnamed |= first.Field(i).IsEmpty;
        }
    }

    /// <summary>Takes the next row.</summary>
    public void Add(CsvRow row)
    {
        if (rows < MostRows)
        {
            rows++;
            for (int i = 0; i < columns.Length; i++)
            {
                columns[i].Add(row.Field(i));
            }
        }
    }

    /// <summary>What makes the first line a row, in words; null where nothing does, or where a column shows that it is a header.</summary>
    public string? Doubt()
    {
        if (rows == 0 || Array.Exists(columns, static column => column.IsNamed))
        {
            return null;
        }

        bool countsColumns = hasUnnamed || AreConsecutive();
        for (int i = 0; i < columns.Length; i++)
        {
            string? like = columns[i].Like;
            if (like is not null && (like != Column.Number || !countsColumns))
            {
                return string.Create(CultureInfo.InvariantCulture, $"its field {i + 1} is {like}, as in the rows below");
            }
        }

        int odd = Array.FindIndex(columns, static column => column.IsRepeated || column.IsLong);
        return odd < 0 ? null : string.Create(CultureInfo.InvariantCulture,
            $"its field {odd + 1} {(columns[odd].IsRepeated ? "has a value that rows below have too" : "is a text, and too long for a name")}");
    }

    /// <summary>Columns that have consecutive numbers as names: positions, or years.</summary>
    private bool AreConsecutive()
    {
        double[] numbers = [.. columns.Where(static column => column.IsNumber).Select(static column => column.Value)];
        return numbers.Length > 1 && numbers.Skip(1).Zip(numbers).All(static pair => pair.First - pair.Second == 1);
    }

    /// <summary>One column: what its name could be as a value, and whether its values are that.</summary>
    private sealed class Column
    {
        public const string Number = "a number";

        private static readonly string[] Strict = [Number, "a date", "a UUID", "a URL"];

        private readonly byte[] name;
        private readonly string? kind;
        private readonly string shape;
        private string? valueKind;
        private bool hasOneKind = true;
        private bool hasOneShape = true;
        private int filled;
        private int equal;

        public Column(byte[] name)
        {
            this.name = name;
            kind = KindOf(name, out double value);
            Value = value;
            shape = ShapeOf(name);
        }

        /// <summary>The name is a number.</summary>
        public bool IsNumber => kind == Number;

        /// <summary>The name as a number.</summary>
        public double Value { get; }

        /// <summary>The values are numbers, dates, UUIDs or URLs, and the name is not: it is one.</summary>
        public bool IsNamed => filled > 0 && hasOneKind && valueKind is not null && kind is null && name.Length > 0;

        /// <summary>What the name is, like all values; null where it is not like them.</summary>
        public string? Like => filled == 0 || name.Length == 0 ? null
            : kind is not null && hasOneKind && valueKind == kind ? kind
            : hasOneShape && shape.Contains('#', StringComparison.Ordinal) && filled > 1 ? "a text with a number at the same place"
            : null;

        /// <summary>Rows have the name as their value.</summary>
        public bool IsRepeated => equal > 1 && kind is null;

        /// <summary>The name is a sentence or more.</summary>
        public bool IsLong => name.Length > LongName || name.AsSpan().Contains((byte)'\n') || (name.AsSpan().Count((byte)' ') >= MostWords && name[^1] == '.');

        public void Add(ReadOnlySpan<byte> value)
        {
            if (value.IsEmpty)
            {
                return;
            }

            filled++;
            equal += value.SequenceEqual(name) ? 1 : 0;
            string? found = hasOneKind ? KindOf(value, out _) : null;
            hasOneKind &= found is not null && (filled == 1 || found == valueKind);
            valueKind = found;
            hasOneShape = hasOneShape && ShapeOf(value) == shape;
        }

        private static string? KindOf(ReadOnlySpan<byte> value, out double number)
        {
            value = value.Trim(" "u8);
            number = 0;
            if (value.IsEmpty || value.Length > MostShape)
            {
                return null;
            }

            bool isNumber = Utf8Parser.TryParse(value, out number, out int length) && length == value.Length && double.IsFinite(number);
            return isNumber ? Strict[0]
                : value.Length >= 10 && value[4] == '-' && value[7] == '-' && Utf8Parser.TryParse(value[..4], out int _, out int year) && year == 4 ? Strict[1]
                : value.Length == 36 && Utf8Parser.TryParse(value, out Guid _, out _) ? Strict[2]
                : value.IndexOf("://"u8) > 0 && !value.Contains((byte)' ') ? Strict[3]
                : null;
        }

        /// <summary>A text with each run of digits as one sign, where it has letters too.</summary>
        private static string ShapeOf(ReadOnlySpan<byte> value)
        {
            string text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, MostShape)]);
            return text.Any(char.IsLetter) ? Digits().Replace(text, "#") : string.Empty;
        }
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
