using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Jobs;

/// <summary>Puts the results of the parts of a job together.</summary>
internal static class JobTotal
{
    private const int MostListed = 1_000;

    /// <summary>From the worst to the best.</summary>
    private static readonly MigrationStatus[] Worst =
        [MigrationStatus.Failed, MigrationStatus.Refused, MigrationStatus.Interrupted, MigrationStatus.Incomplete, MigrationStatus.Planned,
            MigrationStatus.Completed];

    /// <summary>The result of a job.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="results">The results of the parts that were begun, by number.</param>
    public static MigrationResult Of(Guid jobId, JobPlan plan, IReadOnlyDictionary<int, MigrationResult> results)
    {
        MigrationResult[] begun = [.. plan.Parts.Select(part => results.GetValueOrDefault(part.Number)).OfType<MigrationResult>()];
        IReadOnlyList<PlannedPart> skipped = plan.Skipped;
        MigrationStatus status = StatusOf(plan, begun);
        return new MigrationResult
        {
            RunId = jobId,
            Status = status,
            Path = plan.Folder,
            Endpoint = begun.FirstOrDefault()?.Endpoint ?? string.Empty,
            Collection = plan.Collection,
            Counts = Sum(plan, begun),
            Verification = Verification(plan, begun),
            Indexing = begun.LastOrDefault()?.Indexing,
            Replicas = begun.LastOrDefault()?.Replicas,
            LeftOut = [.. begun.SelectMany(static part => part.LeftOut).Take(MostListed)],
            Warnings = [.. begun.SelectMany(static part => part.Warnings).Distinct()],
            LostLogLines = begun.Sum(static part => part.LostLogLines),
            Error = ErrorOf(plan, results, status) ?? (skipped.Count > 0 && status == MigrationStatus.Incomplete
                ? JobErrors.Skipped(skipped, plan.Collection).ToRecord() : null),
            Parts = [.. plan.Parts.Select(part => Row(part, results.GetValueOrDefault(part.Number)))],
        };
    }

    /// <summary>The status of the worst part. A job that has sent something was not refused before its first vector.</summary>
    private static MigrationStatus StatusOf(JobPlan plan, MigrationResult[] begun)
    {
        MigrationStatus status = begun.Length == 0 ? MigrationStatus.Refused : Worst.First(worst => begun.Any(part => part.Status == worst));
        bool sent = begun.Any(static part => part.Counts.Sent > 0 || part.Status is MigrationStatus.Completed or MigrationStatus.Incomplete);
        return status == MigrationStatus.Refused && sent ? MigrationStatus.Failed
            : status == MigrationStatus.Completed && plan.Skipped.Count > 0 ? MigrationStatus.Incomplete
            : status is MigrationStatus.Completed or MigrationStatus.Incomplete && begun.Length < plan.Readable.Count() ? MigrationStatus.Interrupted
            : status;
    }

    private static MigrationError? ErrorOf(JobPlan plan, IReadOnlyDictionary<int, MigrationResult> results, MigrationStatus status)
    {
        PlannedPart? worst = plan.Parts.FirstOrDefault(part => results.TryGetValue(part.Number, out MigrationResult? result)
            && (result.Error is not null || result.Status == MigrationStatus.Incomplete)
            && (result.Status == status || (result.Status == MigrationStatus.Refused && status == MigrationStatus.Failed)));
        if (worst is null)
        {
            return status != MigrationStatus.Interrupted ? null : new MigrationError(
                ErrorIds.Interrupted,
                ErrorKind.Stopped,
                $"Stopped on request after {Units.Of(results.Count, "part", "parts")} of {Units.Count(plan.Parts.Count)}.",
                "Run the same command again. It resumes where this job stopped.", plan.Collection);
        }

        MigrationResult failed = results[worst.Number];
        MigrationError error = failed.Error ?? IncompleteRun.Of(failed).ToRecord();
        string where = $"Part {worst.Number} of {plan.Parts.Count} ({plan.Name(worst)}): ";
        return error with { Message = where + error.Message, RecommendedAction = PartNotes.ForJob(error.RecommendedAction) };
    }

    private static PartResult Row(PlannedPart part, MigrationResult? result) => new()
    {
        Number = part.Number,
        Path = part.Path,
        Status = result?.Status,
        Skipped = part.Bad is not null,
        RunId = result?.RunId is Guid run && run != Guid.Empty ? run : null,
        Kind = part.Index?.Kind,
        Ids = part.Ids,
        IdOffset = part.IdOffset,
        IdNamespace = part.IdNamespace,
        Counts = result?.Counts ?? new MigrationCounts { Source = part.Count },
        Verified = result?.Verification is { Mode: not VerificationMode.None } proof ? proof.Passed : null,
        Duration = result?.Duration ?? TimeSpan.Zero,
        JournalPath = result?.JournalPath,
        Error = part.Bad ?? result?.Error ?? (result?.Status == MigrationStatus.Incomplete ? IncompleteRun.Of(result).ToRecord() : null),
    };

    private static MigrationCounts Sum(JobPlan plan, MigrationResult[] begun) => Sum([.. begun.Select(static part => part.Counts)]) with
    {
        Source = plan.Count,
        PresentBefore = begun.FirstOrDefault()?.Counts.PresentBefore ?? 0,
    };

    /// <summary>The sum of counts.</summary>
    /// <param name="counts">The counts.</param>
    public static MigrationCounts Sum(IReadOnlyList<MigrationCounts> counts)
    {
        long Of(Func<MigrationCounts, long> count) => counts.Sum(count);
        return new MigrationCounts
        {
            Source = Of(static one => one.Source),
            Sent = Of(static one => one.Sent),
            Skipped = Of(static one => one.Skipped),
            Superseded = Of(static one => one.Superseded),
            Invalid = Of(static one => one.Invalid),
            WithoutPayload = Of(static one => one.WithoutPayload),
            SurplusPayload = Of(static one => one.SurplusPayload),
            Failed = Of(static one => one.Failed),
            AlreadyThere = Of(static one => one.AlreadyThere),
            LeftThere = Of(static one => one.LeftThere),
            Created = Of(static one => one.Created),
            Changed = Of(static one => one.Changed),
            Equal = Of(static one => one.Equal),
            Vanished = Of(static one => one.Vanished),
            Pruned = Of(static one => one.Pruned),
            LeftBehind = Of(static one => one.LeftBehind),
        };
    }

    /// <summary>The verification of all parts; null where one that was planned has none, because the whole is not verified then.</summary>
    private static VerificationResult? Verification(JobPlan plan, MigrationResult[] begun)
    {
        VerificationResult[] proofs = [.. begun.Select(static part => part.Verification).OfType<VerificationResult>()];
        return proofs.Length == 0 || proofs.Length < plan.Readable.Count() ? null : Verification(proofs);
    }

    /// <summary>The verifications of all parts as one.</summary>
    /// <param name="proofs">Those of the parts in their order, one at least.</param>
    public static VerificationResult Verification(IReadOnlyList<VerificationResult> proofs)
    {
        VerificationResult last = proofs[^1];
        bool knowsExtra = last.CollectionCount is not null && proofs.All(static proof => proof is { Extra: not null, CollectionCount: not null });
        return last with
        {
            Passed = proofs.All(static proof => proof.Passed),
            Offset = 0,
            Selected = proofs.Sum(static proof => proof.Selected),
            IndexCount = proofs.Sum(static proof => proof.IndexCount),
            Expected = proofs.Sum(static proof => proof.Expected),
            CountExpected = proofs.Select(static proof => proof.CountExpected).FirstOrDefault(static count => count is not null),
            // Points of the other parts are extra points of a part, and not of the whole.
            Extra = knowsExtra
                ? Math.Max(0, last.CollectionCount!.Value - proofs.Sum(static proof => proof.CollectionCount!.Value - proof.Extra!.Value))
                : null,
            Compared = proofs.Sum(static proof => proof.Compared),
            Missing = proofs.Sum(static proof => proof.Missing),
            Different = proofs.Sum(static proof => proof.Different),
            WithAddedFields = proofs.Sum(static proof => proof.WithAddedFields),
            Invalid = proofs.Sum(static proof => proof.Invalid),
            MaxDeviation = proofs.Max(static proof => proof.MaxDeviation),
            RoundedNumbers = proofs.Sum(static proof => proof.RoundedNumbers),
            PayloadsNotCompared = proofs.Any(static proof => proof.PayloadsNotCompared),
            PayloadInDoubt = proofs.Any(static proof => proof.PayloadInDoubt),
            Duration = proofs.Aggregate(TimeSpan.Zero, static (sum, proof) => sum + proof.Duration),
            Differences = [.. proofs.SelectMany(static proof => proof.Differences).Take(MostListed)],
            ExtraIds = [],
            Sample = proofs.Count == 1 ? last.Sample : null,
            Recall = proofs.Count == 1 ? last.Recall : null,
            NotVerifiable = proofs.Select(static proof => proof.NotVerifiable).FirstOrDefault(static fault => fault is not null),
        };
    }
}
