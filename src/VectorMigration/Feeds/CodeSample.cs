using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// What an index holds of a sample of its vectors, for codes so coarse that distance alone tells nothing. A quantizer stores the nearest code of a vector, or
/// nearly that one, so the own original lies nearer to its code than to the codes of others.
/// </summary>
internal sealed class CodeSample
{
    /// <summary>Below this many codes the rank of a vector tells nothing.</summary>
    public const int Fewest = 20;

    private const int Most = 256;

    /// <summary>The part of other codes that may lie nearer: residual quantizers and inverted lists do not always find the nearest.</summary>
    private const double MostNearer = 0.05;

    /// <summary>How far above that of normally distributed components the error of a quantizer may lie.</summary>
    private const double Slack = 2;

    /// <summary>IndexLSH decodes bits to −1 and 1, whatever the vectors were.</summary>
    private const string LengthlessCodec = "LSH";

    private readonly float[][] codes;
    private readonly bool hasLengths;

    /// <param name="held">Decoded vectors, spread over the index.</param>
    public CodeSample(IReadOnlyList<float[]> held)
    {
        int count = Math.Min(held.Count, Most);
        codes = [.. Enumerable.Range(0, count).Select(i => held[(int)((long)held.Count * i / count)])];
        double[] norms = [.. codes.Select(static code => Norms.Of(code)).Order()];
        hasLengths = count > 0 && norms[count - 1] - norms[0] > Norms.UnitTolerance * norms[count - 1];
    }

    /// <summary>
    /// Greatest error to expect of codes with the bits of an index, as a part of the variance of the vectors: twice what the best scalar quantizer leaves of
    /// normally distributed components (Max 1960). 0 where the bits are unknown; infinite where codes are not meant to be as long as the vectors.
    /// </summary>
    public static double MostError(IndexDescription index)
    {
        if (index.Codec == LengthlessCodec)
        {
            return double.PositiveInfinity;
        }

        double bits = (double)(index.BitsPerVector ?? 0) / Math.Max(1, index.Dimension);
        double error = bits switch
        {
            <= 0 => 0,
            < 1 => 1 - (bits * (1 - 0.363)),
            _ => 0.363 * Math.Pow(0.32, bits - 1),
        };
        return Math.Min(1, error * Slack);
    }

    /// <summary>False if rows were mixed up among vectors that are alike: their own codes are then not the nearest. True where too few codes tell.</summary>
    public bool AreNearest(IReadOnlyList<float[]> held, IReadOnlyList<float[]> own)
    {
        int[] nearer = [.. held.Select((code, i) => Rank(code, own[i]).Nearer).Order()];
        return codes.Length < Fewest || nearer[nearer.Length / 2] <= codes.Length * MostNearer / 5;
    }

    /// <summary>True if the originals of a sample lie nearest to their own codes and are about as long as these.</summary>
    /// <param name="held">Decoded vectors.</param>
    /// <param name="own">Originals of the same vectors.</param>
    public bool Belong(IReadOnlyList<float[]> held, IReadOnlyList<float[]> own)
    {
        if (codes.Length < Fewest)
        {
            return false;
        }

        (int Nearer, int Further)[] ranks = [.. held.Select((code, i) => Rank(code, own[i]))];
        int[] nearer = [.. ranks.Select(static rank => rank.Nearer).Order()];
        int[] further = [.. ranks.Select(static rank => rank.Further).Order()];
        return nearer[nearer.Length / 2] <= codes.Length * MostNearer / 5
            && nearer[nearer.Length * 95 / 100] <= codes.Length * MostNearer
            && further[further.Length / 2] >= codes.Length / 4
            && (!hasLengths || IsAsLong(held, own));
    }

    /// <summary>True if an original lies nearer to its code than to nearly all others.</summary>
    public bool IsOwn(ReadOnlySpan<float> held, ReadOnlySpan<float> own) => IsOwn(held, own, (int)(codes.Length * MostNearer));

    /// <summary>True if no other code is nearer to an original than its own.</summary>
    public bool IsNearest(ReadOnlySpan<float> held, ReadOnlySpan<float> own) => codes.Length >= Fewest && IsOwn(held, own, 0);

    private bool IsOwn(ReadOnlySpan<float> held, ReadOnlySpan<float> own, int most)
    {
        // Zeros are as far from every code of one length, and NaN from all.
        (int nearer, int further) = Rank(held, own);
        return nearer <= most && further > 0;
    }

    private (int Nearer, int Further) Rank(ReadOnlySpan<float> held, ReadOnlySpan<float> own)
    {
        double distance = Norms.SquaredDistance(held, own);
        int nearer = 0;
        int further = 0;
        foreach (float[] code in codes)
        {
            double other = Norms.SquaredDistance(code, own);
            nearer += other < distance ? 1 : 0;
            further += other > distance ? 1 : 0;
        }

        return (nearer, further);
    }

    /// <summary>A code is the mean of the vectors that have it, so their part along it is as long as it is.</summary>
    private static bool IsAsLong(IReadOnlyList<float[]> held, IReadOnlyList<float[]> own)
    {
        double along = 0;
        double squares = 0;
        for (int i = 0; i < held.Count; i++)
        {
            for (int j = 0; j < held[i].Length; j++)
            {
                along += (double)held[i][j] * own[i][j];
                squares += (double)held[i][j] * held[i][j];
            }
        }

        return along > squares / 2 && along < squares * 2;
    }
}
