namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>Bytes in memory, read as a file is: for JSON that lies in a text of another JSON.</summary>
internal sealed class HeldBytes(byte[] data) : FileBytes
{
    /// <inheritdoc/>
    public override long Length => data.Length;

    /// <inheritdoc/>
    public override DateTime LastWriteTimeUtc => DateTime.UnixEpoch;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        int length = (int)Math.Min(buffer.Length, Math.Max(0, data.Length - offset));
        data.AsSpan((int)Math.Min(offset, data.Length), length).CopyTo(buffer);
        return length;
    }
}
