namespace VectorMigration.Tests;

/// <summary>A clock that a test moves, with timers that ring on the test's own thread.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<Alarm> alarms = [];
    private DateTimeOffset now = new(2026, 11, 27, 10, 0, 0, TimeSpan.Zero);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    /// <summary>Moves the clock; whatever is due on the way rings in its order.</summary>
    public void Advance(TimeSpan time)
    {
        DateTimeOffset end = now + time;
        while (alarms.Where(alarm => alarm.Due <= end).MinBy(static alarm => alarm.Due) is Alarm next)
        {
            now = next.Due;
            next.Ring();
        }

        now = end;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state), now + dueTime, period);
        alarms.Add(alarm);
        return alarm;
    }

    private sealed class Alarm(ManualTime time, Action ring, DateTimeOffset due, TimeSpan period) : ITimer
    {
        public DateTimeOffset Due { get; private set; } = due;

        public void Ring()
        {
            Due += period;
            ring();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => time.alarms.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
