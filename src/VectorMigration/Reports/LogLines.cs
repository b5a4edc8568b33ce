namespace VectorMigration.Reports;

/// <summary>The lines of a log as bytes, one at a time in bounded memory. What cannot be a line of a log is passed over and counted.</summary>
internal sealed class LogLines(Stream stream)
{
    /// <summary>A line holds the ids of one batch at most: 100,000 UUIDs are 4 MB.</summary>
    private const int MostBytes = 64 << 20;

    private byte[] buffer = new byte[64 << 10];
    private int start;
    private int end;

    /// <summary>Number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Lines that are longer than any that a run writes, and one at the end that was cut off.</summary>
    public long Torn { get; private set; }

    /// <summary>Reads a line without its line feed; it lies in memory that the next call uses again.</summary>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        int searched = start;
        bool tooLong = false;
        while (true)
        {
            int found = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = buffer.AsMemory(start, searched + found - start);
                searched = start = searched + found + 1;
                Number++;
                if (!tooLong)
                {
                    return true;
                }

                tooLong = false;
                continue;
            }

            int held = end - start;
            if (held >= MostBytes)
            {
                Torn += tooLong ? 0 : 1;
                tooLong = true;
                start = end = held = 0;
            }

            MakeRoom(held);
            searched = held;
            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                Torn += held > 0 && !tooLong ? 1 : 0;
                start = end = 0;
                line = default;
                return false;
            }

            end += read;
        }
    }

    private void MakeRoom(int held)
    {
        byte[] target = held == buffer.Length ? new byte[Math.Min(MostBytes, buffer.Length * 2)] : buffer;
        buffer.AsSpan(start, held).CopyTo(target);
        buffer = target;
        start = 0;
        end = held;
    }
}
