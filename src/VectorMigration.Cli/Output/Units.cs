namespace VectorMigration.Cli.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Units
{
    /// <summary>12,345.</summary>
    public static string Count(long value) => value.ToString("N0");

    /// <summary>Bytes in decimal units.</summary>
    public static string Bytes(double value) => value switch
    {
        < 1e3 => $"{value:0} B",
        < 1e6 => $"{value / 1e3:0.0} kB",
        < 1e9 => $"{value / 1e6:0.0} MB",
        < 1e12 => $"{value / 1e9:0.00} GB",
        _ => $"{value / 1e12:0.00} TB",
    };

    /// <summary>A duration to three digits or so.</summary>
    public static string Time(TimeSpan value) => value.TotalSeconds switch
    {
        < 0.001 => $"{value.TotalMicroseconds:0} µs",
        < 1 => $"{value.TotalMilliseconds:0.#} ms",
        < 60 => $"{value.TotalSeconds:0.00} s",
        < 3600 => $"{(int)value.TotalMinutes} min {value.Seconds} s",
        _ => $"{(long)value.TotalHours} h {value.Minutes} min",
    };

    /// <summary>A word with its number: 1 batch, 2 batches.</summary>
    public static string Of(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";
}
