using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>Reads the rows of a CSV file one after the other; what is in memory is one block, or one row where that is longer. Not thread-safe.</summary>
internal sealed class CsvReader(StorePart part, CsvRow row, long offset, long line)
{
    /// <summary>Bytes of one row, as of a line of a payload file.</summary>
    public const int MostRow = 64 << 20;

#if DEBUG
    // Small, so that tests cross the boundary at every row.
    private const int FirstBlock = 16;
#else
    private const int FirstBlock = 128 << 10;
#endif

    private byte[] buffer = new byte[(int)Math.Min(FirstBlock, part.Bytes.Length + 1)];
    private int start;
    private int end;
    private long filled = offset;

    /// <summary>Where the row that comes next begins.</summary>
    public long Offset => filled - (end - start);

    /// <summary>The line in which the row begins that was read last, from 1; a row may take several.</summary>
    public long Line { get; private set; } = line;

    /// <summary>The line in which the row begins that comes next, from 1.</summary>
    public long NextLine { get; private set; } = line;

    /// <summary>Whether the row that was read last is a blank line.</summary>
    public bool IsBlank { get; private set; }

    /// <summary>Reads a row; false at the end of the file.</summary>
    /// <exception cref="MigrationException">It is not as RFC 4180 has it, or too long.</exception>
    public bool Read()
    {
        while (true)
        {
            bool isFinal = filled == part.Bytes.Length;
            if (start == end && isFinal)
            {
                return false;
            }

            CsvEnd read = start == end ? CsvEnd.NeedsMore : row.Read(buffer.AsSpan(start, end - start), isFinal);
            if (read == CsvEnd.NeedsMore)
            {
                Fill();
                continue;
            }

            Line = NextLine;
            if (read == CsvEnd.Fault)
            {
                throw TableErrors.Row(part.Path, Line, $"expected a row of CSV, found {row.Fault}",
                    "Write the file as RFC 4180 specifies: put quotes around fields that contain the delimiter, a quote or a line break."
                    + " Double the quotes in them.");
            }

            ReadOnlySpan<byte> raw = buffer.AsSpan(start, row.Consumed);
            IsBlank = row.Count == 1 && Lines.IsBlank(raw.TrimEnd("\r\n"u8));
            NextLine += raw.Count((byte)'\n');
            start += row.Consumed;
            return true;
        }
    }

    private void Fill()
    {
        int kept = end - start;
        if (kept >= MostRow)
        {
            throw TableErrors.Row(part.Path, NextLine, $"a row of more than {Grouped.Of(MostRow)} bytes", "Look for a quote that is not closed, or "
                + "split the texts.");
        }

        if (kept > buffer.Length / 2)
        {
            byte[] larger = new byte[(int)Math.Min(buffer.Length * 2L, kept + part.Bytes.Length - filled + 1)];
            buffer.AsSpan(start, kept).CopyTo(larger);
            buffer = larger;
        }
        else
        {
            buffer.AsSpan(start, kept).CopyTo(buffer);
        }

        start = 0;
        byte[] read = part.Read(filled, (int)Math.Min(buffer.Length - kept, part.Bytes.Length - filled));
        read.CopyTo(buffer, kept);
        filled += read.Length;
        end = kept + read.Length;
    }
}
