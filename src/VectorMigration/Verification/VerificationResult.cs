using System.Globalization;
using System.Text.Json.Serialization;
using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>The proof a migration ends with: the output of <c>Test-VectorMigration -Detailed</c>.</summary>
public sealed record VerificationResult
{
    /// <summary>What was verified.</summary>
    public required VerificationMode Mode { get; init; }

    /// <summary>
    /// True when nothing that was looked at is missing or different and the exact count is not too small. Points that are not of the index
    /// (<see cref="Extra"/>) are no failure. False also when nothing was verified.
    /// </summary>
    public required bool Passed { get; init; }

    /// <summary>Ordinal of the first vector of the index that was looked for.</summary>
    public long Offset { get; init; }

    /// <summary>Vectors of the index that the verification is about, from <see cref="Offset"/> on.</summary>
    public long Selected { get; init; }

    /// <summary>Vectors of the index.</summary>
    public long IndexCount { get; init; }

    /// <summary>Points that should be there.</summary>
    public long Expected { get; init; }

    /// <summary>Exact count of the collection; null when it was not asked.</summary>
    public long? CollectionCount { get; init; }

    /// <summary>What the run should have counted, the points that were there before and those that it added, where it
    /// counted something else; null otherwise.</summary>
    public long? CountExpected { get; init; }

    /// <summary>Points that the parts of a job make at least, where the collection has fewer; null otherwise.</summary>
    internal long? PointsOfParts { get; init; }

    /// <summary>Points in the collection that are not of the index: the exact count less the points found. Null where only some vectors of the index were
    /// looked for: then points of the others are no strangers.</summary>
    public long? Extra { get; init; }

    /// <summary>Points read back and compared.</summary>
    public long Compared { get; init; }

    /// <summary>Points that were not there.</summary>
    public long Missing { get; init; }

    /// <summary>Points whose vector or payload differs.</summary>
    public long Different { get; init; }

    /// <summary>Points among <see cref="Different"/> whose payload has fields that the index does not have: an application may have added them.</summary>
    public long WithAddedFields { get; init; }

    /// <summary>Vectors of the source that cannot be stored and so cannot be there.</summary>
    public long Invalid { get; init; }

    /// <summary><c>bits</c>: float32, equal to the last bit; <c>normalised</c>: equal after normalisation, within <see cref="Tolerance"/>; <c>datatype</c>:
    /// equal after conversion to the collection's datatype.</summary>
    public string Comparison { get; init; } = "bits";

    /// <summary>Greatest deviation allowed to a component, relative to the unit vector's scale; 0 for bits.</summary>
    public double Tolerance { get; init; }

    /// <summary>Greatest deviation of a component that was seen.</summary>
    public double MaxDeviation { get; init; }

    /// <summary>Numbers in payloads that the server returns with another last digit than was sent: it reads doubles of 16 or 17 digits so.</summary>
    public long RoundedNumbers { get; init; }

    /// <summary>Full path of the file whose payloads were compared too; null where vectors alone were compared. Of a job, those of all parts, separated by
    /// commas.</summary>
    public string? PayloadPath { get; init; }

    /// <summary>True where the journal says that payloads were sent, but vectors alone were compared.</summary>
    public bool PayloadsNotCompared { get; init; }

    /// <summary>True where payloads differ that were found next to the index, and that nobody named: the migration may have sent others, or none.</summary>
    [JsonIgnore]
    public bool PayloadInDoubt { get; init; }

    /// <summary>Why the journal would refuse a repair; null where it would not, where it was not asked, and after a repair.</summary>
    internal MigrationError? RepairRefused { get; init; }

    /// <summary>Time it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Missing and different points by ordinal, at most 1,000 of them.</summary>
    public IReadOnlyList<PointDifference> Differences { get; init => field = Listed<PointDifference>.Of(value); } = Listed<PointDifference>.Empty;

    /// <summary>Ids of extra points in the server's order, at most 1,000 of them: numbers, or UUIDs.</summary>
    public IReadOnlyList<object> ExtraIds { get; init => field = Listed<object>.Of(value, ", "); } = Listed<object>.Empty;

    /// <summary>What a sample says of the whole; null where all were compared.</summary>
    public SampleResult? Sample { get; init; }

    /// <summary>The same queries on both sides; null when not asked for.</summary>
    public RecallResult? Recall { get; init; }

    /// <summary>Why differences and missing points say nothing here: a pipeline changed what it sent. Null where the index tells what must be there.</summary>
    public MigrationError? NotVerifiable { get; init; }

    /// <summary>What was sent again; null when nothing was to be repaired. The other figures are those after the repair.</summary>
    public RepairResult? Repair { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(Passed ? "passed" : "not passed")}: {Compared:N0} of {Expected:N0} compared, {Missing:N0} missing, {Different:N0} different")
        + (PayloadsNotCompared ? "; payloads not compared" : string.Empty);
}

/// <summary>A point that is not as it should be.</summary>
/// <param name="Id">Point id: a number, or a UUID.</param>
/// <param name="Ordinal">Ordinal in the source.</param>
/// <param name="Reason"><c>missing</c>, or how it differs.</param>
public sealed record PointDifference(object Id, long Ordinal, string Reason)
{
    /// <summary>What is said of a point that is not in the collection.</summary>
    internal const string Missing = "missing";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}: {Reason}");

    /// <summary>The first findings; if there are more, some of both sorts, so that many missing points hide no different one.</summary>
    internal static IEnumerable<PointDifference> SomeOfEach(IReadOnlyList<PointDifference> all, int most)
    {
        if (all.Count <= most)
        {
            return all;
        }

        PointDifference[] missing = [.. all.Where(static one => one.Reason == Missing).Take(most)];
        PointDifference[] different = [.. all.Where(static one => one.Reason != Missing).Take(most)];
        int less = Math.Min(different.Length, Math.Max(most / 2, most - missing.Length));
        return missing.Take(most - less).Concat(different.Take(less)).OrderBy(static one => one.Ordinal);
    }
}

/// <summary>What a random sample without replacement says of all points, by the hypergeometric distribution and without approximation.</summary>
public sealed record SampleResult
{
    /// <summary>Points that were picked at random and looked for.</summary>
    public required long Size { get; init; }

    /// <summary>Points that they were picked from.</summary>
    public required long Population { get; init; }

    /// <summary>Seed of the choice: the same seed picks the same points.</summary>
    public required int Seed { get; init; }

    /// <summary>Confidence of <see cref="AtMost"/>, 0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>So many of all points at most are missing or different, with that confidence.</summary>
    public required long AtMost { get; init; }

    /// <summary>The same in plain words.</summary>
    public required string Statement { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Statement;
}

/// <summary>What a repair did.</summary>
public sealed record RepairResult
{
    /// <summary>Points that were missing before.</summary>
    public required long Missing { get; init; }

    /// <summary>Points that were different before.</summary>
    public required long Different { get; init; }

    /// <summary>Points that were sent again and acknowledged.</summary>
    public required long Sent { get; init; }

    /// <summary>Points that were found as they should be when they were read again.</summary>
    public required long Repaired { get; init; }

    /// <summary>Points that were left alone, because putting them right would have changed what is not of this migration.</summary>
    public required long LeftAlone { get; init; }

    /// <summary>Points among <see cref="LeftAlone"/> that no journal records as this migration's.</summary>
    public long NotRecorded { get; init; }

    /// <summary>Points among <see cref="LeftAlone"/> that would have lost payload fields which the index does not have.</summary>
    public long KeptForFields { get; init; }

    /// <summary>Missing points among <see cref="LeftAlone"/>, which a merge does not create.</summary>
    public long LeftAbsent { get; init; }

    /// <summary>What was missing or different before, at most 1,000 of them.</summary>
    public IReadOnlyList<PointDifference> Found { get; init => field = Listed<PointDifference>.Of(value); } = Listed<PointDifference>.Empty;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Repaired:N0} of {Missing + Different:N0} repaired{(LeftAlone > 0 ? $", {LeftAlone:N0} left unchanged" : string.Empty)}");
}
