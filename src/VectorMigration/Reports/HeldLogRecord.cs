using VectorMigration.Engine;

namespace VectorMigration.Reports;

/// <summary>The upload was held to a rate limit: one line for waits that follow each other closely, when the next one does not.</summary>
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

    private LimitedTime waited = new();
    private RateKept? first;
    private DateTimeOffset until;

    /// <summary>Adds a wait; the stretch before it where it does not belong to that.</summary>
    public HeldLogRecord? Add(RateKept kept)
    {
        HeldLogRecord? before = first is not null && kept.From > until + MostApart ? Take() : null;
        first ??= kept;
        waited.Add(kept.From, kept.Duration);
        DateTimeOffset end = kept.From + kept.Duration;
        until = end > until ? end : until;
        return before;
    }

    /// <summary>Ends the stretch and returns it; null where there is none worth telling.</summary>
    public HeldLogRecord? Take()
    {
        if (first is null)
        {
            return null;
        }

        TimeSpan length = waited.At(DateTimeOffset.MaxValue);
        HeldLogRecord? held = length < Least ? null : new()
        {
            At = until.UtcDateTime,
            Event = HeldLogRecord.Name,
            Run = first.RunId,
            From = first.From.UtcDateTime,
            Until = until.UtcDateTime,
            Seconds = Math.Round(length.TotalSeconds, 3),
        };
        (first, waited, until) = (null, new LimitedTime(), default);
        return held;
    }
}
