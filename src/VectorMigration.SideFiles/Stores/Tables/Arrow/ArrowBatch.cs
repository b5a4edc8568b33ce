using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Arrow;

/// <summary>Makes the columns of one record batch; of columns that are left out nothing is read.</summary>
/// <param name="part">The file.</param>
/// <param name="message">What the file says of the batch.</param>
/// <param name="dictionaries">Finds a dictionary by its id.</param>
internal sealed class ArrowBatch(StorePart part, ArrowMessage message, Func<long, ArrowField, TableColumn> dictionaries)
{
    /// <summary>Bytes of one batch in memory.</summary>
    private const long MostBytes = 1 << 30;

    private const int BufferWidth = 16;

    private readonly FlatTable batch = message.Batch;
    private int node;
    private int buffer;
    private long taken;
    private long unpacked;

    /// <summary>Rows.</summary>
    public long Rows => batch.Long(0);

    /// <summary>The columns of a schema.</summary>
    public List<(string Name, TableColumn Column)> Columns(IReadOnlyList<ArrowField> fields, Func<string, bool> isLeftOut)
    {
        int rows = Rows is >= 0 and <= StoreLimits.MostEntries ? (int)Rows : throw new TableDamage("a batch with too many rows");
        List<(string, TableColumn)> columns = [];
        foreach (ArrowField field in fields)
        {
            if (isLeftOut(field.Name))
            {
                Skip(field);
                continue;
            }

            TableColumn column = Column(field);
            TableDamage.ThrowUnless(column.Count == rows, $"a column of {Grouped.Of(column.Count)} rows in a batch of {Grouped.Of(rows)}");
            columns.Add((field.Name, column));
        }

        return columns;
    }

    /// <summary>One column, such as that of a dictionary.</summary>
    public TableColumn Column(ArrowField field, bool isDictionary = false)
    {
        int count = NextNode();
        if (field.Layout == ArrowLayout.Null)
        {
            return new NullColumn(count);
        }

        Validity validity = new(NextBuffer(), count);
        if (field.Dictionary is (long id, ColumnValue index) && !isDictionary)
        {
            return Indexed(new FixedColumn(count, validity, NextBuffer(), index), dictionaries(id, field));
        }

        return field.Layout switch
        {
            ArrowLayout.Bool => new BoolColumn(count, validity, NextBuffer()),
            ArrowLayout.Fixed => new FixedColumn(count, validity, NextBuffer(), field.Value!),
            ArrowLayout.Runs or ArrowLayout.LargeRuns => Runs(count, validity, field),
            ArrowLayout.List or ArrowLayout.LargeList => new ListColumn(Offsets(count, field), validity, Column(field.Children[0])),
            ArrowLayout.FixedList => ListsOfOneLength(count, validity, field),
            ArrowLayout.Map => Map(count, validity, field),
            _ => new StructColumn(count, validity, [.. field.Children.Select(static child => child.Name)], [.. field.Children.Select(child => Column(child))]),
        };
    }

    private void Skip(ArrowField field)
    {
        NextNode();
        buffer += field.Dictionary is not null ? 2 : field.Layout switch
        {
            ArrowLayout.Null => 0,
            ArrowLayout.Runs or ArrowLayout.LargeRuns => 3,
            ArrowLayout.Struct or ArrowLayout.FixedList => 1,
            _ => 2,
        };
        foreach (ArrowField child in field.Dictionary is not null ? [] : field.Children)
        {
            Skip(child);
        }
    }

    private MapColumn Map(int count, Validity validity, ArrowField field)
    {
        int[] offsets = Offsets(count, field);
        int entries = NextNode();
        Validity there = new(NextBuffer(), entries);
        TableColumn keys = Column(field.Children[0].Children[0]);
        TableColumn values = Column(field.Children[0].Children[1]);
        for (int i = 0; i < entries; i++)
        {
            TableDamage.ThrowUnless(!there.IsNull(i), "a map with an entry that is null");
        }

        return new MapColumn(offsets, validity, keys, values);
    }

    private TextColumn Runs(int count, Validity validity, ArrowField field)
    {
        int[] offsets = Offsets(count, field);
        ReadOnlyMemory<byte> data = NextBuffer();
        TableDamage.ThrowUnless(offsets[^1] <= data.Length, "a string that ends past its data");
        return new TextColumn(offsets, validity, data, field.Value);
    }

    private static IndexedColumn Indexed(FixedColumn numbers, TableColumn values)
    {
        int[] places = new int[numbers.Count];
        for (int row = 0; row < places.Length; row++)
        {
            long place = numbers.IsNull(row) ? -1 : numbers.Number(row);
            TableDamage.ThrowUnless(numbers.IsNull(row) || (place >= 0 && place < values.Count), "a number that is not in its dictionary");
            places[row] = (int)place;
        }

        return new IndexedColumn(places, values);
    }

    private int[] Offsets(int count, ArrowField field)
    {
        bool isLarge = field.Layout is ArrowLayout.LargeRuns or ArrowLayout.LargeList;
        ReadOnlySpan<byte> bytes = NextBuffer().Span;
        // Of no rows there may be no offsets.
        TableDamage.ThrowUnless(bytes.Length >= (count + 1L) * (isLarge ? 8 : 4) || (count == 0 && bytes.IsEmpty), "fewer offsets than rows");
        int[] offsets = new int[CheckedLength(count)];
        for (int i = 0; i < offsets.Length && !bytes.IsEmpty; i++)
        {
            long offset = isLarge ? BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * 8)..]) : BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]);
            TableDamage.ThrowUnless(offset is >= 0 and <= int.MaxValue && (i == 0 || offset >= offsets[i - 1]), "offsets that decrease");
            offsets[i] = (int)offset;
        }

        return offsets;
    }

    /// <summary>The items first: they have the bytes, against which the number of lists is held.</summary>
    private ListColumn ListsOfOneLength(int count, Validity validity, ArrowField field)
    {
        TableColumn items = Column(field.Children[0]);
        return new ListColumn(OffsetsOfOneLength(count, field.Size), validity, items);
    }

    private int[] OffsetsOfOneLength(int count, int size)
    {
        TableDamage.ThrowUnless((long)count * size <= int.MaxValue, "lists with too many items");
        int[] offsets = new int[CheckedLength(count)];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = i * size;
        }

        return offsets;
    }

    /// <summary>A column of many rows takes room in the file, if only a bit for each in some of its columns.</summary>
    private int CheckedLength(int count)
    {
        TableDamage.ThrowUnless(count <= 8 * Math.Max(1, part.Bytes.Length + unpacked), "more rows than its bytes can hold");
        return count + 1;
    }

    private int NextNode()
    {
        TableDamage.ThrowUnless(node < batch.Length(1, BufferWidth), "fewer columns in a batch than in the schema");
        long count = BinaryPrimitives.ReadInt64LittleEndian(batch.ElementAt(1, node++, BufferWidth));
        return count is >= 0 and <= StoreLimits.MostEntries ? (int)count : throw new TableDamage("a column with too many rows");
    }

    private ReadOnlyMemory<byte> NextBuffer()
    {
        TableDamage.ThrowUnless(buffer < batch.Length(2, BufferWidth), "fewer buffers in a batch than its columns have");
        ReadOnlySpan<byte> place = batch.ElementAt(2, buffer++, BufferWidth);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(place);
        long length = BinaryPrimitives.ReadInt64LittleEndian(place[8..]);
        bool isWithin = offset >= 0 && length >= 0 && offset <= message.BodyLength && length <= message.BodyLength - offset;
        TableDamage.ThrowUnless(isWithin, "a buffer that ends past its batch");
        taken += length;
        // Buffers that lie over each other would take more memory than the file has bytes.
        TableDamage.ThrowUnless(taken <= message.BodyLength, "buffers that overlap");
        ThrowIfTooLarge(taken);
        return length == 0 ? default : Unpacked(part.Read(message.BodyStart + offset, (int)length));
    }

    private static void ThrowIfTooLarge(long bytes)
    {
        if (bytes > MostBytes)
        {
            throw new TableNotRead($"a record batch of more than {Grouped.Of(MostBytes)} bytes", "Write the file with smaller record batches.");
        }
    }

    /// <summary>Compressed buffers begin with their length when unpacked; −1 where this one is not compressed.</summary>
    private ReadOnlyMemory<byte> Unpacked(byte[] bytes)
    {
        if (batch.Table(3) is not FlatTable compression)
        {
            return bytes;
        }

        TableDamage.ThrowUnless(bytes.Length >= sizeof(long), "a compressed buffer that is cut short");
        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        ReadOnlyMemory<byte> packed = bytes.AsMemory(sizeof(long));
        (byte codec, byte method) = (compression.Byte(0), compression.Byte(1));
        if (codec > 1 || method != 0)
        {
            throw new TableNotRead($"record batches compressed with the codec {codec} and the method {method}",
                "Write the file with lz4, with zstd or without compression.");
        }

        if (length == -1)
        {
            return packed;
        }

        TableDamage.ThrowUnless(
            length >= 0 && length <= ((long)packed.Length * (codec == 0 ? Lz4.MostRatio : Zstd.MostRatio)) + 1_024,
            "a buffer that announces more bytes than it can have");
        unpacked += length;
        ThrowIfTooLarge(unpacked);
        return length == 0 ? default
            : codec == 0 ? Lz4.UnpackFrame(packed.Span, (int)length)
            : Zstd.Unpack(packed.Span, (int)length);
    }
}
