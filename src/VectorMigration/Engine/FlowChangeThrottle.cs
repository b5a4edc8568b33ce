namespace VectorMigration.Engine;

/// <summary>The change that is worth telling next: at most about one a second, unless it is urgent. Not thread-safe.</summary>
internal sealed class FlowChangeThrottle
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private FlowChange? pending;
    private bool isUrgent;
    private TimeSpan? toldAt;

    /// <summary>Something changed; what was pending is outdated by it.</summary>
    public void Add(FlowChange change, bool urgently)
    {
        pending = change;
        isUrgent |= urgently;
    }

    /// <summary>The change to tell now, or null.</summary>
    public FlowChange? Take(TimeSpan now)
    {
        if (pending is null || (!isUrgent && toldAt is TimeSpan last && now - last < Between))
        {
            return null;
        }

        FlowChange told = pending;
        pending = null;
        isUrgent = false;
        toldAt = now;
        return told;
    }
}
