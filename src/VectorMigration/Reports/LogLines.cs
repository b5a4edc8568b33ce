using VectorMigration.Errors;

namespace VectorMigration.Reports;

/// <summary>The lines of a log as bytes, one at a time in bounded memory. What follows the last line feed is not a whole line and is left out.</summary>
internal sealed class LogLines(Stream stream, string path)
{
    /// <summary>A line holds the ids of one batch at most: 100,000 UUIDs are 4 MB.</summary>
    private const int MostBytes = 64 << 20;

    private byte[] buffer = new byte[64 << 10];
    private int start;
    private int end;

    /// <summary>Number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Reads a line without its line feed; it lies in memory that the next call uses again.</summary>
    /// <exception cref="MigrationException">A line is longer than any that a run writes.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        int searched = start;
        while (true)
        {
            int found = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = buffer.AsMemory(start, searched + found - start);
                start = searched + found + 1;
                Number++;
                return true;
            }

            int held = end - start;
            MakeRoom(held);
            searched = held;
            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                line = default;
                return false;
            }

            end += read;
        }
    }

    private void MakeRoom(int held)
    {
        byte[] target = buffer;
        if (held == buffer.Length)
        {
            if (held >= MostBytes)
            {
                throw HistoryErrors.DamagedLine(path, Number + 1, $"it is longer than {MostBytes} bytes");
            }

            target = new byte[Math.Min(MostBytes, buffer.Length * 2)];
        }

        buffer.AsSpan(start, held).CopyTo(target);
        buffer = target;
        start = 0;
        end = held;
    }
}
