using VectorMigration.Runs;

namespace VectorMigration.Jobs;

/// <summary>Reads the ids of parts, as they become those of points, without their vectors and payloads.</summary>
/// <param name="open">Opens a part.</param>
/// <param name="options">What was asked for, of all parts.</param>
internal sealed class PartIds(OpenPart open, MigrationOptions options)
{
    private const int BlockSize = 1 << 15;

    /// <summary>The ids of a part in the order of its vectors, its offset included.</summary>
    /// <exception cref="Errors.MigrationException">It can no longer be read.</exception>
    public IEnumerable<long> Of(PlannedPart part, CancellationToken cancellationToken)
    {
        using OpenedPart opened = open(part.Part, options with
        {
            IdOffset = part.IdOffset,
            IdNamespace = part.IdNamespace,
            VectorName = part.Part.VectorName ?? options.VectorName,
            DryRun = false,
            ReadsIdsOnly = true,
        });
        long[] block = new long[BlockSize];
        long at = part.Range?.First ?? 0;
        for (long end = at + part.Count; at < end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = opened.Source.ReadIds(at, block.AsSpan(0, (int)Math.Min(BlockSize, end - at)), cancellationToken);
            for (int i = 0; i < read; i++)
            {
                yield return unchecked(block[i] + part.IdOffset);
            }

            at += Math.Max(1, read);
        }
    }

    /// <summary>The parts of a plan beside one of them.</summary>
    public OtherParts Beside(JobPlan plan, PlannedPart part) => new(
        [.. plan.Readable.Where(other => other != part && other.Count > 0).Select(other => new OtherPart(
            options.IdMapping,
            other.IdNamespace,
            (Int128)other.Least + other.IdOffset,
            (Int128)other.Greatest + other.IdOffset,
            other.ByPosition,
            token => Of(other, token)))],
        plan.Skipped.Count == 0);
}
