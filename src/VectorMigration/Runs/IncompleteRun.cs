using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Says of a run that ended as incomplete what it lacks and what can be done about it; both surfaces show this text.</summary>
internal static class IncompleteRun
{
    /// <summary>The error that an incomplete run is told with.</summary>
    public static MigrationException Of(MigrationResult result) => new(
        ErrorIds.MigrationIncomplete,
        ErrorKind.InvalidData,
        $"'{result.Collection}' does not contain everything from {result.Path}. {string.Join(" ", Found(result).Select(static part => part.What))}".TrimEnd(),
        string.Join(" ", Found(result).Select(static part => part.Next)).Trim() is { Length: > 0 } next ? next : "See the verification.",
        result.Collection);

    /// <summary>The error of a pipeline that skipped vectors because of points that were there, or because a merge found none.</summary>
    public static MigrationException OfPipeline(MigrationResult result, ExistingPoints onExisting)
    {
        (string what, string next) = onExisting == ExistingPoints.Merge ? Absent(result.Counts.LeftThere) : Taken(result.Counts.LeftThere, result);
        return new MigrationException(
            ErrorIds.MigrationIncomplete, ErrorKind.InvalidData, $"'{result.Collection}' does not contain everything that came through the pipeline. "
                + $"{what}", next,
            result.Collection);
    }

    /// <summary>What is lacking, each with what to do; nothing that there is none of.</summary>
    private static IEnumerable<(string What, string Next)> Found(MigrationResult result)
    {
        MigrationCounts counts = result.Counts;
        long absent = Math.Min(counts.LeftThere, result.Plan?.Existing?.Absent ?? 0);
        long taken = counts.LeftThere - absent;
        if (taken > 0)
        {
            yield return Taken(taken, result);
        }

        if (absent > 0)
        {
            yield return Absent(absent);
        }

        if (counts.Invalid > 0)
        {
            yield return (
                $"{Vectors(counts.Invalid)} skipped because of {PlanText.InvalidParts(result.Plan)}.",
                "The log of the run lists these vectors. Fix them in the index, then run again with -OnChanged Sync.");
        }

        long without = Math.Min(counts.WithoutPayload, Unaccounted(counts));
        if (without > 0)
        {
            yield return (
                $"{Vectors(without)} skipped because the payload has no entry for {(without == 1 ? "it" : "them")}.",
                "Add the missing entries to the payload, then run again with -OnChanged Sync.");
        }

        if (counts.Failed > 0)
        {
            yield return ($"{Units.Of(counts.Failed, "vector", "vectors")} failed.", "Run the same command again. It sends what failed.");
        }

        foreach ((string What, string Next) part in Unequal(result, counts.LeftThere))
        {
            yield return part;
        }
    }

    private static (string What, string Next) Absent(long absent) => (
        $"{Vectors(absent)} skipped because {(absent == 1 ? "its id has" : "their ids have")} no point to merge into.",
        "To create these points as well, add -AddAbsent.");

    private static (string What, string Next) Taken(long taken, MigrationResult result)
    {
        string different = result.Verification is { Different: > 0 } ? " Verification counts those that differ as different." : string.Empty;
        return (
            $"{Vectors(taken)} skipped because points of other runs use {(taken == 1 ? "its id" : "their ids")}. "
                + $"{(taken == 1 ? "That point was" : "Those points were")} not changed.{different}",
            $"If {(taken == 1 ? "that point is" : "those points are")} meant to stay, no action is needed. To send the skipped vectors as well, choose another "
                + "collection, or give these vectors ids of their own with -IdOffset N, or with -IdMapping Uuid5 and -IdNamespace NAME.");
    }

    /// <summary>What verification found beyond the points that were left as they are.</summary>
    private static IEnumerable<(string What, string Next)> Unequal(MigrationResult result, long left)
    {
        if (result.Verification is not { } proof || (proof.Missing == 0 && proof.Different <= left))
        {
            yield break;
        }

        string[] found =
        [
            .. proof.Missing > 0 ? [$"{Units.Count(proof.Missing)} missing"] : Array.Empty<string>(),
            .. proof.Different > left ? [$"{Units.Count(proof.Different)} different"] : Array.Empty<string>(),
        ];
        yield return (
            $"Verification found points that are not as in the index: {string.Join(", ", found)}.",
            // A repair would also overwrite the points that were left as they are.
            left > 0 ? "Find out what changed them. The result lists the differences."
                : "Find out what changed them. Then send them again with Test-VectorMigration -Repair.");
    }

    /// <summary>Vectors that no other count explains: those that the payload has no entry for, where they are not sent without one.</summary>
    private static long Unaccounted(MigrationCounts counts) => Math.Max(
        0,
        counts.Source - counts.Sent - counts.Skipped - counts.AlreadyThere - counts.Superseded - counts.Invalid - counts.LeftThere - counts.Failed);

    private static string Vectors(long count) => Units.Of(count, "vector was", "vectors were");
}
