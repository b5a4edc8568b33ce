namespace VectorMigration.Reports;

/// <summary>
/// Time that an upload is held to a rate limit, by the clock: stretches that overlap count once, and what lies ahead counts as it passes. Never less than
/// before.
/// </summary>
internal sealed class LimitedTime
{
    private DateTimeOffset until = DateTimeOffset.MinValue;
    private TimeSpan total;

    /// <summary>Adds a stretch.</summary>
    public void Add(DateTimeOffset from, TimeSpan duration)
    {
        DateTimeOffset end = from + duration;
        DateTimeOffset start = from > until ? from : until;
        if (end > start)
        {
            total += end - start;
            until = end;
        }
    }

    /// <summary>Whether a stretch lasts still.</summary>
    public bool IsUnderWay(DateTimeOffset now) => until > now;

    /// <summary>How much of it has passed.</summary>
    public TimeSpan At(DateTimeOffset now) => until > now ? Later(TimeSpan.Zero, total - (until - now)) : total;

    /// <summary>The upload has ended: what lay ahead does not come.</summary>
    public void End(DateTimeOffset now)
    {
        total = At(now);
        until = until < now ? until : now;
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
