using System.Globalization;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Tuning;

/// <summary>Several endpoints beside each other: one after the other, so that they do not take the line from each other.</summary>
internal static class RegionComparison
{
    /// <summary>Predicted times that differ by less are told as equal.</summary>
    private const double Alike = 1.1;

    /// <summary>The time of each of several endpoints.</summary>
    /// <param name="whole">The time of all.</param>
    /// <param name="count">Endpoints, at least one.</param>
    /// <exception cref="MigrationException">It is too short for so many.</exception>
    public static TimeSpan Share(TimeSpan whole, int count)
    {
        TimeSpan share = whole / count;
        return share >= TuningOptions.LeastBudget ? share : throw TuningErrors.TooShort(whole, count);
    }

    /// <summary>Tunes for each endpoint. One that fails is a row with its error, and the next goes on.</summary>
    /// <param name="regions">Name and endpoint of each.</param>
    /// <param name="tune">Tunes for one of them, by its place.</param>
    /// <returns>Fastest first, failed ones last.</returns>
    /// <exception cref="MigrationException">The index or the options are at fault, so that all of them would fail.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<IReadOnlyList<RegionTuning>> RunAsync(
        IReadOnlyList<(string Name, string Endpoint)> regions, Func<int, Task<MigrationTuning>> tune)
    {
        List<RegionTuning> rows = [];
        for (int i = 0; i < regions.Count; i++)
        {
            var row = new RegionTuning { Region = regions[i].Name, Endpoint = regions[i].Endpoint };
            try
            {
                rows.Add(row with { Tuning = await tune(i).ConfigureAwait(false) });
            }
            catch (MigrationException error) when (error.Kind is not (ErrorKind.InvalidArgument or ErrorKind.InvalidData or ErrorKind.NotFound))
            {
                rows.Add(row with { Error = error.ToRecord(), Advice = error.RecommendedAction });
            }
        }

        return Advised([.. rows.OrderBy(static row => row.Total ?? TimeSpan.MaxValue)]);
    }

    /// <summary>An observer whose warnings name the region that they are about.</summary>
    public static IRunObserver Named(string region, IRunObserver observer) => new DelegateObserver(runEvent => observer.OnEvent(
        runEvent is RunWarning warning ? warning with { Message = $"{region}: {warning.Message}" } : runEvent));

    private static RegionTuning[] Advised(RegionTuning[] rows)
    {
        for (int i = 0; i < rows.Length && rows[i].Tuning is MigrationTuning tuning; i++)
        {
            bool isFastest = i == 0;
            string[] words =
            [
                .. isFastest && rows.Length > 1 && rows[1].Total is TimeSpan next ? [Lead(rows[0], rows[1], next)] : (string[])[],
                .. NearServer(tuning) is string near ? [near] : (string[])[],
            ];
            rows[i] = rows[i] with { IsFastest = isFastest, Advice = string.Join(' ', words) };
        }

        return rows;
    }

    /// <summary>That running beside the server is faster, and by how much; null where it is not.</summary>
    public static string? NearServer(MigrationTuning tuning) => tuning.NearServer is { IsFaster: true } near
        ? string.Create(CultureInfo.InvariantCulture, $"Copy the files ({Units.Bytes(near.Bytes)}, about {About(near.Copy)}) to a machine next to the "
            + $"server and run the migration there: about {About(near.Total)} in all, instead of {About(Whole(tuning))}.")
        : null;

    /// <summary>Predictions are no more precise than whole seconds.</summary>
    private static string About(TimeSpan time) => time < TimeSpan.FromSeconds(10) || time >= TimeSpan.FromMinutes(1) ? Units.Time(time)
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");

    private static TimeSpan Whole(MigrationTuning tuning) =>
        tuning.Predictions.First(prediction => prediction.Vectors == tuning.VectorsToSend) is { } whole ? whole.Total ?? whole.Upload : default;

    private static string Lead(RegionTuning first, RegionTuning second, TimeSpan next) => next / first.Total!.Value is double ratio && ratio < Alike
        ? $"{first.Region} and {second.Region} are equally fast within the noise of the measurement."
        : $"{first.Region} is the fastest. {second.Region} takes {Units.Longer(ratio)}.";
}
