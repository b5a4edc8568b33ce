using System.Globalization;
using System.Text.RegularExpressions;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>Dates and times as Python pickles them: a few bytes. Each answers null for arguments that are not those of such a pickle.</summary>
internal static partial class PickleMoments
{
    private const int DateTimeBytes = 10;
    private const int DateBytes = 4;
    private const int TimeBytes = 6;
    private const int FoldBit = 0x80;
    private const int NanosecondsOfMicrosecond = 1_000;
    private const long MicrosecondsOfSecond = 1_000_000;
    private const long SecondsOfDay = 86_400;
    private const int MostDays = 999_999_999;

    /// <summary>A date with a time, RFC 3339; without an offset where Python had no zone.</summary>
    /// <param name="arguments">The bytes, and the zone where there is one.</param>
    /// <param name="offset">Where the object is made, for errors.</param>
    public static PickleValue? DateTime(ReadOnlySpan<PickleValue> arguments, long offset)
    {
        if (arguments.Length is 0 or > 2 || PickleBytes.Raw(arguments[0]) is not { Length: DateTimeBytes } raw)
        {
            return null;
        }

        bool second = (raw[2] & FoldBit) != 0;
        if (DateOf([raw[0], raw[1], (byte)(raw[2] & ~FoldBit), raw[3]]) is not DateOnly date || TimeOf(raw.AsSpan(DateBytes)) is not TimeOnly time)
        {
            return null;
        }

        DateTime local = date.ToDateTime(time);
        if (arguments.Length == 1 || arguments[1] is PickleNone)
        {
            return new PickleScalar(PickleScalarKind.DateTime, Text(local));
        }

        if (arguments[1] is not PickleZone zone)
        {
            return null;
        }

        if (OffsetAt(zone, local, second) is not TimeSpan ahead)
        {
            return new PickleToken("datetime.datetime", offset, $"in the time zone {PickleErrors.Clean(zone.Name!)}, which this machine does not know");
        }

        // RFC 3339 knows offsets of whole minutes; others (local mean times) become the same moment in UTC.
        return ahead.Ticks % TimeSpan.TicksPerMinute == 0 ? new PickleScalar(PickleScalarKind.DateTime, Text(local) + OffsetText(ahead))
            : local - System.DateTime.MinValue < ahead || System.DateTime.MaxValue - local < -ahead ? null
            : new PickleScalar(PickleScalarKind.DateTime, Text(local - ahead) + OffsetText(TimeSpan.Zero));
    }

    /// <summary>A moment of pandas, RFC 3339: the time since 1970 in UTC, a frequency, the zone, and the unit from pandas 2 on.</summary>
    /// <param name="arguments">These.</param>
    /// <param name="offset">Where the object is made, for errors.</param>
    public static PickleValue? PandasTimestamp(ReadOnlySpan<PickleValue> arguments, long offset)
    {
        if (arguments.Length is not (3 or 4) || arguments[0] is not PickleInteger since
            || (arguments.Length == 4 ? NanosecondsOf(arguments[3]) : 1) is not long unit)
        {
            return null;
        }

        Int128 nanoseconds = (Int128)since.Value * unit;
        Int128 ticks = System.DateTime.UnixEpoch.Ticks + ((nanoseconds - Modulo(nanoseconds, 100)) / 100);
        if (ticks < 0 || ticks > System.DateTime.MaxValue.Ticks)
        {
            return null;
        }

        DateTime utc = new((long)ticks);
        int below = (int)Modulo(nanoseconds, NanosecondsOfMicrosecond);
        if (arguments[2] is PickleNone)
        {
            return new PickleScalar(PickleScalarKind.DateTime, Text(utc, below));
        }

        if (arguments[2] is not PickleZone zone)
        {
            return null;
        }

        if (OffsetOf(zone, utc) is not TimeSpan ahead)
        {
            return new PickleToken("pandas.Timestamp", offset, $"in the time zone {PickleErrors.Clean(zone.Name!)}, which this machine does not know");
        }

        return ahead.Ticks % TimeSpan.TicksPerMinute != 0 || utc.Ticks + ahead.Ticks < 0 || utc.Ticks + ahead.Ticks > System.DateTime.MaxValue.Ticks
            ? new PickleScalar(PickleScalarKind.DateTime, Text(utc, below) + OffsetText(TimeSpan.Zero))
            : new PickleScalar(PickleScalarKind.DateTime, Text(utc + ahead, below) + OffsetText(ahead));
    }

    /// <summary>A date.</summary>
    public static PickleScalar? Date(ReadOnlySpan<PickleValue> arguments) =>
        arguments is [PickleValue only] && PickleBytes.Raw(only) is { Length: DateBytes } raw && DateOf(raw) is DateOnly date
            ? new PickleScalar(PickleScalarKind.Date, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            : null;

    /// <summary>A time of day, with its offset where it has a fixed one.</summary>
    public static PickleScalar? Time(ReadOnlySpan<PickleValue> arguments)
    {
        if (arguments.Length is 0 or > 2 || PickleBytes.Raw(arguments[0]) is not { Length: TimeBytes } raw)
        {
            return null;
        }

        raw = [(byte)(raw[0] & ~FoldBit), .. raw[1..]];
        if (TimeOf(raw) is not TimeOnly time)
        {
            return null;
        }

        string text = time.ToString(HasFraction(time.Ticks) ? "HH:mm:ss.ffffff" : "HH:mm:ss", CultureInfo.InvariantCulture);
        return arguments.Length == 1 || arguments[1] is PickleNone ? new PickleScalar(PickleScalarKind.Time, text)
            : arguments[1] is PickleZone { Name: null } zone && zone.Ahead.Ticks % TimeSpan.TicksPerMinute == 0
                ? new PickleScalar(PickleScalarKind.Time, text + OffsetText(zone.Ahead))
            : null;
    }

    /// <summary>A length of time: days, seconds, microseconds.</summary>
    public static PickleDuration? Duration(ReadOnlySpan<PickleValue> arguments)
    {
        Span<long> numbers = stackalloc long[3];
        if (arguments.Length > numbers.Length)
        {
            return null;
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is not PickleInteger number)
            {
                return null;
            }

            numbers[i] = number.Value;
        }

        // 999,999,999 days are 8.6e19 microseconds, more than a long holds; such a value is refused.
        return Math.Abs((decimal)numbers[0]) <= MostDays / 10 && numbers[1] is >= 0 and < SecondsOfDay && numbers[2] is >= 0 and < MicrosecondsOfSecond
            ? new PickleDuration((((numbers[0] * SecondsOfDay) + numbers[1]) * MicrosecondsOfSecond) + numbers[2])
            : null;
    }

    /// <summary>A fixed offset; its name is not kept.</summary>
    public static PickleZone? TimeZone(ReadOnlySpan<PickleValue> arguments) =>
        arguments is [PickleDuration] or [PickleDuration, PickleText] && arguments[0] is PickleDuration { Microseconds: long microseconds }
            && Math.Abs(microseconds) < SecondsOfDay * MicrosecondsOfSecond
            ? new PickleZone(TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond))
            : null;

    /// <summary>A zone by name: name, and whether it came from a cache.</summary>
    public static PickleZone? NamedZone(ReadOnlySpan<PickleValue> arguments) =>
        arguments is [PickleText name, ..] && arguments.Length <= 2 && name.Utf8.Length <= PickleLimits.MostName && ZoneName().IsMatch(name.ToString())
            ? new PickleZone(default, name.ToString())
            : null;

    /// <summary>A zone of pytz: name, offset in seconds, that of summer time, abbreviation. Without an offset the name alone.</summary>
    public static PickleZone? PytzZone(ReadOnlySpan<PickleValue> arguments) => arguments switch
    {
        [PickleText, PickleInteger { Value: > -SecondsOfDay and < SecondsOfDay } seconds, ..] => new PickleZone(TimeSpan.FromSeconds(seconds.Value)),
        [PickleText] => NamedZone(arguments),
        _ => null,
    };

    /// <summary>A name of the zone database and nothing that the system could take for a path out of it.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ZoneName();

    private static DateOnly? DateOf(ReadOnlySpan<byte> raw)
    {
        int year = (raw[0] << 8) | raw[1];
        return year is >= 1 and <= 9999 && raw[2] is >= 1 and <= 12 && raw[3] >= 1 && raw[3] <= System.DateTime.DaysInMonth(year, raw[2])
            ? new DateOnly(year, raw[2], raw[3])
            : null;
    }

    private static TimeOnly? TimeOf(ReadOnlySpan<byte> raw)
    {
        int microseconds = (raw[3] << 16) | (raw[4] << 8) | raw[5];
        return raw[0] < 24 && raw[1] < 60 && raw[2] < 60 && microseconds < MicrosecondsOfSecond
            ? new TimeOnly(((((raw[0] * 60L) + raw[1]) * 60) + raw[2]) * TimeSpan.TicksPerSecond + (microseconds * TimeSpan.TicksPerMicrosecond))
            : null;
    }

    /// <summary>NumPy's codes of units: seconds, milliseconds, microseconds, nanoseconds.</summary>
    private static long? NanosecondsOf(PickleValue unit) => unit is PickleInteger { Value: long code } ? code switch
    {
        7 => 1_000_000_000,
        8 => 1_000_000,
        9 => NanosecondsOfMicrosecond,
        10 => 1,
        _ => null,
    }
    : null;

    private static Int128 Modulo(Int128 number, int divisor) => ((number % divisor) + divisor) % divisor;

    /// <summary>A time with its nanoseconds, where it has some.</summary>
    private static string Text(DateTime local, int below) => below == 0 ? Text(local)
        : local.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) + below.ToString("000", CultureInfo.InvariantCulture);

    private static TimeSpan? OffsetOf(PickleZone zone, DateTime utc)
    {
        if (zone.Name is not string name)
        {
            return zone.Ahead;
        }

        return Find(name)?.GetUtcOffset(System.DateTime.SpecifyKind(utc, DateTimeKind.Utc));
    }

    private static bool HasFraction(long ticks) => ticks % TimeSpan.TicksPerSecond != 0;

    private static string Text(DateTime local) =>
        local.ToString(HasFraction(local.Ticks) ? "yyyy-MM-ddTHH:mm:ss.ffffff" : "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    private static string OffsetText(TimeSpan offset) => (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture);

    /// <summary>Offset of a zone at a local time; of a time that comes twice, the first or the second. Null for a zone that is not known.</summary>
    private static TimeSpan? OffsetAt(PickleZone zone, DateTime local, bool second)
    {
        if (zone.Name is not string name)
        {
            return zone.Ahead;
        }

        return Find(name) is not TimeZoneInfo found ? null
            : !found.IsAmbiguousTime(local) ? found.GetUtcOffset(local)
            : second ? found.GetAmbiguousTimeOffsets(local).Min() : found.GetAmbiguousTimeOffsets(local).Max();
    }

    /// <summary>A zone of this machine; null for one that it does not know.</summary>
    private static TimeZoneInfo? Find(string name)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException or ArgumentException or IOException
            or UnauthorizedAccessException or System.Security.SecurityException)
        {
            return null;
        }
    }
}
