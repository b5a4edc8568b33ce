namespace VectorMigration.Reporting;

/// <summary>
/// How deep was verified, in the terms of Qdrant's migration guidance: the checks of data integrity, and the three tiers of search quality (spot check,
/// statistical sampling, gold-standard evaluation).
/// </summary>
internal sealed class ProofSection(HtmlWriter html, RunReport run)
{
    private const string NotDone = "not done";

    /// <summary>Writes the section; nothing where a run has no end.</summary>
    public void Write()
    {
        if (run.Summary is not RunSummary summary)
        {
            return;
        }

        RunSummaryProof? proof = summary.Verification is { Mode: not VerificationMode.None } ? summary.Verification : null;
        html.Element("h2", "Verification");
        html.Element("h3", "Data integrity");
        html.Table(["check", "result"], [], Integrity(summary, proof).Select(static row => (string[])[row.Check, row.Result]));
        html.Element("h3", "Search quality");
        html.Table(["tier", "result"], [], Quality(proof).Select(static row => (string[])[row.Check, row.Result]));
        html.Markup("<p class=\"small soft\">The checks and tiers are those of Qdrant's migration guidance.</p>");
    }

    private static IEnumerable<(string Check, string Result)> Integrity(RunSummary summary, RunSummaryProof? proof)
    {
        yield return ("count", proof?.CollectionCount is long points
            ? $"{Units.Of(points, "point", "points")} in the collection by exact count, {Units.Count(proof.Expected)} of this migration expected"
            : proof is null ? NotDone : "no exact count");
        yield return ("dimension and distance", summary.Plan is RunSummaryPlan plan
            ? $"{Units.Count(plan.Dimension)} components{(plan.Distance is Distance distance ? $", {distance}" : string.Empty)}, as the collection "
                + "has them" : NotDone);
        yield return ("vectors", proof switch
        {
            { Mode: VerificationMode.Full or VerificationMode.Sample } =>
                $"{Units.Of(proof.Compared, "point", "points")} read back: {Equal(proof)}, {Units.Count(proof.Missing)} missing, "
                    + $"{Units.Count(proof.Different)} different",
            _ => NotDone,
        });
        yield return ("payloads", proof switch
        {
            { Mode: VerificationMode.Full or VerificationMode.Sample, PayloadPath: string path } => $"each compared field for field with {path}",
            _ => summary.Plan?.HasPayload == true ? NotDone : "the migration sent none",
        });
        if (proof?.Sample is string sample)
        {
            yield return ("sample", sample);
        }

        if (proof?.Extra is > 0 and long extra)
        {
            yield return ("extra points", $"{Units.Count(extra)} in the collection that are not of the vectors compared");
        }

        if (proof?.Repair is string repair)
        {
            yield return ("repair", repair);
        }
    }

    private static string Equal(RunSummaryProof proof) =>
        $"{Units.Count(proof.Compared - proof.Different)} {VerificationText.Equal(proof.Comparison, proof.Sample is not null)}"
            + (proof.Comparison == "normalised" ? FormattableString.Invariant($" (largest deviation {proof.MaxDeviation ?? 0:0.###E+0})") : string.Empty);

    private static IEnumerable<(string Check, string Result)> Quality(RunSummaryProof? proof)
    {
        RecallResult? recall = proof?.Recall;
        yield return ("tier 1, spot check", recall is null ? NotDone : "covered by tier 2");
        yield return ("tier 2, statistical sampling", recall is null ? $"{NotDone}; -Recall of Test-VectorMigration (--recall of verify) does it"
            : $"recall@{recall.K} of {Units.Of(recall.Queries, "query", "queries")}: HNSW {Figures(recall.Approximate)}"
                + (recall.Exact is RecallFigures exact ? $", exact search {Figures(exact)}" : string.Empty)
                + (recall.IndexRecall is double codes ? FormattableString.Invariant($", FAISS by its codes {codes:0.####}") : string.Empty));
        yield return ("tier 3, gold-standard evaluation", $"{NotDone}; it needs queries with known answers");
    }

    private static string Figures(RecallFigures figures) => FormattableString.Invariant($"{figures.Recall:0.####} (worst query {figures.Least:0.####})");
}
