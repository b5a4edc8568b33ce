using System.IO.Compression;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>Unpacks pages. What a page announces is held against the bytes that it has before memory is taken.</summary>
internal static class ParquetCodec
{
    // No stream of these makes more of a byte.
    private const int MostSnappy = 64;
    private const int MostDeflate = 1_100;
    private const int MostBrotli = 100_000;

    /// <summary>Unpacks a page.</summary>
    /// <exception cref="TableDamage">It is damaged, or of another length than it says.</exception>
    /// <exception cref="TableNotRead">It is compressed otherwise.</exception>
    public static byte[] Unpack(int codec, byte[] packed, int length)
    {
        if (length == 0 && packed.Length == 0)
        {
            // Pages of nulls alone have no values, and some writers pack nothing into nothing.
            return packed;
        }

        switch (codec)
        {
            case 0:
                TableDamage.ThrowUnless(packed.Length == length, "a page whose length differs from its header");
                return packed;
            case 1:
                Bound(packed, length, MostSnappy);
                return Snappy.Unpack(packed, length);
            case 2:
                Bound(packed, length, MostDeflate);
                return Unpack(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress), length);
            case 4:
                Bound(packed, length, MostBrotli);
                return Unpack(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress), length);
            case 5:
                Bound(packed, length, Lz4.MostRatio);
                // Hadoop's form is what the standard has; older releases of Arrow wrote a plain block under this number.
                return Lz4.UnpackHadoop(packed, length) ?? Lz4.UnpackBlock(packed, length);
            case 6:
                Bound(packed, length, Zstd.MostRatio);
                return Zstd.Unpack(packed, length);
            case 7:
                Bound(packed, length, Lz4.MostRatio);
                return Lz4.UnpackBlock(packed, length);
            default:
                throw new TableNotRead(codec == 3 ? "pages compressed with LZO" : $"pages compressed with the codec {codec}",
                    "Write the file with snappy, gzip, brotli, zstd, LZ4 or without compression: df.to_parquet(path, compression='zstd').");
        }
    }

    private static void Bound(byte[] packed, int length, int most) =>
        TableDamage.ThrowUnless(length <= ((long)packed.Length * most) + 1_024, "a page whose header states more bytes than it can have");

    private static byte[] Unpack(Stream stream, int length)
    {
        using (stream)
        {
            try
            {
                byte[] page = new byte[length];
                stream.ReadExactly(page);
                TableDamage.ThrowUnless(stream.ReadByte() < 0, "a page whose length differs from its header");
                return page;
            }
            catch (Exception error) when (error is InvalidDataException or EndOfStreamException or InvalidOperationException)
            {
                throw new TableDamage("a page that cannot be unpacked");
            }
        }
    }
}
