using System.Buffers;

namespace VectorMigration.SideFiles;

/// <summary>Reads the lines of a file one after the other from any offset, with positional reads, in one pooled buffer.</summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>Longest line in bytes; longer ones are refused rather than held.</summary>
    public const int MaxLine = 64 << 20;

#if DEBUG
    // Small, so that tests cross the boundary at every line.
    private const int FirstBuffer = 16;
    private const int FirstRead = 8;
#else
    private const int FirstBuffer = 256 << 10;
    private const int FirstRead = 4 << 10;
#endif

    private readonly FileBytes bytes;
    private readonly string path;
    private byte[] buffer;
    private int start;
    private int end;
    private long filled;
    private int readAtOnce;
    private int longest;

    /// <summary>
    /// Starts at <paramref name="offset"/>, which begins line <paramref name="line"/> (from 0), with <paramref name="room"/> for the first lines.
    /// </summary>
    public LineReader(FileBytes bytes, string path, long offset, long line, int room = 0)
    {
        buffer = LargeBytes.Rent((int)Math.Min(Math.Max(room, FirstBuffer), Math.Max(FirstBuffer, bytes.Length - offset + 1)));
        readAtOnce = buffer.Length;
        this.bytes = bytes;
        this.path = path;
        filled = offset;
        Line = line;
    }

    /// <summary>A buffer for lines like those that were read, with some room.</summary>
    public int Room => Math.Max(FirstBuffer, longest + (longest / 8) + 1);

    /// <summary>Number of the line that comes next, from 0.</summary>
    public long Line { get; private set; }

    /// <summary>Offset of the line that comes next.</summary>
    public long Offset => filled - (end - start);

    /// <summary>The next line without its end (LF or CRLF); false at the end of the file. Valid until the next call.</summary>
    /// <exception cref="MigrationException">The file cannot be read, has changed, or the line is too long.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = Bounded(searched + at);
                start += searched + at + 1;
                longest = Math.Max(longest, line.Length);
                Line++;
                return true;
            }

            searched = end - start;
            if (filled == bytes.Length)
            {
                line = Bounded(searched);
                start = end;
                Line += searched > 0 ? 1 : 0;
                return searched > 0;
            }

            Fill();
        }
    }

    /// <summary>
    /// Goes to the line that begins at <paramref name="offset"/>; lines are no longer counted. What was read already is used, and where that ends little is
    /// read at first: lines in no order lie far from each other.
    /// </summary>
    public void Seek(long offset)
    {
        if (offset >= Offset && offset <= filled)
        {
            start += (int)(offset - Offset);
            return;
        }

        start = 0;
        end = 0;
        filled = offset;
        readAtOnce = FirstRead;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] rented = Interlocked.Exchange(ref buffer, []);
        LargeBytes.Return(rented);
    }

    private ReadOnlySpan<byte> Bounded(int count) =>
        count <= MaxLine ? Trim(start, count) : throw PayloadErrors.LineTooLong(path, Line + 1, MaxLine);

    private ReadOnlySpan<byte> Trim(int from, int count) =>
        count > 0 && buffer[from + count - 1] == '\r' ? buffer.AsSpan(from, count - 1) : buffer.AsSpan(from, count);

    private void Fill()
    {
        int kept = end - start;
        if (kept > MaxLine)
        {
            throw PayloadErrors.LineTooLong(path, Line + 1, MaxLine);
        }

        if (kept > buffer.Length / 2)
        {
            // A line of many megabytes is held more than once as it is: room for the line and no more.
            long wanted = kept < LargeBytes.Largest ? buffer.Length * 2L : kept + RestOfLine();
            byte[] larger = LargeBytes.Rent((int)Math.Min(wanted, kept + bytes.Length - filled + 1));
            buffer.AsSpan(start, kept).CopyTo(larger);
            LargeBytes.Return(buffer);
            buffer = larger;
        }
        else
        {
            buffer.AsSpan(start, kept).CopyTo(buffer);
        }

        start = 0;
        end = kept;
        Read(kept);
    }

    /// <summary>Bytes from what was read to the end of the line, with what was read behind it; little more than a line may have.</summary>
    private long RestOfLine()
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            long passed = 0;
            while (passed <= MaxLine && filled + passed < bytes.Length)
            {
                int read = Read(filled + passed, piece.AsSpan(0, (int)Math.Min(piece.Length, bytes.Length - filled - passed)));
                int at = piece.AsSpan(0, read).IndexOf((byte)'\n');
                passed += read;
                if (at >= 0)
                {
                    break;
                }
            }

            return passed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private void Read(int kept)
    {
        int room = (int)Math.Min(Math.Min(buffer.Length - kept, readAtOnce), bytes.Length - filled);
        readAtOnce = Math.Min(readAtOnce * 2, MaxLine);
        int read = Read(filled, buffer.AsSpan(kept, room));
        filled += read;
        end += read;
    }

    private int Read(long offset, Span<byte> target)
    {
        int read;
        try
        {
            read = bytes.Read(offset, target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PayloadErrors.Unreadable(path, error);
        }

        return read > 0 ? read : throw PayloadErrors.Changed(path, $"{bytes.Length} bytes expected, {offset} found");
    }
}
