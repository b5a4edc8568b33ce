using System.Numerics;
using System.Runtime.InteropServices;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Fields of four bits, two a byte, the low one first.</summary>
internal static class Nibbles
{
    /// <summary>Spreads nibbles to bytes; an odd last one is the low half of its byte.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, Span<byte> fields)
    {
        int whole = fields.Length / 2;
        int at = 0;
        ref byte source = ref MemoryMarshal.GetReference(packed);
        ref byte target = ref MemoryMarshal.GetReference(fields);
        var low = new Vector<ushort>(0x0F0F);
        for (; at <= whole - Vector<byte>.Count; at += Vector<byte>.Count)
        {
            // A byte widened to 16 bits and moved up by four beside itself is both of its nibbles, in order of memory.
            Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)at), out Vector<ushort> first, out Vector<ushort> second);
            Vector.StoreUnsafe(Vector.AsVectorByte((first | (first << 4)) & low), ref target, (nuint)(2 * at));
            Vector.StoreUnsafe(Vector.AsVectorByte((second | (second << 4)) & low), ref target, (nuint)((2 * at) + Vector<byte>.Count));
        }

        for (; at < whole; at++)
        {
            fields[2 * at] = (byte)(packed[at] & 15);
            fields[(2 * at) + 1] = (byte)(packed[at] >> 4);
        }

        if (fields.Length % 2 != 0)
        {
            fields[^1] = (byte)(packed[whole] & 15);
        }
    }
}
