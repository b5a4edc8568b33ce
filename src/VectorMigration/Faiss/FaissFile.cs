using Microsoft.Win32.SafeHandles;

namespace VectorMigration;

/// <summary>
/// A file of an index, opened read-only and read by position: thread-safe, exact, and aware of being changed underneath.
/// </summary>
internal sealed class FaissFile : IDisposable
{
    /// <summary>Largest single read in bytes, so that a cancelled read of many vectors ends soon.</summary>
    private const int ReadBlock = 4 << 20;

    private readonly SafeFileHandle handle;
    private long bytesRead;

    private FaissFile(string path, SafeFileHandle handle, long length, DateTime lastWriteTimeUtc)
    {
        this.handle = handle;
        Path = path;
        Length = length;
        LastWriteTimeUtc = lastWriteTimeUtc;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Length in bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Time of the last write when it was opened, UTC.</summary>
    public DateTime LastWriteTimeUtc { get; }

    /// <summary>Bytes read so far.</summary>
    public long BytesRead => Interlocked.Read(ref bytesRead);

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="MigrationException">Missing, a folder, locked or not permitted.</exception>
    public static FaissFile Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw FaissErrors.IsDirectory(path);
        }

        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.None);
            return new FaissFile(path, handle, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
        }
        catch (Exception error)
        {
            handle?.Dispose();
            throw FaissErrors.CannotOpen(path, error);
        }
    }

    /// <summary>Fills the buffer from <paramref name="offset"/> on.</summary>
    /// <exception cref="MigrationException">The file ends sooner than it did when it was opened, or cannot be read.</exception>
    public void ReadExactly(long offset, Span<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = ReadOnce(offset, buffer[..Math.Min(buffer.Length, ReadBlock)]);
            if (read == 0)
            {
                throw FaissErrors.Changed(Path, $"it ends at byte {offset}, where data was when it was opened ({Length} bytes)");
            }

            Interlocked.Add(ref bytesRead, read);
            offset += read;
            buffer = buffer[read..];
        }
    }

    /// <summary>Compares length and time of the last write with those at the opening.</summary>
    /// <exception cref="MigrationException">The file was written to, cut or replaced.</exception>
    public void ThrowIfChanged()
    {
        long length = RandomAccess.GetLength(handle);
        if (length != Length)
        {
            throw FaissErrors.Changed(Path, $"it had {Length} bytes when it was opened and has {length} now");
        }

        FileInfo now = new(Path);
        if (now.Exists && (now.Length != Length || now.LastWriteTimeUtc != LastWriteTimeUtc))
        {
            throw FaissErrors.Changed(Path, $"it was written or replaced at {now.LastWriteTimeUtc:u}, after it was opened");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private int ReadOnce(long offset, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(handle, buffer, offset);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FaissErrors.CannotRead(Path, offset, error);
        }
    }
}
