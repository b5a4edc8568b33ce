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

    private readonly StorePart part;
    private readonly RowOffsets offsets;
    private CsvHeader header = null!;
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

    /// <summary>Whether a file begins as CSV does: text of which the first two rows have as many fields, and more than one.</summary>
    public static bool Begins(ReadOnlySpan<byte> head, bool isWhole)
    {
        ReadOnlySpan<byte> text = head.StartsWith(ByteOrderMark) ? head[ByteOrderMark.Length..] : head;
        if (CsvHeader.DelimiterOf(text) is not byte delimiter)
        {
            return false;
        }

        CsvRow row = new(delimiter);
        if (row.Read(text, isWhole) != CsvEnd.Row)
        {
            return false;
        }

        int count = row.Count;
        text = text[row.Consumed..];
        return text.IsEmpty || row.Read(text, isWhole) switch
        {
            CsvEnd.Row => row.Count == count,
            CsvEnd.NeedsMore => true,
            _ => false,
        };
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
        byte delimiter = CsvHeader.DelimiterOf(head.AsSpan(first)) ?? (byte)',';
        CsvRow row = new(delimiter);
        CsvReader reader = new(part, row, first, 1);
        if (!reader.Read())
        {
            throw TableErrors.Invalid(part.Path, "CSV file", "it is empty");
        }

        header = CsvHeader.Of(part, delimiter, row);
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
            StoreLimits.ThrowIfFull(part.Path, rows);
            rows++;
            offsets.Add(reader.Offset);
        }

        offsets.Complete();
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
            throw TableErrors.Row(part.Path, reader.Line, $"expected {header.Names.Count} fields as in the header, found {row.Count}",
                "Put quotes around fields that contain the delimiter or a line break.");
        }
    }
}
