namespace VectorMigration.Fuzzing;

/// <summary>The first bytes of an array as a file: a cut file without a file.</summary>
internal sealed class MemoryBytes : FileBytes
{
    private readonly ReadOnlyMemory<byte> bytes;

    /// <summary>A file of <paramref name="bytes"/>.</summary>
    public MemoryBytes(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override DateTime LastWriteTimeUtc => DateTime.UnixEpoch;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset >= bytes.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = bytes.Span[(int)offset..];
        int length = Math.Min(rest.Length, buffer.Length);
        rest[..length].CopyTo(buffer);
        return length;
    }
}
