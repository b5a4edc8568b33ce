namespace VectorMigration.Fuzzing;

/// <summary>Bytes that can be changed and shifted, in a buffer that is kept from case to case.</summary>
internal sealed class MutableFile
{
    private byte[] buffer = new byte[1 << 20];

    /// <summary>Length of the file.</summary>
    public int Length { get; private set; }

    /// <summary>The file, to be changed in place.</summary>
    public Span<byte> Span => buffer.AsSpan(0, Length);

    /// <summary>The file.</summary>
    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, Length);

    /// <summary>Begins with a file.</summary>
    public void Set(ReadOnlySpan<byte> bytes)
    {
        Length = 0;
        Append(bytes);
    }

    /// <summary>Cuts.</summary>
    public void Resize(int length) => Length = Math.Min(Length, length);

    /// <summary>Puts bytes at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Grow(Length + bytes.Length);
        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Puts bytes in front.</summary>
    public void Prepend(ReadOnlySpan<byte> bytes)
    {
        Insert(0, bytes.Length, 0);
        bytes.CopyTo(buffer);
    }

    /// <summary>Puts <paramref name="count"/> equal bytes in.</summary>
    public void Insert(int at, int count, byte value)
    {
        Grow(Length + count);
        buffer.AsSpan(at, Length - at).CopyTo(buffer.AsSpan(at + count));
        buffer.AsSpan(at, count).Fill(value);
        Length += count;
    }

    /// <summary>Takes bytes out; returns how many there were to take.</summary>
    public int Remove(int at, int count)
    {
        int here = Math.Min(count, Length - at);
        buffer.AsSpan(at + here, Length - at - here).CopyTo(buffer.AsSpan(at));
        Length -= here;
        return here;
    }

    private void Grow(int length)
    {
        if (length > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(length, buffer.Length * 2));
        }
    }
}
