using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Tuning;

/// <summary>What to try, for how long, and which sizes to predict.</summary>
public sealed record TuningOptions
{
    /// <summary>Sizes that are predicted unless others are asked for, besides all vectors; those beyond the index are left out.</summary>
    public static readonly IReadOnlyList<long> UsualSizes = [1_000, 10_000];

    /// <summary>Time for everything where nobody says another.</summary>
    public static readonly TimeSpan UsualBudget = TimeSpan.FromSeconds(60);

    /// <summary>The shortest time for everything.</summary>
    public static readonly TimeSpan LeastBudget = TimeSpan.FromSeconds(5);

    /// <summary>The migration that is to be tuned: index range, ids, target. Its pacing says deadline and patience only; journal, logs and verification do
    /// not count.</summary>
    public required MigrationOptions Migration { get; init; }

    /// <summary>Batch sizes to try; empty leaves the choice to the tuning. Not below what one wants to live with.</summary>
    public IReadOnlyList<int> BatchSizes { get; init; } = [];

    /// <summary>Numbers of batches at once to try; empty leaves the choice to the tuning. Not more than a shared server may get.</summary>
    public IReadOnlyList<int> ThrottleLimits { get; init; } = [];

    /// <summary>Pauses between batches to try; empty tries none, and one where it costs little time to show what it costs.</summary>
    public IReadOnlyList<TimeSpan> BatchDelays { get; init; } = [];

    /// <summary>Time for everything, removal of the scratch collection included. A shorter one makes the interval of the prediction wider.</summary>
    public TimeSpan Budget { get; init; } = UsualBudget;

    /// <summary>Sizes to predict besides all vectors; empty takes <see cref="UsualSizes"/>. Those beyond the index are extrapolated.</summary>
    public IReadOnlyList<long> Sizes { get; init; } = [];

    /// <summary>Refuses what cannot be tried.</summary>
    /// <exception cref="MigrationException">A value is out of range.</exception>
    internal void Check()
    {
        if (Budget < LeastBudget || Budget > TimeSpan.FromHours(1))
        {
            throw CommonErrors.OutOfRange("-TimeBudgetSec", FormattableString.Invariant($"{Budget.TotalSeconds} s"), "5 s to 3,600 s");
        }

        foreach (long size in Sizes)
        {
            CommonErrors.RequireRange("-Size", size, 1, long.MaxValue / 1_000_000);
        }

        UploadOptions defaults = new();
        foreach (int batch in BatchSizes)
        {
            FlowControls.Check(defaults with { BatchSize = batch });
        }

        foreach (int atOnce in ThrottleLimits)
        {
            FlowControls.Check(defaults with { ThrottleLimit = atOnce });
        }

        foreach (TimeSpan delay in BatchDelays)
        {
            FlowControls.Check(defaults with { BatchDelay = delay });
        }
    }

    /// <summary>The sizes to predict for so many vectors, ascending, each once.</summary>
    internal IReadOnlyList<long> SizesFor(long all) =>
        [.. (Sizes.Count > 0 ? Sizes : UsualSizes.Where(size => size < all)).Append(all).Where(static size => size > 0).Distinct().Order()];
}
