using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VectorMigration.Qdrant;

/// <summary>
/// The points of an upsert where ids are numbers and there are no payloads: what nearly every vector of a migration takes. A point is then three pieces
/// that hardly change from row to row: what stands before the id (one store of 8 bytes), the id, what stands between id and components (one store of 32
/// bytes), and the components. A store may reach into what the next one overwrites, never beyond the end of the room.
/// </summary>
internal static class PlainPoints
{
    /// <summary>Tags before the id besides the point's length: point, id, number.</summary>
    private const int TagsBeforeId = 4;
    private const int MostBeforeId = sizeof(ulong);

    /// <summary>True where the pieces are as short as the stores, and the components long enough to be stored over.</summary>
    public static bool Fits(int dimension, int headLength) =>
        headLength <= Vector256<byte>.Count
        && dimension * sizeof(float) >= Vector256<byte>.Count
        && TagsBeforeId + WireWriter.VarintLength((uint)(headLength + (dimension * sizeof(float)) + 16)) <= MostBeforeId;

    /// <summary>Writes all points.</summary>
    /// <param name="room">Exactly as many bytes as they take.</param>
    /// <param name="batch">A batch whose point ids are numbers, Count × Dimension.</param>
    /// <param name="head">Everything between id and components.</param>
    /// <exception cref="ArgumentException">The room is too small or too large.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(Span<byte> room, VectorBatch batch, ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<PointId> ids = batch.PointIds.Span;
        ReadOnlySpan<byte> components = MemoryMarshal.AsBytes(batch.Components.Span);
        int stride = batch.Dimension * sizeof(float);
        Span<byte> padded = stackalloc byte[Vector256<byte>.Count];
        head.CopyTo(padded);
        Vector256<byte> between = Vector256.Create<byte>(padded);
        ref byte source = ref MemoryMarshal.GetReference(components);
        ref byte target = ref MemoryMarshal.GetReference(room);
        nuint position = 0;
        int idLength = 0;
        ulong before = 0;
        int beforeLength = 0;
        for (int row = 0; row < ids.Length; row++)
        {
            ulong id = ids[row].Number;
            int thisLength = WireWriter.VarintLength(id);
            if (thisLength != idLength)
            {
                idLength = thisLength;
                (before, beforeLength) = BeforeId(idLength, head.Length + stride);
            }

            if (position + (nuint)(beforeLength + idLength + head.Length + stride) > (nuint)room.Length)
            {
                throw new ArgumentException("The room is too small for the points.", nameof(room));
            }

            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, position), before);
            position += (nuint)beforeLength;
            while (id >= 0x80)
            {
                Unsafe.Add(ref target, position++) = (byte)(id | 0x80);
                id >>= 7;
            }

            Unsafe.Add(ref target, position++) = (byte)id;
            between.StoreUnsafe(ref target, position);
            position += (nuint)head.Length;
            Copy(ref Unsafe.Add(ref source, (nuint)row * (nuint)stride), ref Unsafe.Add(ref target, position), (nuint)stride);
            position += (nuint)stride;
        }

        if (position != (nuint)room.Length)
        {
            throw new ArgumentException("The room is too large for the points.", nameof(room));
        }
    }

    /// <summary>Point's tag and length, id's tag and length, number's tag, as they lie in memory; and how many bytes that is.</summary>
    private static (ulong Bytes, int Length) BeforeId(int idLength, int vector)
    {
        Span<byte> bytes = stackalloc byte[MostBeforeId];
        bytes.Clear();
        WireWriter writer = new(bytes);
        writer.Delimited(0x1A, TagsBeforeId - 1 + idLength + vector);
        writer.Delimited(0x0A, 1 + idLength);
        writer.Byte(0x08);
        ulong packed = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return (BitConverter.IsLittleEndian ? packed : BinaryPrimitives.ReverseEndianness(packed), writer.Position);
    }

    /// <summary>At least 32 bytes, by stores of 32, four at once, none of them over two cache lines but the first and the last, which reach over what the
    /// others store.</summary>
    private static void Copy(ref byte source, ref byte target, nuint length)
    {
        nuint width = (nuint)Vector256<byte>.Count;
        nuint last = length - width;
        Vector256.LoadUnsafe(ref source).StoreUnsafe(ref target);
        nuint i = width - ((nuint)Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref target) & (width - 1));
        for (; i + (4 * width) <= length; i += 4 * width)
        {
            Vector256<byte> first = Vector256.LoadUnsafe(ref source, i);
            Vector256<byte> second = Vector256.LoadUnsafe(ref source, i + width);
            Vector256<byte> third = Vector256.LoadUnsafe(ref source, i + (2 * width));
            Vector256<byte> fourth = Vector256.LoadUnsafe(ref source, i + (3 * width));
            first.StoreUnsafe(ref target, i);
            second.StoreUnsafe(ref target, i + width);
            third.StoreUnsafe(ref target, i + (2 * width));
            fourth.StoreUnsafe(ref target, i + (3 * width));
        }

        for (; i < last; i += width)
        {
            Vector256.LoadUnsafe(ref source, i).StoreUnsafe(ref target, i);
        }

        Vector256.LoadUnsafe(ref source, last).StoreUnsafe(ref target, last);
    }
}
