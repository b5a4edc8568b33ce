using System.Globalization;
using VectorMigration.Engine;

namespace VectorMigration.Reports;

/// <summary>Two runs side by side: the output of <c>Measure-MigrationPerf -Baseline</c>. A ratio is current ÷ baseline, null where the baseline is
/// zero.</summary>
public sealed record MigrationPerfComparison
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>Makes a comparison.</summary>
    public MigrationPerfComparison(MigrationPerf baseline, MigrationPerf current)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(current);
        Baseline = baseline;
        Current = current;
    }

    /// <summary>The run to compare with.</summary>
    public MigrationPerf Baseline { get; }

    /// <summary>The run that is compared.</summary>
    public MigrationPerf Current { get; }

    /// <summary>What is not the same in both runs, in a sentence each: dimension, kind of index, source, payloads. Empty where they are the same, and where
    /// it is not known what one of them sent.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How many times the vectors.</summary>
    public double? VectorsRatio => Ratio(Current.Vectors, Baseline.Vectors);

    /// <summary>How many times the wall-clock duration.</summary>
    public double? DurationRatio => Ratio(Current.Duration.TotalSeconds, Baseline.Duration.TotalSeconds);

    /// <summary>Seconds for one vector in the baseline; null without vectors.</summary>
    public double? BaselineSecondsPerVector => Baseline.Vectors == 0 ? null : Baseline.SecondsPerVector;

    /// <summary>Seconds for one vector; null without vectors.</summary>
    public double? CurrentSecondsPerVector => Current.Vectors == 0 ? null : Current.SecondsPerVector;

    /// <summary>Change of the seconds for one vector in percent: −50 is half the time, 100 is twice the time.</summary>
    public double? ChangePercent =>
        BaselineSecondsPerVector is > 0 && CurrentSecondsPerVector is double seconds ? 100 * ((seconds / BaselineSecondsPerVector.Value) - 1) : null;

    /// <summary>How many times the vectors a second.</summary>
    public double? SpeedRatio => Ratio(Current.VectorsPerSecond, Baseline.VectorsPerSecond);

    /// <summary>The change of the duration in words: <c>17 % shorter</c>, <c>6.2 times as long</c>; null where the baseline took no time.</summary>
    public string? DurationChange => Words(DurationRatio, "longer", "shorter", "times as long");

    /// <summary>The change of the vectors a second in words: <c>20 % faster</c>, <c>5.4 times as fast</c>; null where the baseline sent nothing.</summary>
    public string? SpeedChange => Words(SpeedRatio, "faster", "slower", "times as fast");

    /// <summary>Success rate of the baseline in percent; null when nothing was sent or it is not known.</summary>
    public double? BaselineSuccessRate => Baseline.SuccessRate;

    /// <summary>Success rate in percent; null when nothing was sent.</summary>
    public double? CurrentSuccessRate => Current.SuccessRate;

    /// <summary>The change in words: <c>-98.2 %, faster</c>. Near -100 it has more digits, because nothing takes no time.</summary>
    public string Change => ChangePercent is not double change
        ? "unknown"
        : string.Create(Culture, $"{change.ToString(change < -99 ? "0.###" : "+0.#;-0.#;0", Culture)} %, "
            + $"{(change < -0.05 ? "faster" : change > 0.05 ? "slower" : "the same")}");

    /// <summary>The comparison in one line, as it is written into a report.</summary>
    public override string ToString() => string.Create(
        Culture,
        $"{Current.Vectors:N0} vectors ({VectorsRatio:0.##} ×) in {Current.Duration.TotalSeconds:N2} s ({DurationChange ?? "unknown"}), "
            + $"{BaselineSecondsPerVector:0.#####} → {CurrentSecondsPerVector:0.#####} s/vector ({Change}), {Success(CurrentSuccessRate)} success");

    private static string? Words(double? ratio, string more, string less, string times) => ratio is not double known ? null
        : Math.Round(100 * (known - 1)) switch
        {
            0 => "the same",
            >= 100 => string.Create(Culture, $"{known:#,0.#} {times}"),
            > 0 and double percent => string.Create(Culture, $"{percent:0} % {more}"),
            // Nothing takes no time.
            double percent => string.Create(Culture, $"{100 * Math.Min(1 - known, known < 0.01 ? 0.9999 : 1):0.##} % {less}"),
        };

    private static string Success(double? rate) => rate is double known ? string.Create(Culture, $"{known:0.##} %") : "unknown";

    private static double? Ratio(double current, double baseline) => baseline > 0 ? current / baseline : null;
}
