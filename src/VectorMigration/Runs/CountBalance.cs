using VectorMigration.Engine;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// Whether a collection holds at the end what was there before and what the run added, and nothing else. Where two runs write the same ids at the same time,
/// each finds its own vectors until the other replaces them; the count tells.
/// </summary>
internal static class CountBalance
{
    /// <summary>The points that must be there; null where that cannot be told.</summary>
    /// <param name="planned">What was planned.</param>
    /// <param name="outcome">What was sent.</param>
    /// <param name="sync">What a sync added and deleted.</param>
    /// <param name="options">What was asked for.</param>
    public static long? Expected(PlannedRun planned, UploadOutcome outcome, (long Created, long Pruned) sync, MigrationOptions options)
    {
        MigrationPlan plan = planned.Plan;
        long before = plan.CreatesCollection ? 0 : plan.PresentBefore;
        if (plan.Sync is not null)
        {
            return outcome.Failed > 0 ? null : before + sync.Created - sync.Pruned;
        }

        bool rewrites = options.Restart || planned.BeginsAnew || planned.Journal is { Owned.Count: > 0 };
        bool tellsApart = options.OnExisting is not (ExistingPoints.Merge or ExistingPoints.Overwrite);
        bool knowsTaken = before == 0 || (planned.Existing is not null && tellsApart && !rewrites);
        long rewritten = planned.Existing?.Rewritten ?? 0;
        return knowsTaken && !plan.FromPipeline && (rewritten == 0 || outcome.Failed == 0) ? before + outcome.Sent - rewritten : null;
    }

    /// <summary>The proof, held against that number.</summary>
    /// <param name="proof">The proof, with its count.</param>
    /// <param name="expected">Points that must be there; null where that cannot be told.</param>
    /// <param name="metOthers">Other runs wrote other ids meanwhile: there may be more.</param>
    public static VerificationResult? Judge(VerificationResult? proof, long? expected, bool metOthers) =>
        IsOff(proof, expected, metOthers) ? proof! with { Passed = false, CountExpected = expected } : proof;

    /// <summary>Whether the count is not what it must be.</summary>
    public static bool IsOff(VerificationResult? proof, long? expected, bool metOthers) =>
        proof is { CollectionCount: long counted } && expected is long points && (metOthers ? counted < points : counted != points);
}
