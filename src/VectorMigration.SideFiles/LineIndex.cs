namespace VectorMigration.SideFiles;

/// <summary>Is shown a line: its number from 0, where it begins, and its text without the end.</summary>
internal delegate void LineVisitor(long line, long offset, ReadOnlySpan<byte> text);

/// <summary>
/// Finds the offset of any line of a file without holding the file: one offset for every 1,024 lines, noted as far as
/// the file has been passed through, and the places where the last readers stopped. Thread-safe.
/// </summary>
internal sealed class LineIndex
{
#if DEBUG
    private const int Stride = 4;
#else
    private const int Stride = 1024;
#endif

    private readonly FileBytes bytes;
    private readonly string path;
    private readonly long firstOffset;
    private readonly Lock gate = new();
    private readonly List<long> marks = [];
    private readonly (long Line, long Offset)[] stops = new (long, long)[8];
    private int nextStop;

    /// <summary>For lines like the last ones.</summary>
    private int room;
    private long frontierLine;
    private long frontierOffset;
    private long lastFilled = -1;
    private bool complete;

    public LineIndex(FileBytes bytes, string path, long firstOffset)
    {
        this.bytes = bytes;
        this.path = path;
        this.firstOffset = firstOffset;
        frontierOffset = firstOffset;
        Array.Fill(stops, (0, firstOffset));
    }

    /// <summary>Rows of the file: its lines without the blank ones at the end. Null until the end has been seen.</summary>
    public long? Count
    {
        get
        {
            lock (gate)
            {
                return complete ? lastFilled + 1 : null;
            }
        }
    }

    /// <summary>A reader that stands at <paramref name="line"/> (from 0); null when the file ends before it.</summary>
    public LineReader? Open(long line, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (line >= frontierLine && !complete)
            {
                Advance(line, cancellationToken);
            }

            if (line >= frontierLine && complete)
            {
                return null;
            }

            (long at, long offset) = Nearest(line);
            LineReader reader = new(bytes, path, offset, at, room);
            while (reader.Line < line && reader.TryRead(out _))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            return reader;
        }
    }

    /// <summary>Notes where a reader stopped: the next batch begins there.</summary>
    public void Note(LineReader reader)
    {
        lock (gate)
        {
            room = reader.Room;
            stops[nextStop] = (reader.Line, reader.Offset);
            nextStop = (nextStop + 1) % stops.Length;
        }
    }

    /// <summary>Passes through the whole file from its beginning, and shows every line on the way.</summary>
    public void PassThrough(LineVisitor visit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            marks.Clear();
            frontierLine = 0;
            frontierOffset = firstOffset;
            lastFilled = -1;
            complete = false;
            Advance(long.MaxValue, cancellationToken, visit);
        }
    }

    /// <summary>Passes through the rest of the file and answers how many rows it holds.</summary>
    public long CountAll(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Advance(long.MaxValue, cancellationToken);
            return lastFilled + 1;
        }
    }

    private (long Line, long Offset) Nearest(long line)
    {
        (long Line, long Offset) best = ((line / Stride) * Stride, marks[(int)(line / Stride)]);
        foreach ((long Line, long Offset) stop in stops)
        {
            if (stop.Line <= line && stop.Line > best.Line)
            {
                best = stop;
            }
        }

        return best;
    }

    /// <summary>Notes offsets up to <paramref name="line"/> inclusive, or to the end.</summary>
    private void Advance(long line, CancellationToken cancellationToken, LineVisitor? visit = null)
    {
        using LineReader reader = new(bytes, path, frontierOffset, frontierLine);
        while (!complete && frontierLine <= line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long offset = reader.Offset;
            if (!reader.TryRead(out ReadOnlySpan<byte> text))
            {
                complete = true;
                return;
            }

            visit?.Invoke(frontierLine, offset, text);
            if (frontierLine % Stride == 0)
            {
                marks.Add(offset);
            }

            lastFilled = Lines.IsBlank(text) ? lastFilled : frontierLine;
            frontierLine = reader.Line;
            frontierOffset = reader.Offset;
        }
    }
}
