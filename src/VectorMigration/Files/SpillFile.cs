using System.Runtime.InteropServices;

namespace VectorMigration.Files;

/// <summary>Numbers on the disk: written once from the beginning to the end, then read by position. Reading is thread-safe.</summary>
public sealed class SpillFile : IDisposable
{
#if DEBUG
    // Small, so that tests cross the boundary at every few numbers.
    private const int Buffered = 6;
#else
    private const int Buffered = 32 << 10;
#endif

    private readonly FileStream file;
    private readonly long[] buffer = new long[Buffered];
    private int filled;

    /// <summary>Makes the file, for its owner alone and locked against everybody else.</summary>
    public SpillFile(string path)
    {
        Path = path;
        file = PrivateFile.Open(path, FileMode.CreateNew, FileShare.None);
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Numbers in it.</summary>
    public long Count { get; private set; }

    /// <summary>Writes a number behind the others.</summary>
    public void Add(long number)
    {
        if (filled == buffer.Length)
        {
            Flush();
        }

        buffer[filled++] = number;
        Count++;
    }

    /// <summary>Writes what is still held, so that it can be read.</summary>
    public void Flush()
    {
        RandomAccess.Write(file.SafeFileHandle, MemoryMarshal.AsBytes(buffer.AsSpan(0, filled)), (Count - filled) * sizeof(long));
        filled = 0;
    }

    /// <summary>Reads numbers from <paramref name="first"/> on.</summary>
    /// <exception cref="EndOfStreamException">There are not so many.</exception>
    public void Read(long first, Span<long> numbers)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(numbers);
        long offset = first * sizeof(long);
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(file.SafeFileHandle, bytes, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"{Path} ends at byte {offset}.");
            }

            offset += read;
            bytes = bytes[read..];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (file.SafeFileHandle.IsClosed)
        {
            return;
        }

        if (!OperatingSystem.IsWindows())
        {
            File.Delete(Path);
            file.Dispose();
            return;
        }

        // Windows deletes no file that is open without sharing.
        file.Dispose();
        try
        {
            HeldFile.Try(() => File.Delete(Path));
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            // A program that scans new files still has it open: the next run removes it.
        }
    }
}
