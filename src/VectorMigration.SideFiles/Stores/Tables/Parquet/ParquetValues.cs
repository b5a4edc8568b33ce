using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>Gathers the plain values of a column, page by page, into one block of memory.</summary>
/// <param name="leaf">The column.</param>
/// <param name="mostBytes">What they may take.</param>
internal sealed class ParquetValues(ParquetNode leaf, long mostBytes)
{
    private const int LengthBytes = 4;

    private readonly ColumnValue? value = leaf.Value;
    private readonly List<int> offsets = [0];
    private byte[] data = [];
    private int length;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that they take.</summary>
    public long Bytes => length + (4L * offsets.Count);

    /// <summary>Adds the values of a page.</summary>
    public void Add(ReadOnlySpan<byte> page, int count)
    {
        switch (leaf.Type)
        {
            case ParquetType.Boolean: AddBits(page, count); break;
            case ParquetType.Bytes: AddRunsOfBytes(page, count); break;
            default:
                long bytes = (long)count * value!.Width;
                TableDamage.ThrowUnless(bytes <= page.Length, "values that are cut short");
                Append(page[..(int)bytes]);
                break;
        }

        Count += count;
    }

    /// <summary>Adds the values of a page in an encoding; false where their type does not have it, or it is not read.</summary>
    public bool TryAdd(int encoding, ReadOnlySpan<byte> page, int count)
    {
        switch (encoding, leaf.Type)
        {
            case (ParquetPage.Plain, _): Add(page, count); return true;
            case (ParquetPage.Runs, ParquetType.Boolean): AddRuns(page, count); break;
            case (ParquetPage.Deltas, ParquetType.Int32 or ParquetType.Int64): AddDeltas(page, count); break;
            case (ParquetPage.DeltaLengths, ParquetType.Bytes): AddAfterLengths(page, count); break;
            case (ParquetPage.DeltaTexts, ParquetType.Bytes or ParquetType.FixedBytes): AddAfterPrefixes(page, count); break;
            case (ParquetPage.Split, ParquetType.Int32 or ParquetType.Int64 or ParquetType.Float or ParquetType.Double or ParquetType.FixedBytes):
                AddSplit(page, count);
                break;
            default: return false;
        }

        Count += count;
        return true;
    }

    private void AddRuns(ReadOnlySpan<byte> page, int count)
    {
        TableDamage.ThrowUnless(page.Length >= LengthBytes, "values that are cut short");
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(page);
        TableDamage.ThrowUnless(bytes >= 0 && bytes <= page.Length - LengthBytes, "values that are cut short");
        int[] truths = new int[count];
        ParquetLevels.Read(page.Slice(LengthBytes, bytes), 1, truths);
        Append([.. truths.Select(static truth => (byte)truth)]);
    }

    private void AddDeltas(ReadOnlySpan<byte> page, int count)
    {
        int at = 0;
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (long number in ParquetDeltas.Read(page, ref at, count))
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            Append(bytes[..value!.Width]);
        }
    }

    private void AddAfterLengths(ReadOnlySpan<byte> page, int count)
    {
        int at = 0;
        foreach (long bytes in ParquetDeltas.Read(page, ref at, count))
        {
            Append(Taken(page, ref at, bytes));
            offsets.Add(length);
        }
    }

    /// <summary>Each begins as the one before it, so far as its prefix says.</summary>
    private void AddAfterPrefixes(ReadOnlySpan<byte> page, int count)
    {
        int at = 0;
        long[] prefixes = ParquetDeltas.Read(page, ref at, count);
        long[] suffixes = ParquetDeltas.Read(page, ref at, count);
        int before = length;
        for (int i = 0; i < count; i++)
        {
            int start = length;
            TableDamage.ThrowUnless(prefixes[i] >= 0 && prefixes[i] <= start - before, "a text that shares more than the one before it has");
            Append(data.AsSpan(before, (int)prefixes[i]));
            Append(Taken(page, ref at, suffixes[i]));
            before = start;
            if (leaf.Type == ParquetType.Bytes)
            {
                offsets.Add(length);
            }
            else
            {
                TableDamage.ThrowUnless(length - start == value!.Width, "a value of another width than its column has");
            }
        }
    }

    private void AddSplit(ReadOnlySpan<byte> page, int count)
    {
        int width = value!.Width;
        TableDamage.ThrowUnless((long)count * width <= page.Length, "values that are cut short");
        byte[] joined = new byte[count * width];
        for (int part = 0; part < width; part++)
        {
            ReadOnlySpan<byte> bytes = page.Slice(part * count, count);
            for (int i = 0; i < count; i++)
            {
                joined[(i * width) + part] = bytes[i];
            }
        }

        Append(joined);
    }

    private static ReadOnlySpan<byte> Taken(ReadOnlySpan<byte> page, ref int at, long bytes)
    {
        TableDamage.ThrowUnless(bytes >= 0 && bytes <= page.Length - at, "a text longer than its page");
        ReadOnlySpan<byte> taken = page.Slice(at, (int)bytes);
        at += (int)bytes;
        return taken;
    }

    /// <summary>All of them.</summary>
    public TableColumn Column() => leaf.Type == ParquetType.Bytes
        ? new TextColumn([.. offsets], default, data.AsMemory(0, length), value)
        : new FixedColumn(Count, default, data.AsMemory(0, length), value!);

    private void AddBits(ReadOnlySpan<byte> page, int count)
    {
        TableDamage.ThrowUnless((count + 7L) / 8 <= page.Length, "values that are cut short");
        byte[] truths = new byte[count];
        for (int i = 0; i < count; i++)
        {
            truths[i] = (byte)(page[i >> 3] >> (i & 7) & 1);
        }

        Append(truths);
    }

    private void AddRunsOfBytes(ReadOnlySpan<byte> page, int count)
    {
        // Each takes its length at least.
        TableDamage.ThrowUnless((long)count * LengthBytes <= page.Length, "values that are cut short");
        for (int i = 0; i < count; i++)
        {
            TableDamage.ThrowUnless(page.Length >= LengthBytes, "values that are cut short");
            int bytes = BinaryPrimitives.ReadInt32LittleEndian(page);
            TableDamage.ThrowUnless(bytes >= 0 && bytes <= page.Length - LengthBytes, "a string longer than its page");
            Append(page.Slice(LengthBytes, bytes));
            offsets.Add(length);
            page = page[(LengthBytes + bytes)..];
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        long needed = (long)length + bytes.Length;
        if (needed > mostBytes)
        {
            throw new TableNotRead($"a row group of more than {ParquetGroupReader.MostBytes} bytes", "Write the file with smaller row groups: "
                + "df.to_parquet(path, row_group_size=100_000).");
        }

        if (needed > data.Length)
        {
            Array.Resize(ref data, (int)Math.Min(Array.MaxLength, Math.Max(needed, data.Length * 2L)));
        }

        bytes.CopyTo(data.AsSpan(length));
        length = (int)needed;
    }
}
