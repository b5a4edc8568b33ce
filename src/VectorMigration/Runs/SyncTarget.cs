using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>A sync: new points are added, changed ones are replaced, whole or in their vector alone.</summary>
/// <param name="adding">Adds points.</param>
/// <param name="replacing">Replaces whole points.</param>
/// <param name="vectors">Replaces the vector of points.</param>
/// <param name="findings">Which are which.</param>
internal sealed class SyncTarget(IPointTarget adding, IPointTarget replacing, IPointTarget vectors, SyncFindings findings) : PartedTarget(adding)
{
    private readonly IPointTarget adding = adding;

    /// <inheritdoc/>
    protected override ValueTask<BatchDivision> DivideAsync(VectorBatch batch, CancellationToken cancellationToken)
    {
        ILookup<IPointTarget, int> rows = Enumerable.Range(0, batch.Count).ToLookup(row => Way(batch.Ordinal(row)));
        return ValueTask.FromResult(new BatchDivision([.. rows.Select(static part => new BatchPart(part.Key, [.. part]))], null));
    }

    private IPointTarget Way(long ordinal) => findings.Vectors.Contains(ordinal) ? vectors : findings.Whole.Contains(ordinal) ? replacing : adding;
}
