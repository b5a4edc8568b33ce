using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Which files a run read, besides its index, and in which form: what is piped on to a verification is read from the same.</summary>
/// <param name="PayloadPath">Full path of the payload file that was named; null for none.</param>
/// <param name="StorePath">Full path of the store that was named; null for none.</param>
/// <param name="NoStore">No payloads were sent.</param>
/// <param name="ListPath">Full path of the inverted lists that were named; null for none.</param>
/// <param name="OriginalVectors">Full path of the original vectors that were named; null for none.</param>
/// <param name="BinaryAs">What the bits of a binary index became.</param>
internal sealed record RunSource(
    string? PayloadPath, string? StorePath, bool NoStore, string? ListPath, string? OriginalVectors, BinaryComponent BinaryAs);
