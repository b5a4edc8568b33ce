using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Jobs;

/// <summary>Puts the results of the parts of a job together.</summary>
internal static class JobTotal
{
    private const int MostListed = 1_000;
    private const int MostFiles = 10;

    /// <summary>From the worst to the best.</summary>
    private static readonly MigrationStatus[] Worst =
        [MigrationStatus.Failed, MigrationStatus.Refused, MigrationStatus.Interrupted, MigrationStatus.Incomplete, MigrationStatus.Planned,
            MigrationStatus.Completed];

    /// <summary>The result of a job.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="results">The results of the parts that were begun, by number.</param>
    /// <param name="sampleSeed">Seed of the sample that the parts were verified by; null for none.</param>
    public static MigrationResult Of(Guid jobId, JobPlan plan, IReadOnlyDictionary<int, MigrationResult> results, int? sampleSeed = null)
    {
        MigrationResult[] begun = [.. plan.Parts.Select(part => results.GetValueOrDefault(part.Number)).OfType<MigrationResult>()];
        IReadOnlyList<PlannedPart> skipped = plan.Skipped;
        VerificationResult? proof = Verification(plan, results, sampleSeed);
        MigrationError? lost = proof is { PointsOfParts: long points } ? JobErrors.PointsLost(plan.Collection, proof.CollectionCount!.Value, points).ToRecord()
            : null;
        MigrationStatus status = StatusOf(plan, begun);
        status = status == MigrationStatus.Completed && lost is not null ? MigrationStatus.Incomplete : status;
        return new MigrationResult
        {
            RunId = jobId,
            Status = status,
            Path = plan.Folder,
            Endpoint = begun.FirstOrDefault()?.Endpoint ?? string.Empty,
            Collection = plan.Collection,
            Counts = Sum(plan, begun),
            Verification = proof,
            Indexing = begun.LastOrDefault()?.Indexing,
            Replicas = begun.LastOrDefault()?.Replicas,
            LeftOut = [.. begun.SelectMany(static part => part.LeftOut).Take(MostListed)],
            Warnings = [.. begun.SelectMany(static part => part.Warnings).Distinct()],
            LostLogLines = begun.Sum(static part => part.LostLogLines),
            Error = ErrorOf(plan, results, status) ?? (skipped.Count > 0 && status == MigrationStatus.Incomplete
                ? JobErrors.Skipped(skipped, plan.Collection).ToRecord() : null) ?? (status == MigrationStatus.Incomplete ? lost : null),
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
        string place = plan.Place(worst);
        return error with
        {
            Message = $"{char.ToUpperInvariant(place[0])}{place[1..]} ({plan.Name(worst)}): {error.Message}",
            RecommendedAction = PartNotes.ForJob(error.RecommendedAction),
        };
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
    private static VerificationResult? Verification(JobPlan plan, IReadOnlyDictionary<int, MigrationResult> results, int? sampleSeed)
    {
        (PlannedPart, VerificationResult)[] proofs = [.. plan.Readable
            .Select(part => (Part: part, Proof: results.GetValueOrDefault(part.Number)?.Verification))
            .Where(static one => one.Proof is not null).Select(static one => (one.Part, one.Proof!))];
        return proofs.Length == 0 || proofs.Length < plan.Readable.Count() ? null : Verification(proofs, sampleSeed);
    }

    /// <summary>The verifications of all parts as one.</summary>
    /// <param name="parts">Those of the parts in their order, one at least.</param>
    /// <param name="sampleSeed">Seed of the sample that the parts were verified by; null for none.</param>
    public static VerificationResult Verification(IReadOnlyList<(PlannedPart Part, VerificationResult Proof)> parts, int? sampleSeed)
    {
        VerificationResult[] proofs = [.. parts.Select(static one => one.Proof)];
        VerificationResult last = proofs[^1];
        bool knowsExtra = last.CollectionCount is not null && proofs.All(static proof => proof is { Extra: not null, CollectionCount: not null });
        bool counts = last.Mode == VerificationMode.Count;
        long points = PointsOf(parts);
        long lost = last.CollectionCount is long total ? Math.Max(0, points - total) : 0;
        return last with
        {
            Passed = proofs.All(static proof => proof.Passed) && lost == 0,
            PointsOfParts = lost > 0 ? points : null,
            Offset = 0,
            Selected = proofs.Sum(static proof => proof.Selected),
            IndexCount = proofs.Sum(static proof => proof.IndexCount),
            Expected = counts ? points : proofs.Sum(static proof => proof.Expected),
            CountExpected = proofs.Select(static proof => proof.CountExpected).FirstOrDefault(static count => count is not null),
            // Points of the other parts are extra points of a part, and not of the whole.
            Extra = knowsExtra
                ? Math.Max(0, last.CollectionCount!.Value - proofs.Sum(static proof => proof.CollectionCount!.Value - proof.Extra!.Value))
                : null,
            Compared = proofs.Sum(static proof => proof.Compared),
            Missing = counts ? lost : proofs.Sum(static proof => proof.Missing),
            Different = proofs.Sum(static proof => proof.Different),
            WithAddedFields = proofs.Sum(static proof => proof.WithAddedFields),
            Invalid = proofs.Sum(static proof => proof.Invalid),
            MaxDeviation = proofs.Max(static proof => proof.MaxDeviation),
            RoundedNumbers = proofs.Sum(static proof => proof.RoundedNumbers),
            PayloadPath = PayloadsOf(proofs),
            PayloadsNotCompared = proofs.Any(static proof => proof.PayloadsNotCompared),
            PayloadInDoubt = proofs.Any(static proof => proof.PayloadInDoubt),
            Duration = proofs.Aggregate(TimeSpan.Zero, static (sum, proof) => sum + proof.Duration),
            Differences = [.. proofs.SelectMany(static proof => proof.Differences).Take(MostListed)],
            ExtraIds = [],
            Sample = SampleOf(proofs, sampleSeed),
            Recall = proofs.Length == 1 ? last.Recall : null,
            NotVerifiable = proofs.Select(static proof => proof.NotVerifiable).FirstOrDefault(static fault => fault is not null),
        };
    }

    /// <summary>Points that the parts make at least: parts with other vectors share their points, so the greatest group of one vector counts.</summary>
    private static long PointsOf(IReadOnlyList<(PlannedPart Part, VerificationResult Proof)> parts) => parts
        .GroupBy(static one => one.Part.IdNamespace)
        .Sum(static space => space.GroupBy(static one => one.Part.Part.VectorName).Max(static vector => vector.Sum(static one => one.Proof.Expected)));

    /// <summary>What the samples of the parts, which are one sample together, say of the whole; null where all vectors were compared, or none.</summary>
    private static SampleResult? SampleOf(VerificationResult[] proofs, int? seed)
    {
        SampleResult[] samples = [.. proofs.Select(static proof => proof.Sample).OfType<SampleResult>()];
        return samples.Length < proofs.Length ? null
            : seed is not int chosen ? (samples.Length == 1 ? samples[0] : null)
            : SampleChoice.Judge(
                samples.Sum(static one => one.Population), samples.Sum(static one => one.Size),
                proofs.Sum(static proof => proof.Missing + proof.Different), chosen);
    }

    /// <summary>The files whose payloads were compared; null for none.</summary>
    private static string? PayloadsOf(VerificationResult[] proofs)
    {
        string[] files = [.. proofs.Select(static proof => proof.PayloadPath).OfType<string>().Distinct()];
        return files.Length == 0 ? null
            : string.Join(", ", files.Take(MostFiles)) + (files.Length > MostFiles ? $", … ({Units.Of(files.Length, "file", "files")})" : string.Empty);
    }
}
