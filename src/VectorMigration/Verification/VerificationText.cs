using System.Globalization;

namespace VectorMigration.Verification;

/// <summary>What both surfaces say of a verification.</summary>
internal static class VerificationText
{
    /// <summary>Which vectors were looked for, where these are not all of the index; null otherwise.</summary>
    public static string? Range(VerificationResult result) => result.Selected == result.IndexCount ? null
        : string.Create(CultureInfo.InvariantCulture,
            $"{result.Selected:N0} of {result.IndexCount:N0} vectors, from position {result.Offset:N0} on; points of other vectors were not checked");
}
