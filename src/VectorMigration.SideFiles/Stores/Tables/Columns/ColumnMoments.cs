using System.Globalization;

namespace VectorMigration.SideFiles.Stores.Tables.Columns;

/// <summary>Dates and times of tables as texts: RFC 3339 for moments, ISO 8601 for the rest.</summary>
internal static class ColumnMoments
{
    private const long SecondsOfDay = 86_400;
    private const long JulianEpoch = 2_440_588;
    private const long Nanoseconds = 1_000_000_000;

    private static readonly long First = new DateTimeOffset(DateTime.MinValue, TimeSpan.Zero).ToUnixTimeSeconds();
    private static readonly long Last = new DateTimeOffset(DateTime.MaxValue, TimeSpan.Zero).ToUnixTimeSeconds();

    /// <summary>The day of a moment: <c>2024-02-29</c>.</summary>
    public static string Date(TableJson json, long seconds) => At(json, seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A moment: <c>2024-02-29T12:30:15.250Z</c>, without the last letter where no zone is known.</summary>
    public static string Moment(TableJson json, long value, long perSecond, bool isUtc)
    {
        (long seconds, long rest) = Split(value, perSecond);
        string text = At(json, seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return text + Fraction(rest) + (isUtc ? "Z" : string.Empty);
    }

    /// <summary>A moment by its Julian day and the nanoseconds of that.</summary>
    public static string Julian(TableJson json, int day, long nanoseconds)
    {
        (long seconds, long rest) = Split(nanoseconds, Nanoseconds);
        string text = At(json, ((day - JulianEpoch) * SecondsOfDay) + seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return text + Fraction(rest);
    }

    /// <summary>A time of a day: <c>12:30:15.250</c>.</summary>
    public static string TimeOfDay(TableJson json, long value, long perSecond)
    {
        (long seconds, long rest) = Split(value, perSecond);
        if (seconds is < 0 or >= SecondsOfDay)
        {
            throw json.Refused("an invalid time of day", "Correct it in the source.");
        }

        return TimeSpan.FromSeconds(seconds).ToString("hh':'mm':'ss", CultureInfo.InvariantCulture) + Fraction(rest);
    }

    /// <summary>A length of time in seconds: <c>PT86403.5S</c>.</summary>
    public static string Duration(long value, long perSecond)
    {
        decimal seconds = (decimal)value / perSecond;
        return string.Create(CultureInfo.InvariantCulture, $"PT{seconds / 1.0000000000000000000000000000m}S");
    }

    private static (long Seconds, long Nanoseconds) Split(long value, long perSecond)
    {
        long seconds = Math.DivRem(value, perSecond, out long rest);
        if (rest < 0)
        {
            seconds--;
            rest += perSecond;
        }

        return (seconds, rest * (Nanoseconds / perSecond));
    }

    private static DateTimeOffset At(TableJson json, long seconds) => seconds >= First && seconds <= Last
        ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : throw json.Refused("a date beyond the years 1 to 9999", "Correct it in the source.");

    /// <summary>Milliseconds, microseconds or nanoseconds, whichever is exact; nothing for whole seconds.</summary>
    private static string Fraction(long nanoseconds)
    {
        if (nanoseconds == 0)
        {
            return string.Empty;
        }

        string digits = nanoseconds.ToString("D9", CultureInfo.InvariantCulture);
        return "." + (nanoseconds % 1_000_000 == 0 ? digits[..3] : nanoseconds % 1_000 == 0 ? digits[..6] : digits);
    }
}
