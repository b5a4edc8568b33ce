using System.Buffers.Binary;
using System.Numerics;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>The two checksums of HDF5: Jenkins's lookup3 of its own records, and Fletcher's of the data of a chunk.</summary>
internal static class Hdf5Checksum
{
    private const uint Start = 0xDEADBEEF;
    private const int Block = 12;

    // So many words that the sums of 32 bits do not overflow.
    private const int Words = 360;

    /// <summary>lookup3, with an initial value of 0.</summary>
    public static uint OfRecord(ReadOnlySpan<byte> bytes)
    {
        uint a = Start + (uint)bytes.Length;
        uint b = a;
        uint c = a;
        if (bytes.IsEmpty)
        {
            return c;
        }

        for (; bytes.Length > Block; bytes = bytes[Block..])
        {
            Add(bytes, ref a, ref b, ref c);
            Mix(ref a, ref b, ref c);
        }

        Span<byte> tail = stackalloc byte[Block];
        tail.Clear();
        bytes.CopyTo(tail);
        Add(tail, ref a, ref b, ref c);
        return Final(a, b, c);
    }

    /// <summary>Fletcher's sum of words of 16 bits, the highest byte first.</summary>
    public static uint OfData(ReadOnlySpan<byte> bytes)
    {
        uint first = 0;
        uint second = 0;
        while (bytes.Length > 1)
        {
            ReadOnlySpan<byte> some = bytes[..(Math.Min(Words, bytes.Length / 2) * 2)];
            for (int i = 0; i < some.Length; i += 2)
            {
                first += BinaryPrimitives.ReadUInt16BigEndian(some[i..]);
                second += first;
            }

            (first, second) = (Fold(first), Fold(second));
            bytes = bytes[some.Length..];
        }

        if (!bytes.IsEmpty)
        {
            first += (uint)bytes[0] << 8;
            second += first;
            (first, second) = (Fold(first), Fold(second));
        }

        return (Fold(second) << 16) | Fold(first);
    }

    private static uint Fold(uint sum) => (sum & 0xFFFF) + (sum >> 16);

    private static void Add(ReadOnlySpan<byte> block, ref uint a, ref uint b, ref uint c)
    {
        a += BinaryPrimitives.ReadUInt32LittleEndian(block);
        b += BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
    }

    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        Turn(ref a, ref c, b, 4);
        Turn(ref b, ref a, c, 6);
        Turn(ref c, ref b, a, 8);
        Turn(ref a, ref c, b, 16);
        Turn(ref b, ref a, c, 19);
        Turn(ref c, ref b, a, 4);
    }

    private static void Turn(ref uint changed, ref uint subtracted, uint added, int bits)
    {
        changed = (changed - subtracted) ^ BitOperations.RotateLeft(subtracted, bits);
        subtracted += added;
    }

    private static uint Final(uint a, uint b, uint c)
    {
        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        return (c ^ b) - BitOperations.RotateLeft(b, 24);
    }
}
