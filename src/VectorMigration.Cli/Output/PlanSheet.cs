namespace VectorMigration.Cli.Output;

/// <summary>A plan for people.</summary>
internal static class PlanSheet
{
    /// <summary>The sheet of <c>--dry-run</c>.</summary>
    public static Sheet Of(MigrationPlan plan) => new Sheet($"plan: {Path.GetFileName(plan.Index.Path)} → {plan.Collection} at {plan.Endpoint}")
        .Add("index", $"{plan.Index.Kind}, {Units.Count(plan.Index.Count)} × {plan.Index.Dimension}, {plan.Index.Metric}, ids: {plan.Index.IdSource}")
        .Add("server", plan.ServerVersion.Length > 0 ? $"Qdrant {plan.ServerVersion}" : null)
        .Add("collection", CollectionText(plan), plan.RecreatesCollection ? Tone.Bad : Tone.Plain)
        .Add("send", $"{Units.Count(plan.Count)} vectors from {Units.Count(plan.Offset)} on, {(plan.BatchSize == 0 ? "about " : string.Empty)}{Units.Of(plan.Batches, "batch", "batches")}, {Units.Bytes(plan.Bytes)}{(plan.PayloadPath is null ? string.Empty : " and payloads")}")
        .Add("journal", plan.Acknowledged == 0 ? plan.JournalPath : $"{Units.Count(plan.Acknowledged)} of them were acknowledged before and are not sent again, says {plan.JournalPath}")
        .Add("payload", PayloadText(plan))
        .Add("ids", plan.IdMapping == IdMapping.Keep ? "kept as point ids" : $"UUIDv5 of the FAISS id, which stays in the payload as {plan.IdField}")
        .Add("pace", plan.Flow == "adaptive" ? "adaptive: batch size and parallelism are found while sending" : plan.Flow)
        .Add("proof", ProofText(plan.Verification))
        .Add("expected", ExpectationText(plan.Expectation))
        .Add("refused", plan.Refusals.Count == 0 ? null : $"{Units.Of(plan.Refusals.Count, "reason", "reasons")}: {string.Join(", ", plan.Refusals.Select(static refusal => refusal.ErrorId))}", Tone.Bad)
        .Add("nothing", "was changed: this is a dry run");

    /// <summary>Where payloads come from and how they find their vectors; null without payloads.</summary>
    public static string? PayloadText(MigrationPlan plan) => plan.PayloadPath is null ? null
        : $"{plan.PayloadPath}, {plan.PayloadJoin}{(plan.WithoutPayload == 0 ? string.Empty : $"; nothing for {Units.Of(plan.WithoutPayload, "vector", "vectors")}")}";

    /// <summary>What becomes of the collection.</summary>
    public static string CollectionText(MigrationPlan plan)
    {
        string settings = $"{plan.Settings.Dimension} components, {plan.Settings.Distance}{(plan.Settings.HnswM is int m ? $", hnsw m {m}" : string.Empty)}{(plan.Settings.HnswEfConstruction is int ef ? $", ef_construct {ef}" : string.Empty)}{(plan.Settings.VectorName is string name ? $", vector '{name}'" : string.Empty)}{(plan.CreatesCollection ? IndexingText.Of(plan.Settings, plan.Indexing) : string.Empty)}";
        return plan.ServerVersion.Length == 0 ? $"not known, because the server did not tell; the index wants {settings}"
            : plan.RecreatesCollection
            ? $"deleted with {Units.Of(plan.PresentBefore, "point", "points")} and created anew: {settings}"
            : plan.CreatesCollection ? $"created: {settings}" : $"there already with {Units.Of(plan.PresentBefore, "point", "points")}: {settings}";
    }

    private static string? ExpectationText(RunExpectation? expectation) => expectation is null ? null
        : $"about {Units.Time(expectation.Duration)} (upload {Units.Time(expectation.Upload)}{(expectation.Verification is TimeSpan proof ? $", proof {Units.Time(proof)}" : string.Empty)}), as the run of {expectation.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC with {Units.Count(expectation.Vectors)} vectors ({expectation.RunId})";

    private static string ProofText(VerificationMode mode) => mode switch
    {
        VerificationMode.Full => "exact count, then every vector read back and compared",
        VerificationMode.Count => "exact count",
        VerificationMode.Sample => "exact count, then vectors picked at random read back and compared",
        _ => "none: the result will say \"not verified\"",
    };
}
