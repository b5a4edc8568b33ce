namespace VectorMigration.Cli.Output;

/// <summary>A plan for people.</summary>
internal static class PlanSheet
{
    /// <summary>The sheet of <c>--dry-run</c>.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="agreed">The deletion that it makes is confirmed beforehand.</param>
    public static Sheet Of(MigrationPlan plan, bool agreed)
    {
        Sheet sheet = new($"plan: {PlanRows.Title(plan)}");
        foreach ((string label, string text) in PlanRows.Of(plan, consent: agreed ? null : "--yes"))
        {
            sheet.Add(label, text, Mark(label, plan));
        }

        return sheet.Add(string.Empty, "This is a dry run. Nothing was changed.");
    }

    private static Tone Mark(string label, MigrationPlan plan) => label switch
    {
        "collection" when plan.RecreatesCollection => Tone.Bad,
        "sync" => plan.Sync is { Deleted: > 0 } ? Tone.Bad : Tone.Notice,
        "existing" => plan.Existing?.Conflicts > 0 ? Tone.Bad : Tone.Notice,
        "refused" or "confirm" => Tone.Bad,
        _ => Tone.Plain,
    };
}
