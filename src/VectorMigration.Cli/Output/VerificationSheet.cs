namespace VectorMigration.Cli.Output;

/// <summary>A verification for people.</summary>
internal static class VerificationSheet
{
    private const int Shown = 10;

    /// <summary>The sheet of <c>verify</c>.</summary>
    public static Sheet Of(VerificationResult proof, IndexDescription index, string endpoint, string collection, bool withPayload)
    {
        Sheet sheet = new Sheet($"{Path.GetFileName(index.Path)} ⇄ {collection} at {endpoint}")
            .Add("index", $"{index.Kind}, {Units.Count(index.Count)} × {index.Dimension}")
            .Add("read back", $"{Units.Of(proof.Compared, "point", "points")} in {Units.Time(proof.Duration)}")
            .Add("others", proof.Others is > 0 ? $"{Units.Of(proof.Others.Value, "point", "points")} in the collection not from this index" : null, Tone.Notice)
            .Add("left out", proof.Invalid > 0 ? $"{Units.Count(proof.Invalid)}: components that are not finite numbers" : null, Tone.Bad)
            .Add("verification", Verdict(proof, withPayload), proof.Passed ? Tone.Good : Tone.Bad);
        foreach (PointDifference difference in proof.Differences.Take(Shown))
        {
            sheet.Add(string.Empty, $"point {difference.Id} (vector {difference.Ordinal}): {difference.Reason}");
        }

        return sheet.Add(string.Empty, proof.Differences.Count > Shown ? "… more with --json" : null);
    }

    /// <summary>Passed or not, and what was compared.</summary>
    public static string Verdict(VerificationResult proof, bool withPayload)
    {
        string count = proof.CollectionCount is long points ? $"exact count {Units.Count(points)}" : string.Empty;
        if (proof.Mode != VerificationMode.Full)
        {
            return $"{(proof.Passed ? "passed" : "NOT passed")}: {count}, {Units.Count(proof.Expected)} expected; vectors not compared";
        }

        string what = proof.Comparison switch
        {
            "normalised" => $"equal after normalisation within {proof.Tolerance:0.#######}",
            "datatype" => "equal after rounding to the collection's datatype",
            _ => "equal to the last bit",
        };
        return proof.Passed
            ? $"passed: {Units.Of(proof.Compared, "vector", "vectors")}{(withPayload ? " and payloads" : string.Empty)} read back, {what}; {count}"
            : $"NOT passed: {Units.Count(proof.Missing)} missing, {Units.Count(proof.Different)} different of {Units.Count(proof.Expected)}; {count}";
    }
}
