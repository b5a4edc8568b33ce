using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>What a plan says of points that are there: what stays, what is replaced, and what is deleted.</summary>
internal static class ExistingWarnings
{
    /// <summary>The warnings of a plan.</summary>
    /// <param name="target">What the server was found to hold.</param>
    /// <param name="journal">What the journal says; null without one.</param>
    /// <param name="options">What was asked for.</param>
    public static IEnumerable<string> Of(TargetFindings target, JournalContent? journal, MigrationOptions options)
    {
        if (target.Taken is { Plan: { Conflicts: > 0 } left } && options.OnExisting == ExistingPoints.Skip)
        {
            string whose = left.OwnConflicts == left.Conflicts ? "points that this migration wrote may have other vectors, and have another payload"
                : "points that this migration did not write use the same ids";
            yield return $"{Units.Of(left.Conflicts, "vector is", "vectors are")} skipped because {whose}: "
                + $"{string.Join(", ", left.FirstConflicts)}{(left.Conflicts > left.FirstConflicts.Count ? ", …" : string.Empty)}.";
        }

        bool isAlias = target.Aliases.TryGetValue(options.Collection, out string? behind);
        if (isAlias)
        {
            yield return $"'{options.Collection}' is an alias of the collection '{behind}'. A migration that was run under the name '{behind}' has a "
                + $"journal of its own. To resume that migration, run the same command with the collection '{behind}'.";
        }

        if (!isAlias && target.Taken is { Plan: { OnExisting: ExistingPoints.Refuse, Equal: > 0 } known }
            && (journal is null or { Acknowledged.Count: 0, TornBytes: 0 })
            && options is { OnChanged: ChangedSource.Refuse, Restart: false, JournalPath: string begun })
        {
            yield return $"{Units.Of(known.Equal, "equal point is", "equal points are")} already in the collection, but the journal {begun} is new. "
                + OptionNames.Here("If the index or the log folder was moved, name the journal of the earlier runs with -JournalPath.");
        }

        if (target.Left is LeftPointsPlan stays)
        {
            yield return stays.Warning(options);
        }

        foreach (string replaced in ReplacedWarnings(target, options))
        {
            yield return replaced;
        }

        if (target.Taken is { Plan.Absent: > 0 and long absent })
        {
            yield return $"{Units.Of(absent, "vector has", "vectors have")} no point to merge into and {(absent == 1 ? "is" : "are")} skipped.";
        }
    }

    /// <summary>What of points that are there is replaced or deleted, because it was asked for.</summary>
    private static IEnumerable<string> ReplacedWarnings(TargetFindings target, MigrationOptions options)
    {
        if (target.Taken is { Plan: { ReplacedFields: > 0 } merged })
        {
            yield return OptionNames.Here(
                $"{Units.Of(merged.ReplacedFields, "field", "fields")} of {Units.Of(merged.PointsWithReplacedFields, "point", "points")} "
                + $"{(merged.ReplacedFields == 1 ? "has another value and is" : "have other values and are")} replaced by -MergePayload.");
        }

        if (options.OnExisting == ExistingPoints.Overwrite && target is { Existing: { } there, Taken: { Plan.Taken: > 0 and long overwritten, Sync: null } })
        {
            string[] lost = [.. there.Vectors.Select(static vector => vector.Name).Where(name => name != (options.VectorName ?? string.Empty)),
                .. there.SparseVectors];
            yield return OptionNames.Here(
                $"-OnExisting Overwrite replaces {Units.Of(overwritten, "existing point", "existing points")} whole: the other vectors "
                + $"({string.Join(", ", lost)}) and the payload of {(overwritten == 1 ? "that point" : "those points")} are removed. "
                + "To keep them, use -OnExisting Merge.");
        }

        if (target.Taken is { Plan: { RemovedFields: > 0 } rewritten })
        {
            yield return $"{Units.Of(rewritten.PointsWithRemovedFields, "point", "points")} that this migration wrote "
                + $"{(rewritten.PointsWithRemovedFields == 1 ? "has" : "have")} {Units.Of(rewritten.RemovedFields, "payload field", "payload fields")} that "
                + $"{(rewritten.RemovedFields == 1 ? "is" : "are")} not in the payloads of this run: an application may have added "
                + $"{(rewritten.RemovedFields == 1 ? "it" : "them")}. This run replaces whole payloads and removes "
                + $"{(rewritten.RemovedFields == 1 ? "it" : "them")}: {string.Join(", ", rewritten.FirstRemoved)}"
                + $"{(rewritten.PointsWithRemovedFields > rewritten.FirstRemoved.Count ? ", …" : string.Empty)}. "
                + "To keep such fields, migrate to a new collection instead.";
        }

        if (target.Taken?.Sync?.Plan is SyncPlan sync)
        {
            foreach (string pruned in PruneWarnings(sync))
            {
                yield return OptionNames.Here(pruned);
            }
        }
    }

    /// <summary>What is known of the points that are deleted, and which of them stay.</summary>
    private static IEnumerable<string> PruneWarnings(SyncPlan sync)
    {
        if (sync.Deleted > 0)
        {
            yield return $"-Prune deletes {Units.Of(sync.Deleted, "point", "points")} by {(sync.Deleted == 1 ? "its id" : "their ids")}. "
                + (sync.ComparesVanished ? "Whether another program has replaced a vector since is not known."
                    : "Whether another program has replaced a point since, or added to its payload, is not known.");
        }

        if (sync is { Prunes: true, VanishedChanged: > 0 })
        {
            bool one = sync.VanishedChanged == 1;
            yield return $"{Units.Of(sync.VanishedChanged, "point", "points")} that {(one ? "is" : "are")} no longer in the index {(one ? "has a" : "have a")} "
                + $"payload that this migration did not write: {string.Join(", ", sync.FirstVanishedChanged)}"
                + $"{(sync.VanishedChanged > sync.FirstVanishedChanged.Count ? ", …" : string.Empty)}. "
                + (sync.ForcesPrune ? $"-Force deletes {(one ? "it" : "them")} too."
                    : $"{(one ? "It is" : "They are")} not deleted. To delete {(one ? "it" : "them")} too, use -Force.");
        }
    }
}
