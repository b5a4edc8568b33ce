using System.Globalization;

namespace VectorMigration.Runs;

/// <summary>Numbers as people read them, the same in both faces and in every culture.</summary>
internal static class Units
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>12,345.</summary>
    public static string Count(long value) => value.ToString("N0", Culture);

    /// <summary>Bytes in decimal units.</summary>
    public static string Bytes(double value) => value switch
    {
        < 1e3 => string.Create(Culture, $"{value:0} B"),
        < 1e6 => string.Create(Culture, $"{value / 1e3:0.0} kB"),
        < 1e9 => string.Create(Culture, $"{value / 1e6:0.0} MB"),
        < 1e12 => string.Create(Culture, $"{value / 1e9:0.00} GB"),
        _ => string.Create(Culture, $"{value / 1e12:0.00} TB"),
    };

    /// <summary>A duration to three digits or so.</summary>
    public static string Time(TimeSpan value) => value.TotalSeconds switch
    {
        < 0.001 => string.Create(Culture, $"{value.TotalMicroseconds:0} µs"),
        < 1 => string.Create(Culture, $"{value.TotalMilliseconds:0.#} ms"),
        < 60 => string.Create(Culture, $"{value.TotalSeconds:0.00} s"),
        < 3600 => string.Create(Culture, $"{(int)value.TotalMinutes} min {value.Seconds} s"),
        _ => string.Create(Culture, $"{(long)value.TotalHours} h {value.Minutes} min"),
    };

    /// <summary>A duration compared with another one, as the end of a sentence with "takes": <c>17 % less time</c>, <c>5 % more time</c>,
    /// <c>2.4 times as long</c>.</summary>
    /// <param name="ratio">The duration divided by the other one.</param>
    public static string Longer(double ratio) => Math.Round(100 * (ratio - 1)) switch
    {
        0 => "the same time",
        >= 100 => string.Create(Culture, $"{ratio:0.0} times as long"),
        > 0 and double more => string.Create(Culture, $"{more:0} % more time"),
        double less => string.Create(Culture, $"{Math.Min(99, -less):0} % less time"),
    };

    /// <summary>A word with its number: 1 batch, 2 batches.</summary>
    public static string Of(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";
}
