using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>A plan as labelled lines: the table of <c>--dry-run</c> and of <c>-WhatIf</c>.</summary>
internal static class PlanRows
{
    private const int LabelWidth = 14;
    private const int Indent = 2;

    /// <summary>What PowerShell writes in front of the title.</summary>
    private const int Prefix = 9;

    /// <summary>What goes where.</summary>
    public static string Title(MigrationPlan plan) => plan.FromPipeline
        ? $"vectors of the pipeline → {plan.Collection} at {plan.Endpoint}"
        : $"{Path.GetFileName(plan.Index.Path)} → {plan.Collection} at {plan.Endpoint}";

    /// <summary>The lines; one without text is left out.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="batchDelay">Pause between batches that was asked for.</param>
    /// <param name="consent">The option that confirms beforehand what the plan deletes; null where that is confirmed.</param>
    public static IEnumerable<(string Label, string Text)> Of(MigrationPlan plan, TimeSpan? batchDelay = null, string? consent = null) =>
        All(plan, batchDelay ?? TimeSpan.Zero, consent).Where(static row => !string.IsNullOrEmpty(row.Text)).Select(static row => (row.Label, row.Text!));

    /// <summary>Title and lines as text.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="batchDelay">Pause between batches that was asked for.</param>
    /// <param name="consent">The option that confirms beforehand what the plan deletes; null where that is confirmed.</param>
    /// <param name="columns">Columns of the screen; null where lines stay whole. A longer word, as paths are, stays whole.</param>
    public static string Table(MigrationPlan plan, TimeSpan? batchDelay = null, string? consent = null, int? columns = null)
    {
        string margin = Environment.NewLine + new string(' ', Indent + LabelWidth);
        return string.Join(Environment.NewLine,
        [
            string.Join(Environment.NewLine, TextLines.Of(Title(plan), columns - Prefix)),
            .. Of(plan, batchDelay, consent).Select(row => new string(' ', Indent) + row.Label.PadRight(LabelWidth)
                + string.Join(margin, TextLines.Of(row.Text, columns - Indent - LabelWidth))),
        ]);
    }

    private static IEnumerable<(string Label, string? Text)> All(MigrationPlan plan, TimeSpan batchDelay, string? consent)
    {
        if (plan.FromPipeline)
        {
            yield return ("send", "all vectors from the pipeline; their number is not known in advance");
        }
        else
        {
            yield return ("index",
                $"{plan.Index.Kind}, {Units.Count(plan.Index.Count)} × {plan.Index.Dimension}{PlanText.Metric(plan.Index)}, ids: {plan.Index.IdSource}");
        }

        yield return ("vectors", plan.FromPipeline ? null : PlanText.Vectors(plan.Index));
        yield return ("server", plan.ServerVersion.Length > 0 ? $"Qdrant {plan.ServerVersion}, by {plan.Protocol}" : null);
        yield return ("collection", PlanText.CollectionState(plan));
        yield return ("quantization", PlanText.Quantization(plan));
        yield return ("distance", PlanText.DistanceProposal(plan));
        yield return ("size", PlanText.Size(plan.Estimate, plan.PayloadPath is not null));
        if (!plan.FromPipeline)
        {
            yield return ("send", PlanText.Sending(plan));
            yield return ("journal", PlanText.Journal(plan));
            yield return ("payload", PlanText.Payload(plan));
            yield return ("store", PlanText.Store(plan));
            yield return ("mapping", plan.PayloadMapping);
        }

        yield return ("ids", PlanText.IdState(plan));
        yield return ("part", plan.IdNamespace);
        yield return ("sync", PlanText.Sync(plan));
        yield return ("existing", plan.Sync is null || plan.Existing?.Conflicts > 0 ? PlanText.Existing(plan) : null);
        yield return ("pace", PlanText.Pace(plan));
        yield return ("verify", plan.FromPipeline && plan.Verification == VerificationMode.None ? null : PlanText.Proof(plan.Verification));
        yield return ("not checked", plan.FromPipeline || plan.ToSend == 0 ? null
            : OptionNames.Here("NaN and infinite components: the run finds them. To look for them before, use Get-FaissIndex -Scan"));
        yield return ("expected", plan.FromPipeline || plan.Refusals.Count > 0 ? null : PlanText.Expectation(plan) ?? PlanText.AtLeast(plan, batchDelay));
        yield return ("refused", PlanText.Refused(plan));
        yield return ("confirm", consent is not null && PlanText.Deletion(plan) is string deletion
            ? $"the run asks before it deletes {deletion}; without a terminal, it needs {consent}" : null);
    }
}
