using System.Buffers.Binary;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>
/// The bytes of a pickle, read through a small buffer. No length is believed: before anything is allocated it is compared with what is left. It knows which
/// opcode is being read, for the errors.
/// </summary>
internal sealed class PickleInput
{
#if DEBUG
    private const int BufferSize = LeastBuffer;
#else
    private const int BufferSize = 64 << 10;
#endif

    /// <summary>Room for the longest number.</summary>
    private const int LeastBuffer = 16;

    private readonly Stream stream;
    private readonly CancellationToken cancellationToken;
    private readonly byte[] buffer;
    private int start;
    private int end;
    private long filled;

    /// <summary>Reads a stream from where it is.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="length">How many bytes it has from there on.</param>
    /// <param name="name">Path or name, for errors.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public PickleInput(Stream stream, long length, string name, CancellationToken cancellationToken)
    {
        this.stream = stream;
        this.cancellationToken = cancellationToken;
        Length = length;
        Name = name;
        buffer = new byte[(int)Math.Clamp(length, LeastBuffer, BufferSize)];
    }

    /// <summary>Path or name.</summary>
    public string Name { get; }

    /// <summary>Bytes in all.</summary>
    public long Length { get; }

    /// <summary>Offset of the next byte.</summary>
    public long Position => filled - (end - start);

    /// <summary>Bytes that are left.</summary>
    public long Remaining => Length - Position;

    /// <summary>Offset of the opcode that is being read.</summary>
    public long OpcodeOffset { get; private set; }

    /// <summary>The opcode that is being read.</summary>
    public PickleOpcode Opcode { get; private set; }

    /// <summary>Reads the next opcode.</summary>
    public PickleOpcode ReadOpcode()
    {
        OpcodeOffset = Position;
        if (Remaining <= 0)
        {
            throw PickleErrors.NoStop(this);
        }

        return Opcode = (PickleOpcode)ReadByte();
    }

    /// <summary>One byte.</summary>
    public byte ReadByte()
    {
        if (start == end)
        {
            Need(1);
        }

        return buffer[start++];
    }

    /// <summary>Two bytes, little-endian.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    /// <summary>Four bytes, little-endian.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>Eight bytes, little-endian.</summary>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>Eight bytes of a double, big-endian.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double)));

    /// <summary>Compares an announced length with what is left.</summary>
    public void Announced(ulong length)
    {
        if (length > (ulong)Remaining)
        {
            throw PickleErrors.Truncated(this, $"{length} bytes announced, {Remaining} left");
        }
    }

    /// <summary>So many bytes in an array of their own; the length was compared.</summary>
    public byte[] ReadArray(int length)
    {
        byte[] bytes = new byte[length];
        int held = Math.Min(length, end - start);
        buffer.AsSpan(start, held).CopyTo(bytes);
        start += held;
        while (held < length)
        {
            int read = Read(bytes.AsSpan(held));
            held += read;
            filled += read;
        }

        return bytes;
    }

    /// <summary>The bytes up to the next end of a line, without it.</summary>
    /// <param name="most">Most bytes.</param>
    public byte[] ReadLine(int most)
    {
        ReadOnlySpan<byte> held = buffer.AsSpan(start, end - start);
        int at = held.IndexOf((byte)'\n');
        if (at >= 0 && at <= most)
        {
            start += at + 1;
            return held[..at].ToArray();
        }

        using MemoryStream line = new();
        while (true)
        {
            if (start == end)
            {
                Need(1);
            }

            held = buffer.AsSpan(start, end - start);
            at = held.IndexOf((byte)'\n');
            if (line.Length + (at < 0 ? held.Length : at) > most)
            {
                throw PickleErrors.TooLarge(this, $"a line of more than {most} bytes");
            }

            line.Write(at < 0 ? held : held[..at]);
            start += at < 0 ? held.Length : at + 1;
            if (at >= 0)
            {
                return line.ToArray();
            }
        }
    }

    /// <summary>Passes over so many bytes; the length was compared.</summary>
    public void Skip(long length)
    {
        int held = (int)Math.Min(length, end - start);
        start += held;
        length -= held;
        if (length > 0 && stream.CanSeek)
        {
            stream.Seek(length, SeekOrigin.Current);
            filled += length;
            return;
        }

        while (length > 0)
        {
            start = end = 0;
            int read = Read(buffer.AsSpan(0, (int)Math.Min(length, buffer.Length)));
            filled += read;
            length -= read;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (end - start < count)
        {
            Need(count);
        }

        start += count;
        return buffer.AsSpan(start - count, count);
    }

    private void Need(int count)
    {
        if (Remaining < count)
        {
            throw PickleErrors.Truncated(this, $"{count} bytes expected, {Math.Max(0, Remaining)} left");
        }

        buffer.AsSpan(start, end - start).CopyTo(buffer);
        end -= start;
        start = 0;
        while (end < count)
        {
            int read = Read(buffer.AsSpan(end, (int)Math.Min(buffer.Length - end, Length - filled)));
            end += read;
            filled += read;
        }
    }

    private int Read(Span<byte> into)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int read;
        try
        {
            read = stream.Read(into);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PickleErrors.Unreadable(Name, error);
        }

        return read > 0 ? read : throw PickleErrors.Truncated(this, $"{Length} bytes expected in all, {filled} found");
    }
}
