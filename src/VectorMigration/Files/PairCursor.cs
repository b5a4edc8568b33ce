namespace VectorMigration.Files;

/// <summary>Goes through the pairs of a part of a file, one after the other.</summary>
/// <param name="file">The file.</param>
/// <param name="first">The first pair.</param>
/// <param name="end">The pair behind the last one.</param>
internal sealed class PairCursor(SpillFile file, long first, long end)
{
#if DEBUG
    private const int Buffered = 4;
#else
    private const int Buffered = 16 << 10;
#endif

    private readonly long[] buffer = new long[(int)Math.Min(Buffered, Math.Max(1, end - first)) * 2];
    private long next = first;
    private int at;
    private int filled;

    /// <summary>First number of the pair it stands at.</summary>
    public long Key { get; private set; }

    /// <summary>Second number of the pair it stands at.</summary>
    public long Value { get; private set; }

    /// <summary>Goes to the next pair; false at the end.</summary>
    public bool Next()
    {
        if (at == filled)
        {
            int pairs = (int)Math.Min(buffer.Length / 2, end - next);
            if (pairs <= 0)
            {
                return false;
            }

            file.Read(next * 2, buffer.AsSpan(0, pairs * 2));
            next += pairs;
            at = 0;
            filled = pairs * 2;
        }

        Key = buffer[at];
        Value = buffer[at + 1];
        at += 2;
        return true;
    }
}
