using System.Globalization;
using VectorMigration.Engine;
using VectorMigration.Runs;

namespace VectorMigration.Tuning;

/// <summary>Says in words why a setting is recommended, with the figures that led to it.</summary>
internal static class TuningReason
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The reason for a setting that was found by trying.</summary>
    public static string Of(TuningSetting best, TuningSearch search, TuningGrid grid, DurationForecast forecast)
    {
        string rate = string.Create(Culture, $"{Capital(best.ToString())}: {search.Rate(best):N0} vectors/s in {Trials(search.Trials(best))}.");
        var words = new List<string> { rate };
        string[] others = [.. grid.Neighbours(best).Where(setting => search.Trials(setting) > 0 && setting.BatchDelay == best.BatchDelay)
            .Select(setting => $"{Difference(best, setting)} gave {Rate(search.Rate(setting))}")];
        if (others.Length > 0)
        {
            words.Add(Capital(string.Join(", ", others)) + ".");
        }

        if (Faster(best, search, grid) is string faster)
        {
            words.Add($"The lead of {faster} is within the noise of the measurement.");
        }

        foreach (TuningSetting paused in grid.Neighbours(best).Where(setting => search.Trials(setting) > 0 && setting.BatchDelay > best.BatchDelay))
        {
            words.Add(string.Create(Culture, $"A pause of {paused.BatchDelay.TotalSeconds:0.###} s between batches gave {search.Rate(paused):N0}, but a pause "
                + $"is recommended only if the server limits the rate."));
        }

        if (AdaptivePace(forecast) is string adaptive)
        {
            words.Add(adaptive);
        }

        return string.Join(' ', words);
    }

    /// <summary>The reason where a write limit decides.</summary>
    public static string Of(TuningSetting paced, WriteRateLimit limit, TuningSetting best, double unlimited) => string.Create(
        Culture,
        $"Strict mode limits the collection to {limit.PointsPerMinute:N0} points per minute"
            + $"{(limit.Shards > 1 ? $" and shard, on {limit.Shards} shards" : string.Empty)}. "
            + $"Without the limit, the server reached {unlimited:N0} vectors/s with {best}. "
            + $"{Capital(paced.ToString())}: this stays below the limit, so that no batch is refused. "
            + $"The default pace also respects the limit, and uses its full allowance at the start.");

    private static string? AdaptivePace(DurationForecast forecast)
    {
        if (!forecast.Has(adaptive: true) || !forecast.Has(adaptive: false))
        {
            return null;
        }

        double slower = forecast.PaceRatio;
        return Pace(slower, forecast.AdaptiveDiffers);
    }

    /// <summary>How the default pace compares: what lies within the noise is no difference, and what does not is one.</summary>
    internal static string Pace(double ratio, bool differs) => differs
        ? $"The default pace, found while sending, takes {Units.Longer(ratio)}."
        : Units.Longer(ratio) is var measured && Math.Round(100 * (ratio - 1)) == 0
            ? $"The default pace, found while sending, takes {measured}."
            : $"The default pace, found while sending, measured {measured}, which is within the noise of the measurement.";

    /// <summary>The neighbours that were faster, without those that pause; null where none was.</summary>
    private static string? Faster(TuningSetting best, TuningSearch search, TuningGrid grid) => string.Join(" and ", grid.Neighbours(best)
        .Where(setting => search.Rate(setting) > search.Rate(best) && setting.BatchDelay == best.BatchDelay).Select(setting => Difference(best, setting)))
            is { Length: > 0 } faster ? faster : null;

    private static string Difference(TuningSetting best, TuningSetting other) => other.BatchSize == best.BatchSize
        ? string.Create(Culture, $"{other.ThrottleLimit} in parallel")
        : string.Create(Culture, $"batches of {other.BatchSize:N0}");

    private static string Rate(double rate) => rate.ToString("N0", Culture);

    private static string Trials(int count) => count == 1 ? "one trial" : string.Create(Culture, $"{count} trials");

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
