namespace VectorMigration.Store;

/// <summary>A server that does not answer.</summary>
/// <param name="Since">Since when, UTC: the start of the first call that it did not answer.</param>
/// <param name="Reason">What calls end with, or that they do not end.</param>
/// <param name="IsSilent">Calls are under way and nothing comes back; otherwise they fail.</param>
public sealed record ServerOutage(DateTimeOffset Since, string Reason, bool IsSilent)
{
    /// <summary>From when on the time counts after which it is given up on, UTC: its begin, or the end of a later pause of the run.</summary>
    public DateTimeOffset CountedFrom { get; init; } = Since;
}
