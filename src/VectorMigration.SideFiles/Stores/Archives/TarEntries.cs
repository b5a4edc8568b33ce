using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace VectorMigration.SideFiles.Stores.Archives;

/// <summary>
/// Reads a tar archive as a stream: plain files and folders, with the long names of GNU tar and of pax. Whatever else an archive can hold (links, devices,
/// pipes, sparse files) is refused, and nothing is taken into memory but headers of a few kilobytes.
/// </summary>
internal sealed class TarEntries(Stream stream, string file)
{
    private const int Block = 512;
    private const int MostHeader = 64 << 10;

    private readonly byte[] header = new byte[Block];
    private long left;
    private int padding;

    /// <summary>Goes to the next plain file; null at the end. Folders are passed over.</summary>
    /// <exception cref="MigrationException">The archive is damaged, or holds what is refused.</exception>
    public (string Name, long Length)? Next()
    {
        PassOver();
        string? longName = null;
        long? longSize = null;
        while (ReadHeader())
        {
            string name = longName ?? NameOf();
            long size = longSize ?? SizeOf();
            char type = (char)header[156];
            switch (type)
            {
                case 'x' or 'L' or 'g':
                    byte[] value = ReadValue(SizeOf(), name);
                    if (type == 'L')
                    {
                        longName = Text(value);
                    }
                    else if (type == 'x')
                    {
                        (longName, longSize) = ReadPax(value, longName);
                    }

                    continue;
                case '5':
                    Begin(size);
                    PassOver();
                    break;
                case '0' or '\0' or '7':
                    Begin(size);
                    return (name, size);
                case '1' or '2': throw ArchiveErrors.EntryRefused(file, name, "a link");
                default: throw ArchiveErrors.EntryRefused(file, name, "a device, a pipe or something else that is not a file");
            }

            longName = null;
            longSize = null;
        }

        return null;
    }

    /// <summary>Reads of the file that was gone to; 0 at its end.</summary>
    public int Read(Span<byte> buffer)
    {
        if (left == 0)
        {
            return 0;
        }

        int read = stream.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        left -= read;
        return read > 0 ? read : throw ArchiveErrors.Invalid(file, "it is cut short");
    }

    private void Begin(long size)
    {
        left = size;
        padding = (int)((Block - (size % Block)) % Block);
    }

    private void PassOver()
    {
        Span<byte> dropped = stackalloc byte[Block];
        while (Read(dropped) > 0)
        {
        }

        if (padding > 0)
        {
            Fill(header.AsSpan(0, padding));
            padding = 0;
        }
    }

    /// <summary>Reads a header; false at the two empty blocks that end an archive, and at the end of the stream.</summary>
    private bool ReadHeader()
    {
        int read = stream.ReadAtLeast(header, Block, throwOnEndOfStream: false);
        if (read == 0 || header.AsSpan(0, read).IndexOfAnyExcept((byte)0) < 0)
        {
            return false;
        }

        if (read < Block)
        {
            throw ArchiveErrors.Invalid(file, "it is cut short");
        }

        long sum = 0;
        for (int i = 0; i < Block; i++)
        {
            // The checksum itself counts as blanks.
            sum += i is >= 148 and < 156 ? (byte)' ' : header[i];
        }

        return Octal(header.AsSpan(148, 8)) == sum ? true : throw ArchiveErrors.Invalid(file, "the checksum of a header does not match");
    }

    private string NameOf()
    {
        string name = Text(header.AsSpan(0, 100));
        bool hasPrefix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) && header[345] != 0;
        return hasPrefix ? Text(header.AsSpan(345, 155)) + "/" + name : name;
    }

    private long SizeOf()
    {
        ReadOnlySpan<byte> field = header.AsSpan(124, 12);
        // GNU tar: a number in binary, marked by its first bit.
        long size = field[0] == 0x80 ? BinaryPrimitives.ReadInt64BigEndian(field[4..]) : Octal(field);
        return size >= 0 ? size : throw ArchiveErrors.Invalid(file, "a file with a negative size");
    }

    private long Octal(ReadOnlySpan<byte> field)
    {
        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        long value = 0;
        foreach (byte digit in digits)
        {
            value = digit is >= (byte)'0' and <= (byte)'7' && value < 1L << 59 ? (value * 8) + (digit - '0')
                : throw ArchiveErrors.Invalid(file, "an invalid number in a header");
        }

        return value;
    }

    private byte[] ReadValue(long size, string name)
    {
        if (size > MostHeader)
        {
            throw ArchiveErrors.TooLarge(file, $"a header of more than {MostHeader} bytes before '{Pickles.PickleErrors.Clean(name)}'");
        }

        byte[] value = new byte[size];
        Fill(value);
        Begin(size);
        left = 0;
        PassOver();
        return value;
    }

    /// <summary>Records of the form <c>LENGTH key=value\n</c>; the path and the size count, times and owners do not.</summary>
    private (string? Name, long? Size) ReadPax(byte[] value, string? name)
    {
        long? size = null;
        ReadOnlySpan<byte> rest = value;
        while (!rest.IsEmpty)
        {
            int blank = rest.IndexOf((byte)' ');
            if (blank <= 0 || !int.TryParse(rest[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length <= blank + 1
                || length > rest.Length)
            {
                throw ArchiveErrors.Invalid(file, "an invalid pax header");
            }

            ReadOnlySpan<byte> record = rest[(blank + 1)..length].TrimEnd((byte)'\n');
            rest = rest[length..];
            name = record.StartsWith("path="u8) ? Text(record["path="u8.Length..]) : name;
            if (record.StartsWith("GNU.sparse"u8))
            {
                throw ArchiveErrors.EntryRefused(file, name ?? string.Empty, "a sparse file");
            }

            if (record.StartsWith("size="u8))
            {
                size = long.TryParse(record["size="u8.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long told) ? told
                    : throw ArchiveErrors.Invalid(file, "a size that is not a number");
            }
        }

        return (name, size);
    }

    private void Fill(Span<byte> buffer)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw ArchiveErrors.Invalid(file, "it is cut short");
        }
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
