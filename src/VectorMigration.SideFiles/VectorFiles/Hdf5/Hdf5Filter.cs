using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>The filters of HDF5 that are undone.</summary>
internal enum Hdf5FilterKind
{
    /// <summary>zlib; gzip in the words of h5py.</summary>
    Deflate = 1,
    /// <summary>The first bytes of all numbers, then the second ones, and so on.</summary>
    Shuffle = 2,
    /// <summary>A checksum behind the data.</summary>
    Fletcher32 = 3,
}

/// <summary>A filter of the chunks of a dataset.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Width">Bytes of a number, for shuffling.</param>
internal sealed record Hdf5Filter(Hdf5FilterKind Kind, int Width)
{
    private const int FirstWithName = 256;

    /// <summary>The filters of a dataset, in the order in which they were applied.</summary>
    /// <exception cref="TableNotRead">One is not undone here.</exception>
    public static IReadOnlyList<Hdf5Filter> All(Hdf5Cursor? message)
    {
        if (message is null)
        {
            return [];
        }

        int version = message.Byte();
        if (version is not (1 or 2))
        {
            throw Hdf5File.NotRead($"filters of version {version}");
        }

        int count = message.Byte();
        message.Take(version == 1 ? 6 : 0);
        List<Hdf5Filter> filters = [];
        for (int i = 0; i < count; i++)
        {
            int id = message.UInt16();
            int name = version == 1 || id >= FirstWithName ? message.UInt16() : 0;
            message.Take(2);
            int values = message.UInt16();
            message.Take(version == 1 ? (name + 7) / 8 * 8 : name);
            uint[] numbers = [.. Enumerable.Range(0, values).Select(_ => message.UInt32())];
            message.Take(version == 1 && values % 2 == 1 ? sizeof(uint) : 0);
            filters.Add(id is >= 1 and <= 3
                ? new Hdf5Filter((Hdf5FilterKind)id, numbers is [uint width and > 0 and <= 1 << 20, ..] ? (int)width : 1)
                : throw Hdf5File.NotRead($"data packed with the filter {NameOf(id)}"));
        }

        return filters;
    }

    /// <summary>Undoes the filter.</summary>
    /// <param name="bytes">What the filter made.</param>
    /// <param name="most">What there can be of it at most.</param>
    public ReadOnlyMemory<byte> Undo(ReadOnlyMemory<byte> bytes, int most) => Kind switch
    {
        Hdf5FilterKind.Deflate => Inflate(bytes, most),
        Hdf5FilterKind.Shuffle => Unshuffle(bytes.Span),
        _ => Compare(bytes),
    };

    private static string NameOf(int id) => id switch
    {
        4 => "szip",
        5 => "nbit",
        6 => "scale-offset",
        32000 => "LZF",
        32001 => "Blosc",
        32004 => "LZ4",
        32008 => "bitshuffle",
        32015 => "Zstandard",
        32026 => "Blosc2",
        _ => $"{id}",
    };

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> bytes, int most)
    {
        byte[] unpacked = new byte[most];
        try
        {
            ArraySegment<byte> packed = MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> array) ? array : bytes.ToArray();
            using ZLibStream stream = new(new MemoryStream(packed.Array!, packed.Offset, packed.Count, writable: false), CompressionMode.Decompress);
            int length = stream.ReadAtLeast(unpacked, most, throwOnEndOfStream: false);
            return unpacked.AsMemory(0, length);
        }
        catch (InvalidDataException error)
        {
            throw new TableDamage($"a chunk cannot be unpacked: {error.Message.TrimEnd('.')}");
        }
    }

    private static ReadOnlyMemory<byte> Compare(ReadOnlyMemory<byte> bytes)
    {
        TableDamage.ThrowUnless(bytes.Length >= sizeof(uint), "a chunk is shorter than its checksum");
        ReadOnlyMemory<byte> content = bytes[..^sizeof(uint)];
        uint sum = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[^sizeof(uint)..]);
        TableDamage.ThrowUnless(Hdf5Checksum.OfData(content.Span) == sum, "the checksum of a chunk does not match");
        return content;
    }

    private ReadOnlyMemory<byte> Unshuffle(ReadOnlySpan<byte> bytes)
    {
        byte[] numbers = new byte[bytes.Length];
        int count = bytes.Length / Width;
        for (int place = 0; place < Width; place++)
        {
            ReadOnlySpan<byte> from = bytes.Slice(place * count, count);
            for (int i = 0, to = place; i < from.Length; i++, to += Width)
            {
                numbers[to] = from[i];
            }
        }

        bytes[(count * Width)..].CopyTo(numbers.AsSpan(count * Width));
        return numbers;
    }
}
