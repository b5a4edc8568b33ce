using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Input;

namespace VectorMigration.Faiss.Fields;

/// <summary>The fields of an additive quantizer; how long a code is, is said by the index around it.</summary>
/// <param name="Family">RQ, LSQ, PRQ or PLSQ.</param>
/// <param name="Dimension">Components of a vector.</param>
/// <param name="Parts">Parts of a vector that have codebooks of their own.</param>
/// <param name="Widths">Bits of each field of a code.</param>
/// <param name="Codebooks">The entries of all codebooks.</param>
internal sealed record AdditiveFields(string Family, int Dimension, int Parts, int[] Widths, float[] Codebooks)
{
    /// <summary>Norms are stored as 4 bytes or less behind the fields of a code.</summary>
    private const int NormBytes = 4;

    /// <summary>Bits of all fields of a code.</summary>
    public long TotalBits => Widths.Sum(static width => (long)width);

    /// <summary>ResidualQuantizer.</summary>
    public static AdditiveFields Residual(IndexParser parser, int dimension)
    {
        AdditiveFields fields = Base(parser, "RQ", dimension);
        parser.Cursor.Ignore("rq.train_type", 8);
        return fields;
    }

    /// <summary>LocalSearchQuantizer.</summary>
    public static AdditiveFields LocalSearch(IndexParser parser, int dimension)
    {
        AdditiveFields fields = Base(parser, "LSQ", dimension);
        FaissCursor cursor = parser.Cursor;
        cursor.Ignore("lsq.iterations", 40);
        cursor.Ignore("lsq.p", 8);
        cursor.Ignore("lsq.chunk_size", 8);
        cursor.Ignore("lsq.random_seed", 4);
        cursor.Ignore("lsq.nperts", 8);
        cursor.Bool("lsq.update_codebooks_with_double");
        return fields;
    }

    /// <summary>ProductResidualQuantizer.</summary>
    public static AdditiveFields ProductResidual(IndexParser parser, int dimension) => Product(parser, "PRQ", dimension, Residual);

    /// <summary>ProductLocalSearchQuantizer.</summary>
    public static AdditiveFields ProductLocalSearch(IndexParser parser, int dimension) => Product(parser, "PLSQ", dimension, LocalSearch);

    /// <summary>The quantizer of FAISS 1.7.1 alone.</summary>
    public static AdditiveFields OldResidual(IndexParser parser, int dimension)
    {
        FaissCursor cursor = parser.Cursor;
        cursor.Size("rq.d", dimension, dimension);
        int[] widths = Bits(cursor, "rq");
        cursor.Bool("rq.is_trained");
        cursor.Ignore("rq.train_type", 8);
        float[] codebooks = cursor.Array<float>("rq.codebooks");
        cursor.Ignore("rq.search_type", 12);
        return new AdditiveFields("RQ", dimension, 1, widths, codebooks);
    }

    /// <summary>The decoder; null where the quantizer was not trained.</summary>
    /// <param name="parser">The parser.</param>
    /// <param name="codeSize">Bytes of a code, norms included.</param>
    public VectorCodec? Codec(IndexParser parser, long codeSize)
    {
        long least = (TotalBits + 7) / 8;
        if (codeSize < least || codeSize > least + NormBytes)
        {
            throw parser.Cursor.Invalid("code_size", $"{least} to {least + NormBytes}", codeSize.ToString());
        }

        return Codebooks.Length == 0 ? null
            : parser.Made("aq.codebooks", () => new AdditiveCodec(Family, Dimension, Parts, Widths, Codebooks, (int)codeSize));
    }

    /// <summary>AdditiveQuantizer, the part that all additive quantizers share.</summary>
    private static AdditiveFields Base(IndexParser parser, string family, int dimension)
    {
        FaissCursor cursor = parser.Cursor;
        cursor.Size("aq.d", dimension, dimension);
        int[] widths = Bits(cursor, "aq");
        cursor.Bool("aq.is_trained");
        float[] codebooks = cursor.Array<float>("aq.codebooks");
        int search = cursor.Int32("aq.search_type");
        cursor.Ignore("aq.norms", 8);

        // Only the searches by quantized norms (6 to 9) have tables of norms, and only 8 and 9 the second one.
        if (search is >= 6 and <= 9)
        {
            cursor.Vector("aq.qnorm", 4);
        }

        if (search is 8 or 9)
        {
            cursor.Vector("aq.norm_tabs", 4);
        }

        return new AdditiveFields(family, dimension, 1, widths, codebooks);
    }

    private static int[] Bits(FaissCursor cursor, string prefix)
    {
        long fields = cursor.Size($"{prefix}.M", 1, IndexParser.MaximalDimension);
        FileSpan span = cursor.Vector($"{prefix}.nbits", 8, fields);
        long end = cursor.Position;
        int[] widths = new int[span.Count];
        cursor.Return(span.Offset);
        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] = (int)cursor.Size($"{prefix}.nbits", 0, 24);
        }

        cursor.Return(end);
        return widths;
    }

    /// <summary>The codebooks of the whole are those of its parts, one after the other.</summary>
    private static AdditiveFields Product(IndexParser parser, string family, int dimension, AdditiveReader part)
    {
        AdditiveFields whole = Base(parser, family, dimension);
        int parts = (int)parser.Cursor.Size("prq.nsplits", 1, dimension);
        if (dimension % parts != 0 || whole.Widths.Length % parts != 0)
        {
            throw parser.Cursor.Invalid("prq.nsplits", $"a divisor of {dimension} and {whole.Widths.Length}", parts.ToString());
        }

        for (int i = 0; i < parts; i++)
        {
            part(parser, dimension / parts);
        }

        return whole with { Parts = parts };
    }
}
