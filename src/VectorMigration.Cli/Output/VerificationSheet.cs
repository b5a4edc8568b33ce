namespace VectorMigration.Cli.Output;

/// <summary>A verification for people.</summary>
internal static class VerificationSheet
{
    private const int Shown = 10;

    private const string OtherPayloads = ". If the migration sent other payloads, name them with --payload; if it sent none, use --no-store";

    /// <summary>The sheet of <c>verify</c>.</summary>
    public static Sheet Of(VerificationResult proof, IndexDescription index, string endpoint, string collection, bool withPayload)
    {
        Sheet sheet = new Sheet($"{Path.GetFileName(index.Path)} ⇄ {collection} at {endpoint}")
            .Add("index", $"{index.Kind}, {Units.Count(index.Count)} × {index.Dimension}")
            .Add("read back", $"{Units.Of(proof.Compared, "point", "points")} in {Units.Time(proof.Duration)}")
            .Add("range", VerificationText.Range(proof), Tone.Notice)
            .Add("payloads", proof.PayloadPath is string path ? $"compared with {path}{(proof.PayloadInDoubt ? OtherPayloads : string.Empty)}" : null)
            .Add("extra", proof.Extra is > 0
                ? $"{Units.Of(proof.Extra.Value, "point in the collection is", "points in the collection are")} not from this index{Listed(proof)}"
                : null, Tone.Notice)
            .Add("fields", VerificationText.AddedFields(proof), Tone.Notice)
            .Add("repaired", proof.Repair is RepairResult repair ? $"{repair}. Before: {Units.Count(repair.Missing)} missing, "
                + $"{Units.Count(repair.Different)} different" : null, Tone.Notice)
            .Add("verification", Verdict(proof, withPayload), proof.Passed ? Tone.Good : Tone.Bad);
        foreach (PointDifference difference in PointDifference.SomeOfEach(proof.Differences, Shown))
        {
            sheet.Add(string.Empty, $"point {difference.Id} (vector {difference.Ordinal}): {difference.Reason}");
        }

        sheet.Add(string.Empty, proof.Differences.Count > Shown ? "… more with --json" : null).Add("sample", proof.Sample?.Statement)
            .Add(string.Empty, proof.NotVerifiable?.Message, Tone.Notice);
        if (proof.Recall is RecallResult recall)
        {
            Add(sheet, recall);
        }

        return sheet.Add("result", VerificationErrors.NotCompared(proof) is string left
            ? $"{(proof.Passed ? "incomplete" : "not passed")} (exit code {ExitCodes.Incomplete}). {left}" : null, Tone.Bad);
    }

    private static Sheet Add(Sheet sheet, RecallResult recall) => sheet
        .Add($"recall@{recall.K}", $"{Units.Of(recall.Queries, "query", "queries")} (seed {recall.Seed}), ground truth by brute force over the index in "
            + $"{Units.Time(recall.BruteForceDuration)}")
        .Add("  exact", recall.Exact is RecallFigures exact ? Figures(exact) : $"not measured: {recall.ExactRefused}",
            recall.Exact is null ? Tone.Notice : Tone.Plain)
        .Add("  HNSW", $"{Figures(recall.Approximate)}; {Units.Of((long)recall.IndexedVectors, "vector", "vectors")} in the graph, the rest are scanned")
        .Add("  FAISS", recall.IndexRecall is double codes ? $"{codes:0.####} (worst query {recall.IndexLeast:0.####}), by comparing all codes of the index "
            + $"({recall.IndexCodec}) with the query" : null)
        .Add(string.Empty, recall.ForeignAnswers > 0 ? $"{Units.Of(recall.ForeignAnswers, "answer is", "answers are")} not from this index and not counted"
            : null, Tone.Notice);

    private static string Figures(RecallFigures figures) =>
        $"{figures.Recall:0.####} (worst query {figures.Least:0.####}), {Units.Time(figures.P50Latency)} per query (p95 {Units.Time(figures.P95Latency)})";

    private static string Listed(VerificationResult proof) =>
        proof.ExtraIds.Count == 0 ? string.Empty
            : ": " + string.Join(", ", proof.ExtraIds.Take(Shown)) + (proof.Extra > Shown ? ", … more with --json" : string.Empty);

    private static string Rounded(VerificationResult proof) => proof.RoundedNumbers == 0 ? string.Empty
        : $", except for the last digit of {Units.Of(proof.RoundedNumbers, "payload number", "payload numbers")}, which Qdrant rounds";

    /// <summary>Passed or not, and what was compared.</summary>
    public static string Verdict(VerificationResult proof, bool withPayload)
    {
        string count = proof.CollectionCount is long points ? $"exact count {Units.Count(points)}" : string.Empty;
        count += proof.CountExpected is long due ? $", but {Units.Count(due)} expected from before and from this run: another program wrote or deleted "
            + "points during the run"
            : string.Empty;
        count += proof.Mode == VerificationMode.Count ? string.Empty : VerificationText.FewerThanParts(proof);
        if (proof.Mode is VerificationMode.Count or VerificationMode.None)
        {
            return $"{(proof.Passed ? "passed" : "NOT passed")}: {count}, {Units.Count(proof.Expected)} expected; vectors were not compared";
        }

        string what = VerificationText.Equal(proof.Comparison, proof.Sample is not null)
            + (proof.Comparison == "normalised" ? $" within {proof.Tolerance:0.#######} (largest deviation {proof.MaxDeviation:0.###E+0})" : string.Empty);
        string read = proof.Sample is null ? Units.Of(proof.Compared, "vector", "vectors")
            : $"a sample of {Units.Of(proof.Compared, "vector", "vectors")} of {Units.Count(proof.Expected)}";
        return proof.Passed
            ? $"passed: {read}{(withPayload ? " and payloads" : string.Empty)} read back, {what}{Rounded(proof)}; "
                + (proof.PayloadsNotCompared ? "payloads were NOT compared; " : string.Empty) + count
            : $"NOT passed: {Units.Count(proof.Missing)} missing, {Units.Count(proof.Different)} different of {Units.Count(proof.Expected)}; {count}";
    }
}
