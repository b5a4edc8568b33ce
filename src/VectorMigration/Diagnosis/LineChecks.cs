using System.Globalization;
using VectorMigration.Runs;

namespace VectorMigration.Diagnosis;

/// <summary>What was measured of the line.</summary>
internal static class LineChecks
{
    private static readonly TimeSpan Far = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Unsteady = TimeSpan.FromMilliseconds(50);
    private const double UnsteadyRatio = 5;

    /// <summary>The round trip.</summary>
    /// <param name="trips">Durations, shortest first; at least one.</param>
    public static ConnectionCheck RoundTrip(IReadOnlyList<TimeSpan> trips)
    {
        TimeSpan median = trips[trips.Count / 2];
        TimeSpan worst = trips[Math.Min(trips.Count - 1, trips.Count * 95 / 100)];
        string words = $"A round trip takes {Units.Time(median)} (median of {Units.Count(trips.Count)}); 95 % take at most {Units.Time(worst)}.";
        return median >= Far
            ? ConnectionCheck.Warn(CheckNames.RoundTrip, words,
                "Leave batch size and parallelism to the run, which adapts to the distance. A run near the server is faster.")
            : worst > Unsteady && worst > median * UnsteadyRatio
            ? ConnectionCheck.Warn(CheckNames.RoundTrip, $"{words} The line or the server is unsteady.",
                "Find out what else uses the network or the server. Predicted times are less certain.")
            : ConnectionCheck.Pass(CheckNames.RoundTrip, words);
    }

    /// <summary>The throughput of reads.</summary>
    public static ConnectionCheck Read(string collection, LineSpeed speed) => ConnectionCheck.Pass(
        CheckNames.Throughput,
        $"{Rate(speed)} were read from '{collection}' ({Amount(speed)}). Reads show the line, not how fast the server stores.");

    /// <summary>The throughput of writes.</summary>
    /// <param name="speed">What was written.</param>
    /// <param name="left">Why the scratch collection may still be there; null where it is gone.</param>
    public static ConnectionCheck Written(LineSpeed speed, string? left)
    {
        string words = speed.Vectors == 0 ? "The server took no vector in time."
            : $"{Rate(speed)} were written to a scratch collection ({Amount(speed)}).";
        return left is not null ? ConnectionCheck.Warn(CheckNames.Throughput, words, left)
            : speed.Vectors == 0 ? ConnectionCheck.Warn(CheckNames.Throughput, words, "Check the load of the server, then run the same command again.")
            : ConnectionCheck.Pass(CheckNames.Throughput, $"{words} The scratch collection was removed.");
    }

    /// <summary>Nothing was measured.</summary>
    public static ConnectionCheck NotMeasured(string why, long mostBytes) => ConnectionCheck.Skip(
        CheckNames.Throughput, $"{why} Without your consent, nothing is written.",
        $"To measure, use -AllowWrite. It writes at most {Units.Bytes(mostBytes)} to a scratch collection, which it removes.");

    private static string Rate(LineSpeed speed) =>
        string.Create(CultureInfo.InvariantCulture, $"{Units.Bytes(speed.PerSecond)}/s, {speed.VectorsPerSecond:N0} vectors/s");

    private static string Amount(LineSpeed speed) => $"{Units.Bytes(speed.Bytes)} in {Units.Time(speed.Time)}";
}
