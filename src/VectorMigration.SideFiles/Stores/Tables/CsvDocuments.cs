using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>
/// A CSV file with a header, one row for each vector in the order of adding or with the FAISS id in a column. Every value stays the text that it is. The rows
/// stay in the file; where they begin takes 8 bytes a row, on the disk where they are many.
/// </summary>
internal sealed class CsvDocuments : StoredDocuments
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Part of the rows that are as the header says in a file that is taken for CSV with a fault.</summary>
    private const double NearlyAll = 0.9;

    private readonly StorePart part;
    private readonly RowOffsets offsets;
    private CsvHeader header = null!;
    private string? headerDoubt;
    private int rows;

    private CsvDocuments(StorePart part, SpillFolder spill)
        : base([part])
    {
        this.part = part;
        offsets = new RowOffsets(spill);
    }

    /// <inheritdoc/>
    public override string Framework => "CSV";

    /// <inheritdoc/>
    public override string Generation => header.Delimiter switch
    {
        (byte)';' => "fields between semicolons",
        (byte)'\t' => "fields between tabs",
        _ => "fields between commas",
    };

    /// <inheritdoc/>
    public override int Count => rows;

    /// <inheritdoc/>
    public override string? HeaderDoubt => headerDoubt;

    /// <summary>
    /// Whether a file begins as CSV does: a first row of more than one field, and as many fields in every row of the sample. Programs and prose have commas
    /// too. In what calls itself CSV the first two rows decide: what is wrong with a later one is told by its row.
    /// </summary>
    /// <param name="head">The beginning of the file.</param>
    /// <param name="isWhole">Whether that is all of it.</param>
    /// <param name="isNamed">Whether the name of the file says that it is CSV.</param>
    public static bool Begins(ReadOnlySpan<byte> head, bool isWhole, bool isNamed)
    {
        (int rows, int alike) = Look(head, isWhole, isNamed ? 1 : int.MaxValue);
        return alike == rows && (rows > 0 || (isNamed && alike == 0));
    }

    /// <summary>Whether nearly all rows of the sample have as many fields as the first, more than one, or all but one: CSV with a fault in it.</summary>
    public static bool Resembles(ReadOnlySpan<byte> head, bool isWhole)
    {
        (int rows, int alike) = Look(head, isWhole, int.MaxValue);
        return rows > 1 && (alike >= rows * NearlyAll || (alike > 1 && alike == rows - 1));
    }

    /// <summary>Rows that follow the header, and how many of them have as many fields. None of the first, one of the second where there is no header.</summary>
    private static (int Rows, int Alike) Look(ReadOnlySpan<byte> head, bool isWhole, int most)
    {
        (int Rows, int Alike) none = (0, 1);
        ReadOnlySpan<byte> text = head.StartsWith(ByteOrderMark) ? head[ByteOrderMark.Length..] : head;
        text = text[CsvHeader.LengthOfSeparatorLine(text)..];
        if (CsvHeader.DelimiterOf(text) is not byte delimiter)
        {
            return none;
        }

        CsvRow row = new(delimiter);
        if (row.Read(text, isWhole) != CsvEnd.Row || row.Count < 2)
        {
            return none;
        }

        int count = row.Count;
        int rows = 0;
        int alike = 0;
        for (text = text[row.Consumed..]; !text.IsEmpty && rows < most; text = text[row.Consumed..])
        {
            CsvEnd end = row.Read(text, isWhole);
            if (end == CsvEnd.NeedsMore)
            {
                break;
            }

            if (end == CsvEnd.Fault)
            {
                return (rows + 1, alike);
            }

            bool isBlank = row.Count == 1 && Lines.IsBlank(text[..row.Consumed].TrimEnd("\r\n"u8));
            rows += isBlank ? 0 : 1;
            alike += !isBlank && row.Count == count ? 1 : 0;
        }

        // One row that the sample cuts is a table too.
        return rows == 0 && !text.IsEmpty ? (1, 1) : (rows, alike);
    }

    /// <summary>Opens a file and passes through it once.</summary>
    /// <exception cref="MigrationException">It is missing, no CSV, or a row has other fields than the header.</exception>
    public static CsvDocuments Open(StorePart part, SpillFolder spill, CancellationToken cancellationToken)
    {
        CsvDocuments documents = new(part, spill);
        return Parsed(documents, () => documents.Parse(cancellationToken));
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"row {document + 1}";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        (long start, int length) = offsets.Of(document);
        byte[] text = part.Read(start, length);
        CsvRow row = new(header.Delimiter);
        if (row.Read(text, isFinal: true) != CsvEnd.Row || row.Count != header.Names.Count)
        {
            throw PayloadErrors.Changed(part.Path, $"{NameOf(document)} has changed");
        }

        using Utf8JsonWriter writer = new(output, JsonText.Options);
        writer.WriteStartObject();
        for (int i = 0; i < row.Count; i++)
        {
            ReadOnlySpan<byte> value = row.Field(i);
            if (!Utf8.IsValid(value))
            {
                throw JsonErrors.ValueRefused(part.Path, NameOf(document), header.Names[i], "bytes that are not UTF-8", "Save the file as UTF-8.");
            }

            writer.WriteString(header.Names[i], value);
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        ArrayBufferWriter<byte> output = new();
        Write(document, LargeInteger.Text, output);
        return output.WrittenMemory;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        offsets.Dispose();
        base.Dispose();
    }

    private bool Parse(CancellationToken cancellationToken)
    {
        byte[] head = part.Read(0, (int)Math.Min(CsvReader.MostRow, Math.Min(64 << 10, part.Bytes.Length)));
        int first = head.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        int separator = CsvHeader.LengthOfSeparatorLine(head.AsSpan(first));
        byte delimiter = separator > 0 ? head[first + 4] : CsvHeader.DelimiterOf(head.AsSpan(first)) ?? (byte)',';
        CsvRow row = new(delimiter);
        CsvReader reader = new(part, row, first + separator, separator > 0 ? 2 : 1);
        if (!reader.Read())
        {
            throw TableErrors.Invalid(part.Path, "CSV file", "it is empty");
        }

        header = CsvHeader.Of(part, delimiter, row);
        CsvHeaderCheck check = new(row);
        offsets.Add(reader.Offset);
        long blank = 0;
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.IsBlank)
            {
                blank = blank == 0 ? reader.Line : blank;
                continue;
            }

            RefuseRow(reader, row, blank);
            check.Add(row);
            StoreLimits.ThrowIfFull(part.Path, rows);
            rows++;
            offsets.Add(reader.Offset);
        }

        offsets.Complete();
        headerDoubt = check.Doubt();
        return true;
    }

    private void RefuseRow(CsvReader reader, CsvRow row, long blank)
    {
        if (blank > 0)
        {
            throw TableErrors.Row(part.Path, blank, "expected a row, found a blank line, and more rows follow",
                "Write a row of empty fields where a vector has no payload. Do not remove the line: later rows would move to other vectors.");
        }

        if (row.Count != header.Names.Count)
        {
            throw TableErrors.Row(part.Path, reader.Line, $"expected {Grouped.Of(header.Names.Count)} fields as in the header, found {Grouped.Of(row.Count)}",
                "Put quotes around fields that contain the delimiter or a line break.");
        }
    }
}
