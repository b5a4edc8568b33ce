using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Fields;

/// <summary>The fields of quantizers, stepped over; what is needed to check or to judge the codes is given back.</summary>
internal static class CodecFields
{
    /// <summary>ProductQuantizer; returns the bytes of a code.</summary>
    public static long ProductQuantizer(IndexParser parser)
    {
        FaissCursor cursor = parser.Cursor;
        long d = cursor.Size("pq.d", 1, IndexParser.MaximalDimension);
        long m = cursor.Size("pq.M", 1, d);
        long bits = cursor.Size("pq.nbits", 1, 24);
        cursor.Vector("pq.centroids", 4, parser.Product("pq.centroids", d, 1L << (int)bits));
        return ((m * bits) + 7) / 8;
    }

    /// <summary>ScalarQuantizer; returns its type and the bytes of a code.</summary>
    public static (int Type, long CodeSize) ScalarQuantizer(IndexParser parser)
    {
        FaissCursor cursor = parser.Cursor;
        int type = cursor.Int32("sq.qtype");
        if (type is < 0 or > 26)
        {
            throw cursor.Invalid("sq.qtype", "a known type, 0 to 26", type.ToString());
        }

        cursor.Ignore("sq.rangestat", 8);
        cursor.Size("sq.d", 0, IndexParser.MaximalDimension);
        long codeSize = cursor.Size("sq.code_size", 0, 8L * IndexParser.MaximalDimension);
        cursor.Vector("sq.trained", 4);
        return (type, codeSize);
    }

    /// <summary>
    /// How truly a scalar quantizer's codes come back: fp16 (4) and bf16 (7) are rounded, 8bit_direct (5, 8) holds integers,
    /// to which anything else was rounded.
    /// </summary>
    public static Fidelity FidelityOf(int scalarType) => scalarType is 4 or 5 or 7 or 8 ? Fidelity.RoundingOnly : Fidelity.Approximate;

    /// <summary>AdditiveQuantizer, the part that all additive quantizers share.</summary>
    public static void Additive(IndexParser parser)
    {
        FaissCursor cursor = parser.Cursor;
        cursor.Size("aq.d", 1, IndexParser.MaximalDimension);
        long m = cursor.Size("aq.M");
        cursor.Vector("aq.nbits", 8, m);
        cursor.Bool("aq.is_trained");
        cursor.Vector("aq.codebooks", 4);
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
    }

    public static void Residual(IndexParser parser)
    {
        Additive(parser);
        parser.Cursor.Ignore("rq.train_type", 8);
    }

    public static void LocalSearch(IndexParser parser)
    {
        Additive(parser);
        FaissCursor cursor = parser.Cursor;
        cursor.Ignore("lsq.iterations", 40);
        cursor.Ignore("lsq.p", 8);
        cursor.Ignore("lsq.chunk_size", 8);
        cursor.Ignore("lsq.random_seed", 4);
        cursor.Ignore("lsq.nperts", 8);
        cursor.Bool("lsq.update_codebooks_with_double");
    }

    public static void ProductResidual(IndexParser parser) => Splits(parser, Residual);

    public static void ProductLocalSearch(IndexParser parser) => Splits(parser, LocalSearch);

    /// <summary>RaBitQuantizer; the multi-bit one has a field more. Returns the bytes of a code.</summary>
    public static long RaBitQ(IndexParser parser, bool multi)
    {
        FaissCursor cursor = parser.Cursor;
        cursor.Size("rabitq.d", 1, IndexParser.MaximalDimension);
        long codeSize = cursor.Size("rabitq.code_size", 0, 16L * IndexParser.MaximalDimension);
        cursor.Int32("rabitq.metric_type");
        if (multi)
        {
            cursor.Size("rabitq.nb_bits", 1, 9);
        }

        return codeSize;
    }

    /// <summary>EDEN; returns the bytes of a code.</summary>
    public static long Eden(IndexParser parser, bool withScale)
    {
        FaissCursor cursor = parser.Cursor;
        cursor.Size("eden.d", 1, IndexParser.MaximalDimension);
        long codeSize = cursor.Size("eden.code_size", 0, 16L * IndexParser.MaximalDimension);
        cursor.Int32("eden.metric_type");
        cursor.Size("eden.bits", 1, 8);
        if (withScale)
        {
            cursor.Int32("eden.scale_type");
        }

        return codeSize;
    }

    private static void Splits(IndexParser parser, Action<IndexParser> part)
    {
        Additive(parser);
        long splits = parser.Cursor.Size("prq.nsplits");
        for (long i = 0; i < splits; i++)
        {
            part(parser);
        }
    }
}
