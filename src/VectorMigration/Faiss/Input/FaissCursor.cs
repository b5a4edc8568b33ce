using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VectorMigration.Errors;

namespace VectorMigration.Faiss.Input;

/// <summary>A run of elements of a file, checked to lie within it.</summary>
internal readonly record struct FileSpan(long Offset, long Count, int ElementSize)
{
    /// <summary>Length in bytes.</summary>
    public long Length => Count * ElementSize;
}

/// <summary>
/// Walks the fields of an index from front to back. Every field is named; every length is checked against the bytes left before
/// it is used; arrays are stepped over, not read. The window grows only while it is read through without a gap.
/// </summary>
internal sealed class FaissCursor(FaissFile file)
{
#if DEBUG
    // Tiny, so that tests cross every boundary.
    private const int FirstWindow = 8;
    private const int LargestWindow = 64;
#else
    private const int FirstWindow = 512;
    private const int LargestWindow = 64 << 10;
#endif

    private byte[] window = new byte[FirstWindow];
    private long windowStart;
    private int windowLength;
    private int nextWindow = FirstWindow;

    /// <summary>The file.</summary>
    public FaissFile File => file;

    /// <summary>Offset of the next field.</summary>
    public long Position { get; private set; }

    /// <summary>Offset of the field read last.</summary>
    public long FieldOffset { get; private set; }

    /// <summary>Bytes from here to the end of the file.</summary>
    public long Remaining => file.Length - Position;

    /// <summary>Told offset and length of every field that is read: what damages files on purpose aims at them.</summary>
    public Action<long, int>? OnField { get; init; }

    /// <summary>Class whose fields are being read; part of every error.</summary>
    public string Owner { get; set; } = "file";

    public byte Byte(string field) => Take(field, 1)[0];

    public int Int32(string field) => BinaryPrimitives.ReadInt32LittleEndian(Take(field, 4));

    public uint Code(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Take(field, 4));

    public long Int64(string field) => BinaryPrimitives.ReadInt64LittleEndian(Take(field, 8));

    public ulong UInt64(string field) => BinaryPrimitives.ReadUInt64LittleEndian(Take(field, 8));

    public float Single(string field) => BinaryPrimitives.ReadSingleLittleEndian(Take(field, 4));

    /// <summary>A C++ bool: FAISS's own reader refuses other bytes than 0 and 1.</summary>
    public bool Bool(string field)
    {
        byte value = Byte(field);
        return value <= 1 ? value == 1 : throw Invalid(field, "0 or 1", value.ToString());
    }

    /// <summary>A size_t that has to be a plausible number of things.</summary>
    public long Size(string field)
    {
        ulong value = UInt64(field);
        return value <= long.MaxValue ? (long)value : throw Invalid(field, "a number of things", value.ToString());
    }

    /// <summary>A size_t within bounds.</summary>
    public long Size(string field, long least, long most)
    {
        ulong value = UInt64(field);
        return value <= long.MaxValue && (long)value >= least && (long)value <= most ? (long)value
            : throw Invalid(field, $"{least} to {most}", value.ToString());
    }

    /// <summary>Fields that nothing here depends on.</summary>
    public void Ignore(string field, int bytes) => Skip(field, bytes, 1);

    /// <summary>Steps over <paramref name="count"/> elements that have no count before them.</summary>
    public FileSpan Skip(string field, long count, int elementSize)
    {
        if (count < 0 || (elementSize > 0 && count > Remaining / elementSize))
        {
            throw FaissErrors.Truncated(file.Path, Owner, field, Position, $"{count} × {elementSize} bytes", Remaining);
        }

        FileSpan span = new(Position, count, elementSize);
        FieldOffset = Position;
        Position += span.Length;
        return span;
    }

    /// <summary>A vector: its count (u64), then its elements, which are stepped over.</summary>
    public FileSpan Vector(string field, int elementSize)
    {
        ulong count = UInt64(field);
        long at = FieldOffset;
        if (count > (ulong)(Remaining / elementSize))
        {
            throw FaissErrors.Truncated(file.Path, Owner, field, at, $"{count} elements of {elementSize} bytes", Remaining);
        }

        FileSpan span = new(Position, (long)count, elementSize);
        Position += span.Length;
        FieldOffset = at;
        return span;
    }

    /// <summary>A vector that has to have so many elements.</summary>
    public FileSpan Vector(string field, int elementSize, long expectedCount)
    {
        FileSpan span = Vector(field, elementSize);
        return span.Count == expectedCount ? span : throw Invalid(field, $"{expectedCount} elements", span.Count.ToString());
    }

    /// <summary>A vector that is read and kept: the numbers of a quantizer or a transform, never vectors or ids of an index.</summary>
    public T[] Array<T>(string field)
        where T : unmanaged
    {
        FileSpan span = Vector(field, Unsafe.SizeOf<T>());
        if (span.Count > System.Array.MaxLength)
        {
            throw Invalid(field, $"at most {System.Array.MaxLength} elements", span.Count.ToString());
        }

        T[] elements = new T[span.Count];
        file.ReadExactly(span.Offset, MemoryMarshal.AsBytes(elements.AsSpan()));
        return elements;
    }

    /// <summary>Sets the cursor back to a place it has passed.</summary>
    public void Return(long position) => Position = position;

    /// <summary>The error about the field read last.</summary>
    public MigrationException Invalid(string field, string expected, string found) =>
        FaissErrors.Invalid(file.Path, Owner, field, FieldOffset, expected, found);

    private ReadOnlySpan<byte> Take(string field, int bytes)
    {
        if (bytes > Remaining)
        {
            throw FaissErrors.Truncated(file.Path, Owner, field, Position, bytes == 1 ? "1 byte" : $"{bytes} bytes", Remaining);
        }

        if (Position < windowStart || Position + bytes > windowStart + windowLength)
        {
            Refill(bytes);
        }

        OnField?.Invoke(Position, bytes);
        ReadOnlySpan<byte> taken = window.AsSpan((int)(Position - windowStart), bytes);
        FieldOffset = Position;
        Position += bytes;
        return taken;
    }

    private void Refill(int bytes)
    {
        bool goesOn = Position >= windowStart && Position <= windowStart + windowLength;
        nextWindow = goesOn ? Math.Min(nextWindow * 2, LargestWindow) : FirstWindow;
        windowStart = Position;
        windowLength = 0;
        int length = (int)Math.Min(Math.Max(nextWindow, bytes), Remaining);
        if (length > window.Length)
        {
            window = new byte[Math.Max(nextWindow, bytes)];
        }

        file.ReadExactly(Position, window.AsSpan(0, length));
        windowLength = length;
    }
}
