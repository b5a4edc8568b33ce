namespace VectorMigration.Qdrant;

/// <summary>Bytes of a message that is put together from the inside out.</summary>
internal sealed class ByteBuilder : IDisposable
{
    private byte[] buffer = [];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    /// <summary>The same; it is valid until something else is done with the builder.</summary>
    public ArraySegment<byte> Segment => new(buffer, 0, Length);

    /// <summary>Room for bytes, to be filled by the caller.</summary>
    public Span<byte> Room(int count)
    {
        if (buffer.Length - Length < count)
        {
            Grow(count);
        }

        Length += count;
        return buffer.AsSpan(Length - count, count);
    }

    /// <summary>Appends bytes.</summary>
    public void Append(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    /// <summary>Appends a base-128 number.</summary>
    public void Varint(ulong value) => new WireWriter(Room(WireWriter.VarintLength(value))).Varint(value);

    /// <summary>Appends tag and length of a delimited field.</summary>
    public void Head(uint tag, int length)
    {
        Varint(tag);
        Varint((uint)length);
    }

    /// <summary>Forgets what was written, but keeps the room.</summary>
    public void Clear() => Length = 0;

    /// <summary>Leaves out the first bytes.</summary>
    public void RemoveStart(int count)
    {
        buffer.AsSpan(count, Length - count).CopyTo(buffer);
        Length -= count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LargeBytes.Return(buffer);
        buffer = [];
        Length = 0;
    }

    private void Grow(int count)
    {
        long wanted = Math.Max((long)Length + count, Math.Min(2L * buffer.Length, Array.MaxLength));
        byte[] larger = LargeBytes.Rent(checked((int)Math.Max(wanted, 4_096)));
        Written.CopyTo(larger);
        LargeBytes.Return(buffer);
        buffer = larger;
    }
}
