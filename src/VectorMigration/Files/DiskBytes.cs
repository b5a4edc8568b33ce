using Microsoft.Win32.SafeHandles;

namespace VectorMigration;

/// <summary>
/// A file of the disk, opened read-only, that notices what others do to it: the open file is compared by length and time of the
/// last write, the path by the same two, so that a file put in its place is noticed as well. A removed file stays readable.
/// </summary>
internal sealed class DiskBytes : FileBytes
{
    private readonly SafeFileHandle handle;
    private readonly string path;

    /// <summary>Opens a file; the exceptions of the file system go through.</summary>
    public DiskBytes(string path, FileShare share)
    {
        this.path = path;
        handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, share, FileOptions.None);
        try
        {
            Length = RandomAccess.GetLength(handle);
            LastWriteTimeUtc = File.GetLastWriteTimeUtc(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override DateTime LastWriteTimeUtc { get; }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);

    /// <inheritdoc/>
    public override string? Change()
    {
        long length = RandomAccess.GetLength(handle);
        if (length != Length)
        {
            return $"it had {Length} bytes when it was opened and has {length} now";
        }

        DateTime written = File.GetLastWriteTimeUtc(handle);
        if (written != LastWriteTimeUtc)
        {
            return $"it was written to at {written:u}, after it was opened";
        }

        FileInfo now = new(path);
        return now.Exists && (now.Length != Length || now.LastWriteTimeUtc != LastWriteTimeUtc)
            ? $"another file was put in its place ({now.Length} bytes, written at {now.LastWriteTimeUtc:u})"
            : null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        handle.Dispose();
        base.Dispose(disposing);
    }
}
