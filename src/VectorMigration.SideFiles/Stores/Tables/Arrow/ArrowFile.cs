using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Arrow;

/// <summary>
/// A file in Arrow's stream format (as Hugging Face datasets writes it) or file format (as <c>pyarrow.ipc.new_file</c> does): its schema, and where its record
/// batches lie. Batches are read when they are asked for.
/// </summary>
internal sealed class ArrowFile
{
    private const int MostColumns = 10_000;
    private const int MostBatches = 10_000_000;
    private const int BlockWidth = 24;

    private static readonly byte[] Magic = [.. "ARROW1"u8];

    private readonly List<(long At, int Dictionaries)> batches = [];
    private readonly List<long> rows = [];
    private readonly List<(long Id, long At)> dictionaries = [];
    private readonly Dictionary<long, TableColumn> read = [];

    /// <summary>Reads schema and places.</summary>
    /// <exception cref="TableDamage">The file is damaged or cut short.</exception>
    public ArrowFile(StorePart part, CancellationToken cancellationToken)
    {
        Part = part;
        byte[] head = part.Read(0, (int)Math.Min(8, part.Bytes.Length));
        if (head.AsSpan().StartsWith(Magic))
        {
            ReadFile(cancellationToken);
        }
        else
        {
            ReadStream(cancellationToken);
        }
    }

    /// <summary>The file.</summary>
    public StorePart Part { get; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<ArrowField> Fields { get; private set; } = [];

    /// <summary>Rows of each batch.</summary>
    public IReadOnlyList<long> Rows => rows;

    /// <summary>Whether a file begins with what Arrow writes: its mark, or a message that is a schema.</summary>
    public static bool Begins(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(Magic))
        {
            return true;
        }

        int start = head.Length >= 8 && BinaryPrimitives.ReadInt32LittleEndian(head) == -1 ? 8 : 4;
        if (head.Length < start + 8)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(head[(start - 4)..]);
        if (length <= 0 || length > head.Length - start || length % 4 != 0)
        {
            return false;
        }

        try
        {
            FlatTable message = FlatTable.Root(head.Slice(start, length).ToArray());
            return message.Byte(1) == (byte)ArrowMessageKind.Schema && message.Table(2) is FlatTable schema && schema.Length(1, 4) >= 0;
        }
        catch (TableDamage)
        {
            return false;
        }
    }

    /// <summary>Reads a batch.</summary>
    /// <param name="batch">Which.</param>
    /// <param name="isLeftOut">Columns that are not read.</param>
    /// <exception cref="TableDamage">It is damaged.</exception>
    public TableBlock Load(int batch, Func<string, bool> isLeftOut)
    {
        (long at, int known) = batches[batch];
        ArrowMessage message = ArrowMessage.At(Part, at) ?? throw new TableDamage("a missing batch");
        ArrowBatch reader = new(Part, message, (id, field) => Dictionary(id, field, known, depth: 0));
        return new TableBlock((int)rows[batch], reader.Columns(Fields, isLeftOut));
    }

    private void ReadStream(CancellationToken cancellationToken)
    {
        ArrowMessage message = ArrowMessage.At(Part, 0) ?? throw new TableDamage("no message in it");
        TableDamage.ThrowUnless(message.Kind == ArrowMessageKind.Schema, "rows before a schema");
        ReadFields(message.Header);
        for (long at = message.End; ArrowMessage.At(Part, at) is ArrowMessage next; at = next.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(next, at);
        }
    }

    private void ReadFile(CancellationToken cancellationToken)
    {
        long length = Part.Bytes.Length;
        TableDamage.ThrowUnless(length >= 20, "a file that is cut short");
        byte[] tail = Part.Read(length - 10, 10);
        int footerLength = BinaryPrimitives.ReadInt32LittleEndian(tail);
        TableDamage.ThrowUnless(tail.AsSpan(4).SequenceEqual(Magic), "no end marker: it is cut short");
        TableDamage.ThrowUnless(footerLength > 0 && footerLength <= length - 18, "a footer longer than the file");
        FlatTable footer = FlatTable.Root(Part.Read(length - 10 - footerLength, footerLength));
        ReadFields(footer.Table(1) ?? throw new TableDamage("no schema in its footer"));
        foreach (int field in (ReadOnlySpan<int>)[2, 3])
        {
            int count = footer.Length(field, BlockWidth);
            for (int i = 0; i < count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long at = BinaryPrimitives.ReadInt64LittleEndian(footer.ElementAt(field, i, BlockWidth));
                TableDamage.ThrowUnless(at >= 8 && at < length, "a batch outside the file");
                ArrowMessage message = ArrowMessage.At(Part, at) ?? throw new TableDamage("a missing batch");
                TableDamage.ThrowUnless(message.Kind == (field == 2 ? ArrowMessageKind.Dictionary : ArrowMessageKind.Batch), "a batch of another kind");
                Add(message, at);
            }
        }
    }

    private void ReadFields(FlatTable schema)
    {
        if (schema.Short(0) != 0)
        {
            throw new TableNotRead("numbers in big-endian order", "Write it on a little-endian machine.");
        }

        int most = MostColumns;
        ArrowField[] fields = new ArrowField[schema.Length(1, 4)];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = ArrowField.Of(schema.TableAt(1, i), 0, ref most);
            if (!names.Add(fields[i].Name))
            {
                throw TableErrors.ColumnRepeated(Part.Path, fields[i].Name);
            }
        }

        Fields = fields;
    }

    private void Add(ArrowMessage message, long at)
    {
        switch (message.Kind)
        {
            case ArrowMessageKind.Batch:
                TableDamage.ThrowUnless(batches.Count < MostBatches, "too many batches");
                batches.Add((at, dictionaries.Count));
                rows.Add(message.Header.Long(0));
                break;
            case ArrowMessageKind.Dictionary:
                if (message.Header.Byte(2) != 0)
                {
                    throw new TableNotRead("a dictionary in several parts", "Write the file without delta dictionaries, or without dictionaries.");
                }

                dictionaries.Add((message.Header.Long(0), at));
                break;
            case ArrowMessageKind.Schema:
                throw new TableDamage("two schemas");
        }
    }

    /// <summary>The dictionary that holds for a batch: the last one of that id before it.</summary>
    private TableColumn Dictionary(long id, ArrowField field, int known, int depth)
    {
        int last = known == 0 ? -1 : dictionaries.FindLastIndex(known - 1, dictionary => dictionary.Id == id);
        TableDamage.ThrowUnless(last >= 0 && depth < 8, "a missing dictionary");
        long at = dictionaries[last].At;
        if (!read.TryGetValue(at, out TableColumn? column))
        {
            ArrowMessage message = ArrowMessage.At(Part, at) ?? throw new TableDamage("a missing dictionary");
            column = new ArrowBatch(Part, message, (inner, of) => Dictionary(inner, of, known, depth + 1)).Column(field, isDictionary: true);
            read[at] = column;
        }

        return column;
    }
}
