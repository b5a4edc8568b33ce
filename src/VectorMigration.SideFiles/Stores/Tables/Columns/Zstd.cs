using ZstdSharp;

namespace VectorMigration.SideFiles.Stores.Tables.Columns;

/// <summary>Unpacks Zstandard into memory of a known length; more is never written.</summary>
internal static class Zstd
{
    /// <summary>No frame makes more bytes of one: a block of 128 KB takes four.</summary>
    public const int MostRatio = 40_000;

    /// <summary>Unpacks one or several frames.</summary>
    /// <exception cref="TableDamage">They are damaged, or of another length than <paramref name="length"/>.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, int length)
    {
        byte[] page = new byte[length];
        try
        {
            using Decompressor decompressor = new();
            TableDamage.ThrowUnless(decompressor.Unwrap(packed, page) == length, "zstd data of another length than it says");
            return page;
        }
        catch (ZstdException)
        {
            throw new TableDamage("zstd data that cannot be unpacked");
        }
    }
}
