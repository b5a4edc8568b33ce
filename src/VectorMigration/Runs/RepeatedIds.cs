using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Keeps a run over a part of an index off the points of later vectors that have the same ids: those are the ones that count.</summary>
internal static class RepeatedIds
{
    /// <summary>Why a run must not write over points; none where later vectors were not sent.</summary>
    public static IEnumerable<MigrationException> Reasons(IndexFindings index, TargetFindings target, JournalFindings? journal, MigrationOptions options)
    {
        // A check says for itself what it does not repair.
        if (index.ReplacedLater > 0 && options is { Recreate: false, ComparesRounded: false } && target.Present > 0
            && (options.OnExisting == ExistingPoints.Overwrite || HasLater(journal?.Said, index.Offset + index.Count)))
        {
            yield return PlanErrors.ReplacedLater(index.Index, index.ReplacedLater);
        }
    }

    private static bool HasLater(JournalContent? said, long end) =>
        said is not null && (said.Acknowledged.CountWithin(end, long.MaxValue - end) > 0 || said.Owned.CountWithin(end, long.MaxValue - end) > 0);
}
