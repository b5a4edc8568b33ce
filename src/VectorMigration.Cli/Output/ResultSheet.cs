namespace VectorMigration.Cli.Output;

/// <summary>The end of a migration for people.</summary>
internal static class ResultSheet
{
    /// <summary>The sheet of <c>migrate</c>.</summary>
    public static Sheet Of(MigrationResult result)
    {
        Sheet sheet = Begin(result);
        if (result.Plan is MigrationPlan plan)
        {
            sheet.Add("index", $"{plan.Index.Kind}, {Units.Count(plan.Index.Count)} × {plan.Index.Dimension}{PlanText.Metric(plan.Index)}");
            sheet.Add("vectors", PlanText.Vectors(plan.Index), Tone.Notice);
            sheet.Add("protocol", plan.Protocol == "REST" ? "REST" : null, Tone.Notice);
            sheet.Add("collection", PlanText.CollectionState(plan));
            sheet.Add("quantization", PlanText.Quantization(plan), Tone.Notice);
            sheet.Add("size", PlanText.Size(plan.Estimate, plan.PayloadPath is not null));
            sheet.Add("payload", PlanText.Payload(plan));
            sheet.Add("documents", PlanText.Store(plan), plan.Store is { LeftOut: > 0 } ? Tone.Notice : Tone.Plain);
            string part = result.Counts.Source < plan.Index.Count ? $" (the index has {Units.Count(plan.Index.Count)})" : string.Empty;
            bool hasNoVectors = result is { Status: MigrationStatus.Refused, Counts.Source: 0 };
            sheet.Add("sent", hasNoVectors ? null : $"{Units.Count(result.Counts.Sent)} of {Units.Of(result.Counts.Source, "vector", "vectors")}{part}"
                + $"{(plan.PayloadPath is null ? string.Empty : ", with payload")}",
                result.Counts.Sent + result.Counts.Skipped + result.Counts.AlreadyThere == result.Counts.Source ? Tone.Good : Tone.Notice);
        }

        if (result.Plan?.Sync is SyncPlan sync)
        {
            AddSync(sheet, sync, result.Counts);
        }

        return End(sheet, result);
    }

    /// <summary>The title of a result.</summary>
    public static Sheet Begin(MigrationResult result) =>
        new($"{Path.GetFileName(result.Path)} → {result.Collection}{(result.Endpoint.Length > 0 ? $" at {result.Endpoint}" : string.Empty)}");

    /// <summary>What the results of an index and of several have in common.</summary>
    public static Sheet End(Sheet sheet, MigrationResult result)
    {
        AddOddities(sheet, result.Counts, result.Plan);
        if (result.Perf is { Batches: > 0 } perf)
        {
            AddPerf(sheet, perf, result.Flow);
            sheet.Add("pace", result.Flow is { Adaptive: true } flow
                ? $"{(flow.IsMeasured ? "settled at " : string.Empty)}{Units.Count(flow.BatchSize)} per batch, "
                + $"{flow.ThrottleLimit} in parallel: {flow.Reason}" : null);
        }

        AddVerification(sheet, result);
        sheet.Add("replicas", result.Replicas?.ToString(), result.Replicas is { IsWhole: true } ? Tone.Good : Tone.Notice);
        sheet.Add("indexed", result.Indexing?.Message, result.Indexing?.Status is IndexingStatus.Complete ? Tone.Good : Tone.Notice);
        sheet.Add("journal", result.JournalPath is not null && result.Plan is not null ? result.JournalPath : null);
        sheet.Add("logs", result.LogDirectory is not null && (result.Plan ?? (object?)result.Parts) is not null ? result.LogDirectory : null);
        sheet.Add("report", result.ReportPath);
        sheet.Add("lost", result.LostLogLines > 0 ? $"{Units.Of(result.LostLogLines, "log line", "log lines")} that could not be written" : null,
            Tone.Notice);
        return sheet.Add("result", $"{Verdict(result.Status)}{Took(result.Duration)}", ToneOf(result.Status));
    }

    private static void AddSync(Sheet sheet, SyncPlan sync, MigrationCounts counts)
    {
        sheet.Add("sync", $"{Units.Count(counts.Created)} created, {Units.Count(counts.Changed)} repaired, {Units.Count(counts.Equal)} equal");
        sheet.Add("vanished", counts.Vanished > counts.Pruned
            ? $"{Units.Of(counts.Vanished - counts.Pruned, "point is", "points are")} no longer in the index ({PlanText.FirstVanished(sync)}); "
                + (sync.Prunes ? "not deleted" : "--prune deletes them") : null, Tone.Notice);
        sheet.Add("pruned", counts.Pruned > 0 ? $"{Units.Count(counts.Pruned)}: no longer in the index ({PlanText.FirstVanished(sync)})" : null, Tone.Notice);
    }

    private static void AddOddities(Sheet sheet, MigrationCounts counts, MigrationPlan? plan)
    {
        sheet.Add("invalid", counts.Invalid > 0 ? $"{Units.Count(counts.Invalid)} skipped: {PlanText.InvalidParts(plan)}" : null, Tone.Bad);
        sheet.Add("no payload", counts.WithoutPayload > 0 ? $"{Units.Count(counts.WithoutPayload)}: no entry in the payload file" : null, Tone.Notice);
        sheet.Add("surplus", counts.SurplusPayload > 0 ? $"{Units.Count(counts.SurplusPayload)} of the payload file ignored: they belong to no vector" : null,
            Tone.Notice);
        sheet.Add("failed", counts.Failed > 0 ? Units.Count(counts.Failed) : null, Tone.Bad);
        sheet.Add("acknowledged", Acknowledged(counts), Tone.Notice);
        sheet.Add("unchanged", counts is { AlreadyThere: > 0, Skipped: 0 } && plan?.Sync is null
            ? $"{Units.Of(counts.AlreadyThere, "equal point is", "equal points are")} already in the collection" : null, Tone.Notice);
        sheet.Add("skipped", PlanText.LeftThere(counts, plan), Tone.Notice);
        sheet.Add("left behind", counts.LeftBehind > 0 ? LeftBehind(counts, plan) : null, Tone.Notice);
        sheet.Add("superseded", counts.Superseded > 0 ? $"{Units.Count(counts.Superseded)}: a later vector has the same id" : null, Tone.Notice);
    }

    /// <summary>A job has no plan of its own, only the sum of its parts.</summary>
    private static string LeftBehind(MigrationCounts counts, MigrationPlan? plan) =>
        $"{plan?.Left?.ToString() ?? $"{Units.Of(counts.LeftBehind, "point", "points")} of earlier runs"} "
            + $"{(counts.LeftBehind == 1 ? "stays under an id" : "stay under ids")} that this run does not write";

    /// <summary>A run that resumed another one tells of both: those that wait for the migration count all of it.</summary>
    private static string? Acknowledged(MigrationCounts counts) => counts.Skipped == 0 ? null
        : $"{Units.Count(counts.Skipped)} in earlier runs; with this run {Units.Count(counts.Skipped + counts.Sent + counts.AlreadyThere)} of "
            + Units.Count(counts.Source)
            + (counts.AlreadyThere > 0 ? $", {Units.Count(counts.AlreadyThere)} of them found equal in the collection" : string.Empty);

    /// <summary>Vectors of a batch, where the batches were not all of the size that the pace came to.</summary>
    private static string Mean(MigrationPerf perf, FlowSummary? flow)
    {
        long vectors = perf.Vectors + perf.FailedVectors;
        return flow is not { BatchSize: > 0 } || perf.Batches == (vectors + flow.BatchSize - 1) / flow.BatchSize ? string.Empty
            : $" of {vectors / (double)perf.Batches:N0} vectors on average";
    }

    private static void AddPerf(Sheet sheet, MigrationPerf perf, FlowSummary? flow)
    {
        sheet.Add("speed", $"{perf.VectorsPerSecond:N0} vectors/s, {perf.SecondsPerVector:0.000000} s/vector, "
            + $"{Units.Bytes(perf.MegabytesPerSecond * 1e6)}/s for {Units.Time(perf.Duration)}");
        sheet.Add("batches", $"{Units.Count(perf.Batches)}{Mean(perf, flow)}, p50 {Units.Time(perf.P50)}, p95 {Units.Time(perf.P95)}, p99 "
            + $"{Units.Time(perf.P99)}, max {Units.Time(perf.Max)}");
        long repeated = perf.Attempts - perf.Batches;
        sheet.Add("success rate", $"{perf.SuccessRate ?? 0:0.##} %"
            + $"{(repeated > 0 ? $", {Units.Of(repeated, "retry", "retries")}" : string.Empty)}"
            + $"{(perf.RateLimited > 0 ? $", {Units.Count(perf.RateLimited)} rate-limited" : string.Empty)}");
        sheet.Add("slow", perf.SlowOperations > 0 ? $"{Units.Of(perf.SlowOperations, "batch", "batches")} over {Units.Time(perf.SlowThreshold)}; see "
            + "perf_slow.log" : null, Tone.Notice);
    }

    private static void AddVerification(Sheet sheet, MigrationResult result)
    {
        if (result.Verification is VerificationResult { Mode: not VerificationMode.None } proof)
        {
            sheet.Add("verification", VerificationSheet.Verdict(proof, HasPayloads(result)), proof.Passed ? Tone.Good : Tone.Bad);
            sheet.Add("sample", proof.Sample?.Statement);
        }
        else if (result.Status == MigrationStatus.Completed)
        {
            sheet.Add("verification", "not verified", Tone.Notice);
        }
    }

    /// <summary>A job has no plan of its own; its verification says whether payloads were compared.</summary>
    private static bool HasPayloads(MigrationResult result) =>
        (result.Parts is null ? result.Plan?.PayloadPath : result.Verification?.PayloadPath) is not null;

    /// <summary>How long it took; nothing where that was not measured because no run began.</summary>
    private static string Took(TimeSpan duration) => duration == TimeSpan.Zero ? string.Empty : $" ({Units.Time(duration)})";

    private static string Verdict(MigrationStatus status) => status switch
    {
        MigrationStatus.Completed => "completed",
        MigrationStatus.Refused => "refused before the first vector",
        MigrationStatus.Interrupted => "interrupted, can be resumed",
        MigrationStatus.Incomplete => "incomplete",
        MigrationStatus.Planned => "planned",
        _ => "failed",
    };

    private static Tone ToneOf(MigrationStatus status) => status switch
    {
        MigrationStatus.Completed or MigrationStatus.Planned => Tone.Good,
        MigrationStatus.Interrupted => Tone.Notice,
        _ => Tone.Bad,
    };
}
