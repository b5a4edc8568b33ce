using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using VectorMigration.SideFiles.Stores.Archives;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>Lists in binary files: NumPy arrays, archives of them, and bare numbers.</summary>
internal static class OrderArrays
{
    private const int Block = 8 << 10;
    private const int MostMembers = 64;

    /// <summary>Reads a NumPy array.</summary>
    public static void ReadFile(OrderFile file)
    {
        using StorePart part = new(file.Path);
        Read(file, part, null);
    }

    /// <summary>Reads the arrays of an archive.</summary>
    /// <param name="file">The file.</param>
    /// <param name="most">Larger arrays hold something else.</param>
    public static void ReadArchive(OrderFile file, long most)
    {
        using ZipArchive archive = ZipFile.OpenRead(file.Path);
        foreach (ZipArchiveEntry entry in archive.Entries.Take(MostMembers))
        {
            // What an entry announces is checked while it is read.
            if (!entry.Name.EndsWith(".npy", StringComparison.Ordinal) || entry.Length > Math.Min(most, Array.MaxLength))
            {
                continue;
            }

            byte[] data = new byte[entry.Length];
            using (CheckedEntry content = new(entry))
            {
                content.ReadExactly(data);
            }

            using StorePart part = new(file.Path, new HeldBytes(data));
            try
            {
                Read(file, part, entry.FullName[..^".npy".Length]);
            }
            catch (MigrationException)
            {
                // An array of another kind.
            }
        }
    }

    /// <summary>Takes all values of an array of whole numbers, whatever its shape.</summary>
    /// <exception cref="MigrationException">It is an array of something else.</exception>
    public static void ReadAll(string path, HashSet<long> values)
    {
        using StorePart part = new(path);
        NumpyHeader header = NumpyHeader.Of(part);
        if (header.Type.Length < 3 || header.Type[1] is not ('i' or 'u' or 'f') || !int.TryParse(header.Type.AsSpan(2), out int width)
            || width is not (1 or 2 or 4 or 8))
        {
            throw Tables.TableErrors.Invalid(path, "NumPy array of ids", $"its values are of the type {header.Type}");
        }

        OrderColumn column = new(long.MaxValue);
        ReadElements(part, header, (part.Bytes.Length - header.DataStart) / width, width, column);
        values.UnionWith(column.Values);
    }

    /// <summary>Reads whole numbers of 4 or 8 bytes.</summary>
    public static void ReadNumbers(OrderFile file, long length)
    {
        using StorePart part = new(file.Path);
        OrderColumn column = file.Column();
        int width = (int)(length / file.Count);
        Each(part, 0, file.Count, width, element => column.Add(width == 8 ? BinaryPrimitives.ReadInt64LittleEndian(element)
            : BinaryPrimitives.ReadInt32LittleEndian(element)));
        file.Keep(null, column);
    }

    private static void Read(OrderFile file, StorePart part, string? member)
    {
        NumpyHeader header = NumpyHeader.Of(part);
        if (header.Shape is not ([long _] or [long _, 1]) || header.Shape[0] != file.Count || header.Type.Length < 3)
        {
            return;
        }

        OrderColumn column = file.Column();
        if (header.Type[1] is 'U' or 'S')
        {
            using NumpyIds texts = NumpyIds.Open(new StorePart(part.Path, new Part(part.Bytes)));
            System.Buffers.ArrayBufferWriter<byte> row = new();
            for (int i = 0; i < texts.Count; i++)
            {
                row.ResetWrittenCount();
                texts.Write(i, LargeInteger.Text, row);
                Utf8JsonReader json = new(row.WrittenSpan);
                while (json.Read() && json.TokenType != JsonTokenType.String)
                {
                }

                column.Add(json.GetString()!);
            }
        }
        else if (header.Type[1] is 'i' or 'u' or 'f' && int.TryParse(header.Type.AsSpan(2), out int width) && width is 1 or 2 or 4 or 8
            && part.Bytes.Length - header.DataStart == (long)width * file.Count)
        {
            ReadElements(part, header, file.Count, width, column);
        }
        else
        {
            return;
        }

        file.Keep(member, column);
    }

    private static void ReadElements(StorePart part, NumpyHeader header, long count, int width, OrderColumn column)
    {
        byte[] own = new byte[sizeof(ulong)];
        Each(part, header.DataStart, count, width, element =>
        {
            Array.Clear(own);
            element.CopyTo(own);
            if (header.Type[0] == '>')
            {
                own.AsSpan(0, width).Reverse();
            }

            Add(column, BinaryPrimitives.ReadUInt64LittleEndian(own), header.Type[1], width);
        });
    }

    private static void Add(OrderColumn column, ulong bits, char kind, int width)
    {
        int unused = 64 - (8 * width);
        switch (kind)
        {
            case 'f' when width == 8: column.Add(BitConverter.UInt64BitsToDouble(bits)); break;
            case 'f' when width == 4: column.Add((double)BitConverter.UInt32BitsToSingle((uint)bits)); break;
            case 'f': column.Add((double)BitConverter.UInt16BitsToHalf((ushort)bits)); break;
            case 'i': column.Add((long)(bits << unused) >> unused); break;
            default: column.Add(unchecked((long)bits)); break;
        }
    }

    private delegate void Visit(ReadOnlySpan<byte> element);

    private static void Each(StorePart part, long from, long count, int width, Visit visit)
    {
        for (long at = 0; at < count; at += Block)
        {
            int read = (int)Math.Min(Block, count - at);
            byte[] block = part.Read(from + (at * width), read * width);
            for (int i = 0; i < read; i++)
            {
                visit(block.AsSpan(i * width, width));
            }
        }
    }

    /// <summary>Bytes that another has open.</summary>
    private sealed class Part(FileBytes bytes) : FileBytes
    {
        /// <inheritdoc/>
        public override long Length => bytes.Length;

        /// <inheritdoc/>
        public override DateTime LastWriteTimeUtc => bytes.LastWriteTimeUtc;

        /// <inheritdoc/>
        public override int Read(long offset, Span<byte> buffer) => bytes.Read(offset, buffer);
    }
}
