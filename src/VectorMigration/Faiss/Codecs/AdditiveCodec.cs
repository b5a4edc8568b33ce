using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>
/// Additive quantizers (residual, local search, and the products of them): a vector, or each part of it, is the sum of one entry of each
/// codebook. Norms that stand behind the fields of a code are for searching and are not read.
/// </summary>
internal sealed class AdditiveCodec : VectorCodec
{
    private readonly int[] widths;
    private readonly long[] firstEntries;
    private readonly int[] firstBits;
    private readonly float[] codebooks;
    private readonly int parts;
    private readonly int partWidth;

    /// <param name="family">RQ, LSQ, PRQ or PLSQ.</param>
    /// <param name="dimension">Components of a vector.</param>
    /// <param name="parts">Parts of a vector that have codebooks of their own (nsplits); 1 for RQ and LSQ.</param>
    /// <param name="widths">Bits of each field (nbits), of all parts one after the other, as many for each.</param>
    /// <param name="codebooks">For each field 2^bits entries of <paramref name="dimension"/> / <paramref name="parts"/> numbers.</param>
    /// <param name="codeSize">Bytes of a code, norms included.</param>
    /// <exception cref="ArgumentException">The numbers do not belong together.</exception>
    public AdditiveCodec(string family, int dimension, int parts, int[] widths, float[] codebooks, int codeSize)
    {
        bool whole = parts >= 1 && dimension % parts == 0 && widths.Length % parts == 0
            && Array.TrueForAll(widths, static width => width is >= 0 and <= BitFields.MaximalWidth);
        long entries = widths.Sum(static width => 1L << (width & BitFields.MaximalWidth));
        long bits = widths.Sum(static width => (long)width);
        if (!whole || codebooks.Length != entries * (dimension / parts) || bits > 8L * codeSize)
        {
            throw new ArgumentException(
                $"{codebooks.Length} numbers are no codebooks of {widths.Length} fields for {dimension} components in {parts} parts.", nameof(codebooks));
        }

        this.widths = widths;
        this.codebooks = codebooks;
        this.parts = parts;
        partWidth = dimension / parts;
        firstEntries = new long[widths.Length];
        firstBits = new int[widths.Length];
        for (int i = 1; i < widths.Length; i++)
        {
            firstEntries[i] = firstEntries[i - 1] + (1L << widths[i - 1]);
            firstBits[i] = firstBits[i - 1] + widths[i - 1];
        }

        Dimension = dimension;
        CodeSize = codeSize;
        int fields = widths.Length / parts;
        string shape = widths.Distinct().Count() == 1 ? $"{fields}x{widths[0]}" : string.Join('_', Runs(widths.AsSpan(0, fields)));
        Name = parts == 1 ? $"{family}{shape}" : $"{family}{parts}x{shape}";
    }

    public override int Dimension { get; }

    public override int CodeSize { get; }

    public override string Name { get; }

    public override CodecFamily? Family => CodecFamily.Product;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        int fields = widths.Length / parts;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> code = codes.Slice(row * CodeSize, CodeSize);
            Span<float> vector = vectors.Slice(row * Dimension, Dimension);
            for (int part = 0; part < parts; part++)
            {
                Sum(code, part * fields, fields, vector.Slice(part * partWidth, partWidth));
            }
        }
    }

    private void Sum(ReadOnlySpan<byte> code, int first, int count, Span<float> target)
    {
        for (int field = first; field < first + count; field++)
        {
            long entry = firstEntries[field] + (widths[field] == 0 ? 0 : BitFields.Read(code, firstBits[field], widths[field]));
            ReadOnlySpan<float> values = codebooks.AsSpan(checked((int)(entry * partWidth)), partWidth);
            if (field == first)
            {
                values.CopyTo(target);
            }
            else
            {
                VectorSums.Add(target, values);
            }
        }
    }

    /// <summary>Widths as the factory writes them: 1x8, 2x4.</summary>
    private static List<string> Runs(ReadOnlySpan<int> widths)
    {
        List<string> runs = [];
        for (int start = 0, end; start < widths.Length; start = end)
        {
            for (end = start + 1; end < widths.Length && widths[end] == widths[start]; end++)
            {
            }

            runs.Add($"{end - start}x{widths[start]}");
        }

        return runs;
    }
}
