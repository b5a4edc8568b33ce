namespace VectorMigration.Qdrant;

/// <summary>
/// How many points one read asks for: as many as make an answer of a few megabytes by the weight of the answers so far, and no more than the server takes
/// at once. Thread-safe.
/// </summary>
internal sealed class ReadSize
{
    /// <summary>An answer of several points beyond this size is refused, and half as many are asked for.</summary>
    public const int LargestAnswer = 16 << 20;

    // Large enough that the round trip does not count, small enough that several answers fit in memory: payloads are held as text and compared as well.
    private const double AnswerBytes = 4 << 20;
    private const double AnswerBytesWithPayload = 1 << 20;
    private const int MostRows = 4_096;
    private const int MostRowsWithPayload = 512;
    private const int MostIds = 10_000;

    /// <summary>Nobody knows what payloads weigh before the first answer.</summary>
    private const int FirstRowsWithPayload = 16;

    private readonly Lock gate = new();
    private readonly double answerBytes;
    private readonly int mostRows;
    private int taken = int.MaxValue;
    private double weight;

    /// <summary>For points of one collection.</summary>
    /// <param name="dimension">Components of each vector; 0 where ids alone are read.</param>
    /// <param name="withPayload">Payloads too.</param>
    public ReadSize(int dimension, bool withPayload)
    {
        answerBytes = withPayload ? AnswerBytesWithPayload : AnswerBytes;
        mostRows = withPayload ? MostRowsWithPayload : dimension > 0 ? MostRows : MostIds;
        double vector = (dimension * sizeof(float)) + 64;
        weight = withPayload ? Math.Max(vector, answerBytes / FirstRowsWithPayload) : vector;
    }

    /// <summary>Points to ask for.</summary>
    public int Rows
    {
        get
        {
            lock (gate)
            {
                return (int)Math.Clamp(answerBytes / weight, 1, Math.Min(mostRows, taken));
            }
        }
    }

    /// <summary>An answer came: heavier points count at once, lighter ones little by little.</summary>
    public void Answered(int rows, int bytes)
    {
        lock (gate)
        {
            double seen = Math.Max(1, (double)bytes / Math.Max(1, rows));
            weight = seen > weight ? seen : (0.5 * weight) + (0.5 * seen);
        }
    }

    /// <summary>The answer for so many points was too large.</summary>
    public void TooLarge(int rows)
    {
        lock (gate)
        {
            weight = Math.Max(weight, 2 * answerBytes / Math.Max(1, rows));
        }
    }

    /// <summary>The server never takes so many points in one read.</summary>
    public void Refused(int rows)
    {
        lock (gate)
        {
            taken = Math.Max(1, Math.Min(taken, rows / 2));
        }
    }
}
