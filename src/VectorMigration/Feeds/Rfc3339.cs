using System.Globalization;

namespace VectorMigration.Feeds;

/// <summary>Moments by RFC 3339, and what of them Qdrant takes besides: without a zone, which is UTC, and dates alone.</summary>
internal static class Rfc3339
{
    private const int DateLength = 10;

    /// <summary>Beyond the year 9999, whichever way: what is larger need not be multiplied.</summary>
    private const decimal MostSeconds = 1e12m;

    private static readonly string[] Times = ["HH:mm:ss", "HH:mm"];

    /// <summary>The moment with date, time and zone; null for what is none. Fractions of a second and the zone stay as they are.</summary>
    public static string? Normalise(string text)
    {
        if (text.Length < DateLength || !DateOnly.TryParseExact(text.AsSpan(0, DateLength), "yyyy-MM-dd", CultureInfo.InvariantCulture,
            DateTimeStyles.None, out DateOnly _))
        {
            return null;
        }

        if (text.Length == DateLength)
        {
            return $"{text}T00:00:00Z";
        }

        if (text[DateLength] is not ('T' or 't' or ' '))
        {
            return null;
        }

        string rest = text[(DateLength + 1)..];
        int zoneAt = rest.AsSpan().IndexOfAny("Zz+-");
        string time = zoneAt < 0 ? rest : rest[..zoneAt];
        string? zone = zoneAt < 0 ? "Z" : Zone(rest[zoneAt..]);
        int point = time.IndexOf('.', StringComparison.Ordinal);
        string fraction = point < 0 ? string.Empty : time[point..];
        bool isTime = TimeOnly.TryParseExact(point < 0 ? time : time[..point], Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly of);
        bool isFraction = fraction.Length == 0
            || (fraction.Length is > 1 and <= 10 && point == "HH:mm:ss".Length && fraction.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0);
        return zone is not null && isTime && isFraction
            ? string.Create(CultureInfo.InvariantCulture, $"{text[..DateLength]}T{of:HH:mm:ss}{fraction}{zone}")
            : null;
    }

    /// <summary>The moment so many seconds after the beginning of 1970; null outside of the years 1 to 9999.</summary>
    public static string? OfSeconds(decimal seconds)
    {
        if (Math.Abs(seconds) > MostSeconds)
        {
            return null;
        }

        decimal ticks = Math.Round(seconds * TimeSpan.TicksPerSecond) + DateTime.UnixEpoch.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return null;
        }

        return new DateTime((long)ticks, DateTimeKind.Utc).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);
    }

    private static string? Zone(string zone) =>
        zone is "Z" or "z" ? "Z"
            : zone.Length == 6 && TimeOnly.TryParseExact(zone.AsSpan(1), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? zone
            : null;
}
