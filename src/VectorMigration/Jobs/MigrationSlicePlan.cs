using System.Globalization;

namespace VectorMigration.Jobs;

/// <summary>A plan of slices that was written: what <c>New-MigrationPlan</c> returns.</summary>
public sealed record MigrationSlicePlan
{
    /// <summary>Full path of the plan.</summary>
    public required string Path { get; init; }

    /// <summary>Id of the plan.</summary>
    public required Guid PlanId { get; init; }

    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>How many slices it has.</summary>
    public required int Slices { get; init; }

    /// <summary>How many index files.</summary>
    public required int Parts { get; init; }

    /// <summary>Vectors of all index files.</summary>
    public long Vectors { get; init; }

    /// <summary>Of them, those that the journals of earlier plans record as acknowledged: no slice sends them.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Vectors of the largest slice.</summary>
    public long LargestSlice { get; init; }

    /// <summary>The summary of a plan.</summary>
    internal static MigrationSlicePlan Of(SlicePlan plan) => new()
    {
        Path = plan.Path,
        PlanId = plan.PlanId,
        Collection = plan.Collection,
        Slices = plan.Slices.Count,
        Parts = plan.Parts.Count,
        Vectors = plan.Parts.Sum(static part => part.Count),
        Acknowledged = plan.Parts.Sum(static part => part.Acknowledged),
        LargestSlice = plan.Slices.Max(static slice => slice.Ranges.Sum(static range => range.Count)),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Slices:N0} slices of at most {LargestSlice:N0} vectors for '{Collection}' ({Path})");
}
