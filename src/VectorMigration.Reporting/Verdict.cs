namespace VectorMigration.Reporting;

/// <summary>What a run came to, in a sentence.</summary>
/// <param name="Style"><c>good</c>, <c>notice</c> or <c>bad</c>.</param>
/// <param name="Word">One word for it.</param>
/// <param name="Sentence">The sentence.</param>
internal sealed record Verdict(string Style, string Word, string Sentence)
{
    private const string Good = "good";
    private const string Notice = "notice";
    private const string Bad = "bad";

    /// <summary>The verdict on a run.</summary>
    public static Verdict Of(RunReport run) => run.Summary is RunSummary summary ? Of(summary) : new Verdict(
        run.IsUnderWay == false ? Bad : Notice, run.IsUnderWay switch { true => "under way", false => "killed", null => "no end" },
        run.IsUnderWay switch
        {
            true => "This run is under way. ",
            false => "This run was killed: it did not finish, and it no longer reports. To resume the migration, run its command again. ",
            null => "The log has no end of this run: it is under way, or it was killed. ",
        }
            + $"{Units.Of(run.Perf?.Vectors ?? 0, "vector was", "vectors were")} acknowledged according to the log.");

    private static Verdict Of(RunSummary summary) => summary.Status switch
    {
        MigrationStatus.Completed => Completed(summary),
        MigrationStatus.Incomplete => new Verdict(Bad, "incomplete", Incomplete(summary)),
        MigrationStatus.Interrupted => new Verdict(Notice, "interrupted",
            $"The run was interrupted and can be resumed. {Acknowledged(summary)}"),
        MigrationStatus.Refused => new Verdict(Bad, "refused", "The run was refused before the first vector was sent."),
        MigrationStatus.Planned => new Verdict(Notice, "planned", "This is a plan. Nothing was sent."),
        _ => new Verdict(Bad, "failed", $"The run failed. {Acknowledged(summary)}"),
    };

    private static Verdict Completed(RunSummary summary)
    {
        MigrationCounts counts = summary.Counts;
        string all = $"{Units.Of(counts.Source, "vector", "vectors")}";
        string where = $"the collection '{summary.Collection}'";
        if (counts.Source == 0)
        {
            return new Verdict(Notice, "completed", $"The run completed. There was no vector to send to {where}.");
        }

        return summary.Verification switch
        {
            { Passed: true, Mode: VerificationMode.Full } proof => new Verdict(Good, "completed and verified",
                $"{All(counts.Source, all)} in {where}. {Units.Of(proof.Compared, "point was", "points were")} read back, and none is missing or different."),
            { Passed: true, Mode: VerificationMode.Sample } proof => new Verdict(Good, "completed, sample verified",
                $"{all} {(counts.Source == 1 ? "was" : "were")} sent to {where}. A random sample of {Units.Of(proof.Compared, "point", "points")} "
                    + "was read back, and none is missing or different."),
            { Passed: true, Mode: VerificationMode.Count } => new Verdict(Notice, "completed, count verified",
                $"{all} {(counts.Source == 1 ? "was" : "were")} sent to {where}. The number of points is right. Their content was not read back."),
            { Passed: false, Mode: not VerificationMode.None } => new Verdict(Bad, "not verified", Incomplete(summary)),
            _ => new Verdict(Notice, "completed, not verified",
                $"The server acknowledged {all} for {where}. {(counts.Source == 1 ? "It was" : "They were")} not read back."),
        };
    }

    private static string All(long count, string words) => count == 1 ? $"The {words} is" : $"All {words} are";

    private static string Incomplete(RunSummary summary)
    {
        MigrationCounts counts = summary.Counts;
        RunSummaryProof? proof = summary.Verification;
        string[] parts =
        [
            .. Part(proof?.Missing ?? 0, "missing"), .. Part(proof?.Different ?? 0, "different"), .. Part(counts.Failed, "failed"),
            .. Part(counts.Invalid, "invalid and not sent"), .. Part(counts.LeftThere, "skipped"),
        ];
        return parts.Length == 0 ? $"The run ended, but the verification did not pass. {Acknowledged(summary)}"
            : $"Of {Units.Of(counts.Source, "vector", "vectors")}: {string.Join(", ", parts)}.";

        static string[] Part(long count, string what) => count > 0 ? [$"{Units.Count(count)} {what}"] : [];
    }

    private static string Acknowledged(RunSummary summary) =>
        $"{Units.Count(summary.Counts.Sent + summary.Counts.Skipped)} of {Units.Of(summary.Counts.Source, "vector", "vectors")} "
            + $"{(summary.Counts.Sent + summary.Counts.Skipped == 1 ? "is" : "are")} acknowledged.";
}
