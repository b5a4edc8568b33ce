using System.Buffers.Binary;
using System.Numerics;

namespace VectorMigration.Journal;

/// <summary>
/// Ids as differences of variable length: one byte for most ids of an index, two or three for a run of consecutive ones however long. The zero, which no
/// difference is written as, stands for a run; a run of no length is the same id again.
/// </summary>
internal sealed class WrittenIdEncoder(Stream output)
{
    /// <summary>Bytes of a block, each of which has its checksum.</summary>
    public const int BlockLength = 64 << 10;

    /// <summary>Longest encoding of one id: a run that ends, and a difference.</summary>
    private const int Longest = 32;

    private readonly byte[] block = new byte[BlockLength];
    private int filled;
    private long last;
    private ulong run;

    /// <summary>Adds an id.</summary>
    public void Add(long id)
    {
        long difference = unchecked(id - last);
        last = id;
        if (difference == 1)
        {
            run++;
            return;
        }

        EndRun();
        if (difference == 0)
        {
            Write(0);
            Write(0);
        }
        else
        {
            Write(unchecked((ulong)((difference << 1) ^ (difference >> 63))));
        }

        if (filled > BlockLength - Longest)
        {
            EndBlock();
        }
    }

    /// <summary>Ends a section: an empty block follows it, and the next one begins from zero.</summary>
    public void EndSection()
    {
        EndRun();
        if (filled > 0)
        {
            EndBlock();
        }

        EndBlock();
        last = 0;
    }

    /// <summary>Checksum of a block.</summary>
    public static uint SumOf(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }

    private void EndRun()
    {
        if (run > 0)
        {
            Write(0);
            Write(run);
            run = 0;
        }
    }

    private void Write(ulong value)
    {
        while (value >= 0x80)
        {
            block[filled++] = (byte)(value | 0x80);
            value >>= 7;
        }

        block[filled++] = (byte)value;
    }

    private void EndBlock()
    {
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(head, filled);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], SumOf(block.AsSpan(0, filled)));
        output.Write(head);
        output.Write(block.AsSpan(0, filled));
        filled = 0;
    }
}

/// <summary>Reads what a <see cref="WrittenIdEncoder"/> wrote, one section after the other.</summary>
internal sealed class WrittenIdDecoder(Stream input)
{
    private readonly byte[] block = new byte[WrittenIdEncoder.BlockLength];
    private int length;
    private int at;

    /// <summary>The ids of the next section.</summary>
    /// <exception cref="InvalidDataException">The file is cut or damaged.</exception>
    public IEnumerable<long> Section()
    {
        long last = 0;
        while (NextBlock())
        {
            while (at < length)
            {
                ulong value = Value();
                if (value != 0)
                {
                    last = unchecked(last + (long)((value >> 1) ^ (0 - (value & 1))));
                    yield return last;
                    continue;
                }

                ulong run = Value();
                if (run == 0)
                {
                    yield return last;
                }

                for (; run > 0; run--)
                {
                    yield return ++last;
                }
            }
        }
    }

    /// <summary>Passes over the next section without decoding it; its checksums are compared all the same.</summary>
    public void SkipSection()
    {
        while (NextBlock())
        {
        }
    }

    private bool NextBlock()
    {
        Span<byte> head = stackalloc byte[8];
        if (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            throw new InvalidDataException("it is cut off");
        }

        length = BinaryPrimitives.ReadInt32LittleEndian(head);
        at = 0;
        if (length < 0 || length > block.Length || input.ReadAtLeast(block.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
        {
            throw new InvalidDataException("it is cut off");
        }

        return WrittenIdEncoder.SumOf(block.AsSpan(0, length)) == BinaryPrimitives.ReadUInt32LittleEndian(head[4..])
            ? length > 0
            : throw new InvalidDataException("the checksum of a block does not match");
    }

    private ulong Value()
    {
        ulong value = 0;
        for (int shift = 0; at < length && shift < 70; shift += 7)
        {
            byte one = block[at++];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number in it does not end");
    }
}
