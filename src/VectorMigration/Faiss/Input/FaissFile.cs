using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.Faiss.Input;

/// <summary>
/// A file of an index, opened read-only and read by position: thread-safe, exact, and aware of being changed underneath.
/// </summary>
internal sealed class FaissFile : IPositionalFile, IDisposable
{
    /// <summary>Largest single read in bytes, so that a cancelled read of many vectors ends soon.</summary>
    private const int ReadBlock = 4 << 20;

    private readonly FileBytes bytes;
    private long bytesRead;

    /// <summary>Reads from <paramref name="bytes"/>, which it closes, under the name <paramref name="path"/>.</summary>
    public FaissFile(string path, FileBytes bytes)
    {
        this.bytes = bytes;
        Path = path;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Length in bytes when it was opened.</summary>
    public long Length => bytes.Length;

    /// <summary>Time of the last write when it was opened, UTC.</summary>
    public DateTime LastWriteTimeUtc => bytes.LastWriteTimeUtc;

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

        try
        {
            // Before it is opened: a pipe or a device has no length, and opening it could wait for ever.
            if (SpecialFile.KindOf(path) is string kind)
            {
                throw new NotSupportedException($"it is {kind}, which cannot be read at any position.");
            }

            if (new FileInfo(path) is { Exists: true, Length: 0 })
            {
                throw FaissErrors.Empty(path);
            }

            // Whoever writes the index may replace or remove it meanwhile: that is noticed (Change), and hours of reading keep nobody from it.
            return new FaissFile(path, new DiskBytes(path, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception error) when (error is not MigrationException)
        {
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
                throw FaissErrors.Changed(Path, $"it had {Grouped.Of(Length)} bytes when it was opened, and now ends at byte {offset}");
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
        string? change;
        try
        {
            change = bytes.Change();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FaissErrors.CannotRead(Path, 0, error);
        }

        if (change is not null)
        {
            throw FaissErrors.Changed(Path, change);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => bytes.Dispose();

    private int ReadOnce(long offset, Span<byte> buffer)
    {
        try
        {
            return bytes.Read(offset, buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FaissErrors.CannotRead(Path, offset, error);
        }
    }
}
