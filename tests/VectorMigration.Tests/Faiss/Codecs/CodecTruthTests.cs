using System.Runtime.InteropServices;

namespace VectorMigration.Tests.Faiss.Codecs;

/// <summary>Every decoder against what FAISS itself decoded.</summary>
public sealed class CodecTruthTests
{
    public static TheoryData<string> Exact => CodecCase.Names(static found => found.Code != "IxPT" && !IsRotated(found));

    public static TheoryData<string> Rotated => CodecCase.Names(static found => found.Code != "IxPT" && IsRotated(found));

    /// <summary>Kinds whose vectors go through a rotation, where the order of additions is free.</summary>
    private static bool IsRotated(CodecCase found) =>
        (found.Code == "IxHe" && found.Flag("rotate")) || (found.Code == "IxSQ" && found.Int("type") is >= 15 and <= 18);

    [Theory]
    [MemberData(nameof(Exact))]
    public void Codes_are_decoded_bit_for_bit(string name)
    {
        CodecCase found = CodecCase.Of(name);
        Bits(Decoded(found)).ShouldBe(Bits(found.Vectors));
    }

    [Theory]
    [MemberData(nameof(Rotated))]
    public void Codes_behind_a_rotation_are_decoded_within_rounding(string name)
    {
        CodecCase found = CodecCase.Of(name);
        Differences.Greatest(Decoded(found), found.Vectors).ShouldBeLessThanOrEqualTo(2e-6 * Differences.Greatest(found.Vectors));
    }

    [Theory]
    [InlineData("sq_8bit", "SQ8")]
    [InlineData("sq_4bit_uniform", "SQ4 uniform")]
    [InlineData("sq_6bit", "SQ6")]
    [InlineData("sq_fp16", "SQfp16")]
    [InlineData("xsqbf16", "SQbf16")]
    [InlineData("xsq8_direct_signed", "SQ8 direct signed")]
    [InlineData("xsqtqmse8", "SQtqmse8")]
    [InlineData("xsqtq5", "SQtq5")]
    [InlineData("pq6x8", "PQ6x8")]
    [InlineData("fs_pq7x4fs", "PQ7x4")]
    [InlineData("aq_rq1x8_2x4", "RQ1x8_2x4")]
    [InlineData("aq_rq4x5_ncqint8", "RQ4x5")]
    [InlineData("aq_plsq2x2x4", "PLSQ2x2x4")]
    [InlineData("aqfs_lsq4x4fs_32_nlsq2x4", "LSQ4x4")]
    [InlineData("lsh_lsh", "LSH")]
    [InlineData("rabitq", "RaBitQ")]
    [InlineData("eden3", "EDEN3")]
    [InlineData("index2layer", "2Layer,PQ6x6")]
    public void Codecs_have_the_names_of_the_field(string name, string expected) => CodecCase.Of(name).Codec().Name.ShouldBe(expected);

    /// <summary>Originals that lie within the trained range are at most half a step away.</summary>
    [Theory]
    [InlineData("sq_8bit", 0.0224454)]
    [InlineData("sq_6bit", 0.0909)]
    [InlineData("sq_4bit", 0.382)]
    [InlineData("sq_8bit_uniform", 0.0281)]
    public void The_error_to_expect_is_half_a_step(string name, double measured)
    {
        float? expected = CodecCase.Of(name).Codec().ExpectedError;
        ((double)expected!.Value).ShouldBeInRange(measured * 0.98, measured * 1.03);
    }

    private static float[] Decoded(CodecCase found)
    {
        VectorCodec codec = found.Codec();
        float[] vectors = new float[found.Rows.Length * codec.Dimension];
        codec.Decode(found.Codes(), vectors);
        return vectors;
    }

    private static uint[] Bits(float[] vectors) => MemoryMarshal.Cast<float, uint>(vectors).ToArray();
}
