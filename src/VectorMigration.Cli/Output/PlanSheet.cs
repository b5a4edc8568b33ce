namespace VectorMigration.Cli.Output;

/// <summary>A plan for people.</summary>
internal static class PlanSheet
{
    /// <summary>The sheet of <c>--dry-run</c>.</summary>
    public static Sheet Of(MigrationPlan plan) => new Sheet($"plan: {Path.GetFileName(plan.Index.Path)} → {plan.Collection} at {plan.Endpoint}")
        .Add("index", $"{plan.Index.Kind}, {Units.Count(plan.Index.Count)} × {plan.Index.Dimension}, {plan.Index.Metric}, ids: {plan.Index.IdSource}")
        .Add("server", plan.ServerVersion.Length > 0 ? $"Qdrant {plan.ServerVersion}" : null)
        .Add("collection", PlanText.CollectionState(plan), plan.RecreatesCollection ? Tone.Bad : Tone.Plain)
        .Add("send", $"{Units.Count(plan.Count)} vectors from {Units.Count(plan.Offset)} on, {PlanText.Batches(plan)}, {PlanText.Size(plan)}")
        .Add("journal", plan.Acknowledged == 0 ? plan.JournalPath : $"{Units.Count(plan.Acknowledged)} of them were acknowledged before and are not sent "
            + $"again, says {plan.JournalPath}")
        .Add("payload", PlanText.Payload(plan))
        .Add("store", PlanText.Store(plan))
        .Add("mapping", plan.PayloadMapping)
        .Add("ids", PlanText.IdState(plan))
        .Add("part", plan.IdNamespace)
        .Add("sync", PlanText.Sync(plan), plan.Sync is { Prunes: true, Vanished: > 0 } ? Tone.Bad : Tone.Notice)
        .Add("existing", plan.Sync is null || plan.Existing?.Conflicts > 0 ? PlanText.Existing(plan) : null,
            plan.Existing?.Conflicts > 0 ? Tone.Bad : Tone.Notice)
        .Add("pace", PlanText.Pace(plan))
        .Add("proof", PlanText.Proof(plan.Verification))
        .Add("expected", PlanText.Expectation(plan))
        .Add("refused", plan.Refusals.Count == 0 ? null : $"{Units.Of(plan.Refusals.Count, "reason", "reasons")}: {PlanText.RefusalIds(plan)}", Tone.Bad)
        .Add("nothing", "was changed: this is a dry run");
}
