using VectorMigration.Engine;

namespace VectorMigration.Reports;

/// <summary>
/// The upload was held to a rate limit: one line for waits that follow each other closely, when the next one does not, and every 10 s while they last, so that
/// a run that is killed has told of them. No moment is in two of the lines.
/// </summary>
internal sealed record HeldLogRecord : LogRecord
{
    /// <summary>Value of the field <c>event</c>.</summary>
    public const string Name = "rate-held";

    /// <summary>When the first of the waits began, UTC.</summary>
    public required DateTime From { get; init; }

    /// <summary>When the last of them ended, UTC.</summary>
    public required DateTime Until { get; init; }

    /// <summary>Seconds of waiting in between, by the clock.</summary>
    public required double Seconds { get; init; }
}

/// <summary>Puts waits for a rate limit together: there may be one for each batch.</summary>
internal sealed class HeldStretch
{
    /// <summary>Waits that are further apart are two stretches.</summary>
    private static readonly TimeSpan MostApart = TimeSpan.FromSeconds(1);

    /// <summary>Less than this held nothing up.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(0.1);

    /// <summary>A stretch that is longer is told of while it lasts.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>All waits: what one line has told of does not count for the next one.</summary>
    private readonly LimitedTime waited = new();

    private Guid? run;
    private TimeSpan told;
    private DateTimeOffset since;
    private DateTimeOffset until;

    /// <summary>Adds a wait, and returns what is to be told: the stretch before it where it does not belong to that, and its own where that is long.</summary>
    public IReadOnlyList<HeldLogRecord> Add(RateKept kept)
    {
        HeldLogRecord? before = run is not null && kept.From > until + MostApart ? Take() : null;
        if (run is null)
        {
            (run, since) = (kept.RunId, kept.From > until ? kept.From : until);
        }

        waited.Add(kept.From, kept.Duration);
        DateTimeOffset end = kept.From + kept.Duration;
        until = end > until ? end : until;
        HeldLogRecord? own = until - since >= Longest ? Take() : null;
        return [.. ((HeldLogRecord?[])[before, own]).OfType<HeldLogRecord>()];
    }

    /// <summary>Ends the stretch and returns it; null where there is none worth telling.</summary>
    public HeldLogRecord? Take()
    {
        TimeSpan length = waited.At(DateTimeOffset.MaxValue) - told;
        if (run is not Guid held || length < Least)
        {
            run = null;
            return null;
        }

        (run, told) = (null, told + length);
        return new HeldLogRecord
        {
            At = until.UtcDateTime,
            Event = HeldLogRecord.Name,
            Run = held,
            From = since.UtcDateTime,
            Until = until.UtcDateTime,
            Seconds = Math.Round(length.TotalSeconds, 3),
        };
    }
}
