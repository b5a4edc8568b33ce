using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VectorMigration.Errors;

namespace VectorMigration.Files;

/// <summary>
/// A file of the disk, opened read-only, that notices what others do to it: the open file is compared by length and time of the
/// last write, the path by the same two, so that a file put in its place is noticed as well. A removed file stays readable.
/// </summary>
public sealed class DiskBytes : FileBytes
{
    private const int Page = 4096;

    /// <summary>
    /// Where a byte lands 1 to 31 bytes behind the place in its page that it comes from, AMD's Zen processors copy it at a quarter of the speed
    /// (the kernel copies with <c>rep movsb</c>; measured). A block of whole pages meets that at every read, so there it goes through another buffer.
    /// </summary>
    private const int SlowGaps = 31;

    /// <summary>Below this the other buffer costs as much as it saves.</summary>
    private const int WorthAvoiding = 16 << 10;

    private const int Detour = 128 << 10;

    private readonly SafeFileHandle handle;
    private readonly string path;

    /// <summary>Opens a file; the exceptions of the file system go through.</summary>
    /// <exception cref="NotSupportedException">It has no positions: a pipe, a terminal, a socket.</exception>
    public DiskBytes(string path, FileShare share)
    {
        this.path = path;
        UnblockedOpening.RequireSeekable(path);
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
    public override int Read(long offset, Span<byte> buffer) =>
        buffer.Length >= WorthAvoiding && IsSlow(offset, buffer) ? ReadByDetour(offset, buffer) : RandomAccess.Read(handle, buffer, offset);

    /// <inheritdoc/>
    public override string? Change()
    {
        long length = RandomAccess.GetLength(handle);
        if (length != Length)
        {
            return $"it had {Grouped.Of(Length)} bytes when it was opened and has {Grouped.Of(length)} now";
        }

        DateTime written = File.GetLastWriteTimeUtc(handle);
        if (written != LastWriteTimeUtc)
        {
            return $"it was written to at {written:u}, after it was opened";
        }

        FileInfo now = Target();
        return now.Exists && (now.Length != Length || now.LastWriteTimeUtc != LastWriteTimeUtc)
            ? $"it was replaced by another file ({Grouped.Of(now.Length)} bytes, written at {now.LastWriteTimeUtc:u})"
            : null;
    }

    /// <summary>The file that the path leads to now: of a link what it stands for, as in the cache of a hub, because a link has a length of its own.</summary>
    private FileInfo Target()
    {
        FileInfo file = new(path);
        return file.Exists && file.Attributes.HasFlag(FileAttributes.ReparsePoint) && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target
            ? target
            : file;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        handle.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Only for speed: memory that moves after the look is read into as well.</summary>
    private static bool IsSlow(long offset, Span<byte> buffer)
    {
        long address = Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref MemoryMarshal.GetReference(buffer));
        return ((address - offset) & (Page - 1)) is > 0 and <= SlowGaps;
    }

    private int ReadByDetour(long offset, Span<byte> buffer)
    {
        int wanted = Math.Min(buffer.Length, Detour);
        byte[] rented = ArrayPool<byte>.Shared.Rent(wanted + SlowGaps + 1);
        try
        {
            Span<byte> detour = rented.AsSpan(0, wanted);
            detour = IsSlow(offset, detour) ? rented.AsSpan(SlowGaps + 1, wanted) : detour;
            int read = RandomAccess.Read(handle, detour, offset);
            detour[..read].CopyTo(buffer);
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
