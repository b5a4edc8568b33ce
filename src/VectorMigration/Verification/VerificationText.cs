using System.Globalization;
using VectorMigration.Errors;

namespace VectorMigration.Verification;

/// <summary>What both surfaces say of a verification.</summary>
internal static class VerificationText
{
    /// <summary>
    /// In which sense the vectors that were compared are equal. Only of float32 that Qdrant does not normalise, and of all vectors that were asked for, it is
    /// said that they are identical; of a sample, that no component differs.
    /// </summary>
    /// <param name="comparison">How they were compared (<see cref="VerificationResult.Comparison"/>).</param>
    /// <param name="isSample">Only a sample was compared.</param>
    public static string Equal(string? comparison, bool isSample) => comparison switch
    {
        "bits" when isSample => "equal in every component",
        "bits" => "identical bit for bit",
        "normalised" => "equal after normalization",
        "datatype" => "equal after conversion to the collection's datatype",
        _ => "equal",
    };

    /// <summary>A repair leaves the texts of a store where they are.</summary>
    public static string StaysBehind(string store, string journal) =>
        $"The journal {journal} began without payloads. The texts of {store} are neither compared nor sent.";

    /// <summary>A verification that did not pass, in one sentence: True or False alone does not tell an operator what to look for.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="collection">Collection.</param>
    public static string NotPassed(VerificationResult result, string collection) => string.Create(CultureInfo.InvariantCulture,
        $"'{collection}' did not pass verification: {result.Missing:N0} missing and {result.Different:N0} different of {result.Expected:N0} ")
        + $"{(result.Expected == 1 ? "vector" : "vectors")}."
        + (result.Missing + result.Different > 0 || result.CollectionCount is not long points ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $" The collection has {points:N0} points{FewerThanParts(result)}."));

    /// <summary>Says of the exact count of a job that it is too small; nothing where it is not.</summary>
    public static string FewerThanParts(VerificationResult result) => result.PointsOfParts is not long points ? string.Empty
        : string.Create(CultureInfo.InvariantCulture, $", but the parts make {points:N0}");

    /// <summary>Points whose payloads have fields that the index does not have; null where there are none.</summary>
    public static string? AddedFields(VerificationResult result) => result.WithAddedFields == 0 ? null
        : $"{Grouped.Of(result.WithAddedFields)} {(result.WithAddedFields == 1 ? "point has" : "points have")} "
            + $"payload fields that the index does not have; an application may have added them";

    /// <summary>Which vectors were looked for, where these are not all of the index; null otherwise.</summary>
    public static string? Range(VerificationResult result) => result.Selected == result.IndexCount ? null
        : string.Create(CultureInfo.InvariantCulture,
            $"{result.Selected:N0} of {result.IndexCount:N0} vectors, from position {result.Offset:N0} on; points of other vectors were not checked");
}
