namespace VectorMigration.SideFiles.Stores.Tables.Columns;

/// <summary>Reads whole numbers of seven bits a byte, the lowest first, as Parquet, Thrift and Snappy write them.</summary>
internal static class Varint
{
    private const int MostBits = 70;

    /// <summary>Reads a number.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="at">Where it begins; then where it ends.</param>
    /// <exception cref="TableDamage">It is cut short, or has no end.</exception>
    public static ulong Read(ReadOnlySpan<byte> data, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < MostBits; shift += 7)
        {
            TableDamage.ThrowUnless(at < data.Length, "a number that is cut short");
            byte part = data[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new TableDamage("a number without an end");
    }

    /// <summary>Reads a number whose lowest bit is its sign.</summary>
    /// <exception cref="TableDamage">It is cut short, or has no end.</exception>
    public static long ReadSigned(ReadOnlySpan<byte> data, ref int at)
    {
        ulong value = Read(data, ref at);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
