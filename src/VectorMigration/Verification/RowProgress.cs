namespace VectorMigration.Verification;

/// <summary>
/// How far a reading back has come. A batch of the index can take many answers where the server limits reads, so each answer counts; rows that no answer is
/// about count when their batch is done. Never goes back. Thread-safe.
/// </summary>
/// <param name="tell">Told the rows that are done, all batches together; null where nobody asks.</param>
internal sealed class RowProgress(Action<long>? tell)
{
    private readonly Lock gate = new();

    private long answered;
    private long finished;
    private long told;

    /// <summary>An answer about so many rows has come.</summary>
    public void Answer(int rows)
    {
        lock (gate)
        {
            answered += rows;
            Tell(answered);
        }
    }

    /// <summary>A batch of so many rows is done, those among them that no answer was about.</summary>
    public void Finish(long rows)
    {
        lock (gate)
        {
            finished += rows;
            Tell(finished);
        }
    }

    private void Tell(long rows)
    {
        if (rows > told)
        {
            told = rows;
            tell?.Invoke(rows);
        }
    }
}
