namespace VectorMigration.Store;

/// <summary>How long calls that read or ask go on where the server is lost or takes no more, counted from the last call that it answered.</summary>
/// <param name="Outage">While it is lost (<c>-GiveUpAfterSec</c>, <c>--give-up-after</c>).</param>
/// <param name="NoProgress">While it, or a proxy before it, limits the rate (<c>-NoProgressTimeoutSec</c>, <c>--no-progress-timeout</c>).</param>
public sealed record CallPatience(TimeSpan Outage, TimeSpan NoProgress);
