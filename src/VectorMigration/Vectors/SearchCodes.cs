namespace VectorMigration.Vectors;

/// <summary>The codes by which an index searches. Its vectors may be truer than these: an index that refines has them as well.</summary>
/// <param name="Codec">The codec as users of FAISS know it: <c>SQ8</c>, <c>PQ48x8</c>, <c>binary</c>.</param>
/// <param name="Family">What kind of codes they are.</param>
/// <param name="Bits">Bits of a vector's code, without factors and norms beside them.</param>
public sealed record SearchCodes(string Codec, CodecFamily Family, long Bits)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Codec}, {Bits:N0} bits per vector");
}
