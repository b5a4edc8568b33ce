using System.Buffers.Binary;

namespace VectorMigration.SideFiles.Stores.Tables.Columns;

/// <summary>A column of one block of a table, in memory. Immutable.</summary>
internal abstract class TableColumn(int count)
{
    /// <summary>Rows.</summary>
    public int Count => count;

    /// <summary>Whether a row has no value.</summary>
    public abstract bool IsNull(int row);

    /// <summary>Writes the value of a row.</summary>
    public void Write(TableJson json, int row)
    {
        if (IsNull(row))
        {
            json.Writer.WriteNullValue();
            return;
        }

        WriteValue(json, row);
    }

    /// <summary>Writes a value that is there.</summary>
    protected abstract void WriteValue(TableJson json, int row);
}

/// <summary>Which rows have a value: a bit for each, from the lowest of the first byte on; empty where all have one.</summary>
internal readonly struct Validity
{
    private readonly ReadOnlyMemory<byte> bits;

    /// <summary>The bits of some rows.</summary>
    /// <exception cref="TableDamage">There are fewer bits than rows.</exception>
    public Validity(ReadOnlyMemory<byte> bits, int count)
    {
        TableDamage.ThrowUnless(bits.IsEmpty || bits.Length >= (count + 7L) / 8, "fewer bits than rows");
        this.bits = bits;
    }

    /// <summary>Whether a row has no value.</summary>
    public bool IsNull(int row) => !bits.IsEmpty && (bits.Span[row >> 3] >> (row & 7) & 1) == 0;
}

/// <summary>No row has a value.</summary>
internal sealed class NullColumn(int count) : TableColumn(count)
{
    /// <inheritdoc/>
    public override bool IsNull(int row) => true;

    /// <inheritdoc/>
    protected override void WriteValue(TableJson json, int row) => json.Writer.WriteNullValue();
}

/// <summary>Truth values, a bit for each.</summary>
internal sealed class BoolColumn : TableColumn
{
    private readonly ReadOnlyMemory<byte> bits;
    private readonly Validity validity;

    /// <summary>A column of bits.</summary>
    public BoolColumn(int count, Validity validity, ReadOnlyMemory<byte> bits)
        : base(count)
    {
        TableDamage.ThrowUnless(bits.Length >= (count + 7L) / 8, "fewer bits than rows");
        this.bits = bits;
        this.validity = validity;
    }

    /// <inheritdoc/>
    public override bool IsNull(int row) => validity.IsNull(row);

    /// <inheritdoc/>
    protected override void WriteValue(TableJson json, int row) => json.Writer.WriteBooleanValue((bits.Span[row >> 3] >> (row & 7) & 1) != 0);
}

/// <summary>Values of one width.</summary>
internal sealed class FixedColumn : TableColumn
{
    private readonly ReadOnlyMemory<byte> data;
    private readonly Validity validity;
    private readonly ColumnValue value;

    /// <summary>A column of values one behind the other.</summary>
    public FixedColumn(int count, Validity validity, ReadOnlyMemory<byte> data, ColumnValue value)
        : base(count)
    {
        TableDamage.ThrowUnless(data.Length >= (long)count * value.Width, "fewer bytes than the rows need");
        this.data = data;
        this.validity = validity;
        this.value = value;
    }

    /// <summary>Whether its values are real numbers.</summary>
    public bool IsReal => value.IsReal;

    /// <summary>Bytes of a value.</summary>
    public int Width => value.Width;

    /// <summary>The real number of a row, rounded to 32 bits.</summary>
    public float Real(int row)
    {
        ReadOnlySpan<byte> bytes = data.Span.Slice(row * value.Width, value.Width);
        return value.Width switch
        {
            2 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            4 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        };
    }

    /// <inheritdoc/>
    public override bool IsNull(int row) => validity.IsNull(row);

    /// <inheritdoc/>
    protected override void WriteValue(TableJson json, int row) => value.Write(json, data.Span.Slice(row * value.Width, value.Width));

    /// <summary>The whole number of a row.</summary>
    public long Number(int row)
    {
        ReadOnlySpan<byte> bytes = data.Span.Slice(row * value.Width, value.Width);
        long number = (sbyte)bytes[^1] < 0 && value.IsSigned ? -1 : 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            number = (number << 8) | bytes[i];
        }

        return number;
    }
}

/// <summary>Texts or bytes, one behind the other.</summary>
internal sealed class TextColumn : TableColumn
{
    private readonly ReadOnlyMemory<byte> data;
    private readonly Validity validity;
    private readonly int[] offsets;
    private readonly ColumnValue? value;

    /// <summary>A column of runs of bytes.</summary>
    /// <param name="offsets">Where each begins, and where the last ends: ascending and within the data.</param>
    /// <param name="validity">Which rows have one.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="value">What they are; null for texts.</param>
    public TextColumn(int[] offsets, Validity validity, ReadOnlyMemory<byte> data, ColumnValue? value)
        : base(offsets.Length - 1)
    {
        this.offsets = offsets;
        this.validity = validity;
        this.data = data;
        this.value = value;
    }

    /// <inheritdoc/>
    public override bool IsNull(int row) => validity.IsNull(row);

    /// <inheritdoc/>
    protected override void WriteValue(TableJson json, int row)
    {
        ReadOnlySpan<byte> bytes = data.Span[offsets[row]..offsets[row + 1]];
        if (value is null)
        {
            json.Text(bytes);
            return;
        }

        value.Write(json, bytes);
    }
}

/// <summary>Rows that say which of some values they have.</summary>
/// <param name="places">The value of each row; negative for none.</param>
/// <param name="values">The values; every place is one of them.</param>
internal sealed class IndexedColumn(int[] places, TableColumn values) : TableColumn(places.Length)
{
    /// <summary>The values.</summary>
    public TableColumn Values => values;

    /// <summary>The value of a row, which has one.</summary>
    public int Place(int row) => places[row];

    /// <inheritdoc/>
    public override bool IsNull(int row) => places[row] < 0 || values.IsNull(places[row]);

    /// <inheritdoc/>
    protected override void WriteValue(TableJson json, int row) => values.Write(json, places[row]);
}
