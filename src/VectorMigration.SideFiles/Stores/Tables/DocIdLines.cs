using System.Buffers;
using System.Text;
using System.Text.Unicode;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>
/// The file <c>docid</c> that Pyserini keeps beside its index: one id a line, line n for the vector that was added n-th. The ids stay in the file; where they
/// begin is in memory, and on the disk where they are many.
/// </summary>
internal sealed class DocIdLines : StoredDocuments
{
    /// <summary>Its name. Lines of text say nothing themselves, so that here the name must.</summary>
    public const string FileName = "docid";

    private const string Form = "file with one id per line";

    private readonly StorePart part;
    private readonly RowOffsets offsets;
    private int lines;

    private DocIdLines(StorePart part, SpillFolder spill)
        : base([part])
    {
        this.part = part;
        offsets = new RowOffsets(spill);
    }

    /// <inheritdoc/>
    public override string Framework => "Pyserini";

    /// <inheritdoc/>
    public override bool IsOrderedByFramework => true;

    /// <inheritdoc/>
    public override string RowName => "line";

    /// <inheritdoc/>
    public override int Count => lines;

    /// <summary>Opens a file.</summary>
    /// <exception cref="MigrationException">It is missing, or a line is no id.</exception>
    public static DocIdLines Open(StorePart part, SpillFolder spill, CancellationToken cancellationToken)
    {
        DocIdLines documents = new(part, spill);
        return Parsed(documents, () => documents.Parse(cancellationToken));
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"line {document + 1}";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        (long start, int length) = offsets.Of(document);
        ReadOnlySpan<byte> id = part.Read(start, length);
        JsonText.WriteField(output, "docid"u8, id.TrimEnd("\r\n"u8));
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document) => default;

    /// <inheritdoc/>
    public override void Dispose()
    {
        offsets.Dispose();
        base.Dispose();
    }

    private bool Parse(CancellationToken cancellationToken)
    {
        // Editors on Windows put a byte order mark before the first id.
        byte[] head = new byte[Encoding.UTF8.Preamble.Length];
        int first = part.Bytes.Length >= head.Length && part.Bytes.Read(0, head) == head.Length && Encoding.UTF8.Preamble.SequenceEqual(head) ? head.Length : 0;
        using LineReader reader = new(part.Bytes, part.Path, first, 0);
        offsets.Add(first);
        long blank = 0;
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Lines.IsBlank(line))
            {
                blank = blank == 0 ? reader.Line : blank;
                continue;
            }

            string? found = blank > 0 ? "expected an id, found a blank line, and more lines follow"
                : line.Length > StoreLimits.MostIdBytes ? $"an id of more than {Grouped.Of(StoreLimits.MostIdBytes)} bytes"
                : !Utf8.IsValid(line) ? "bytes that are not UTF-8"
                : null;
            if (found is not null)
            {
                throw TableErrors.Row(part.Path, blank > 0 ? blank : reader.Line, found, $"Name a {Form}.");
            }

            StoreLimits.ThrowIfFull(part.Path, lines);
            lines++;
            offsets.Add(reader.Offset);
        }

        offsets.Complete();
        return true;
    }
}
