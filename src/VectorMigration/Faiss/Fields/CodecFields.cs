using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Fields;

/// <summary>The fields of quantizers, made into decoders where they are read. Null stands for a quantizer that was not trained and decodes nothing.</summary>
internal static class CodecFields
{
    /// <summary>Bits of a field of the codes that are packed for fast scans.</summary>
    public const int PackedBits = 4;

    /// <summary>ProductQuantizer; one with fields of <paramref name="wantedBits"/> bits, where not null.</summary>
    public static ProductCodec ProductQuantizer(IndexParser parser, int dimension, int? wantedBits = null)
    {
        FaissCursor cursor = parser.Cursor;
        ExpectDimension(cursor, "pq.d", dimension);
        int parts = (int)cursor.Size("pq.M", 1, dimension);
        if (dimension % parts != 0)
        {
            throw cursor.Invalid("pq.M", $"a divisor of {dimension}", parts.ToString());
        }

        int bits = (int)cursor.Size("pq.nbits", wantedBits ?? 1, wantedBits ?? 24);
        float[] centroids = cursor.Array<float>("pq.centroids");
        return parser.Made("pq.centroids", () => new ProductCodec(dimension, parts, bits, centroids));
    }

    /// <summary>ScalarQuantizer; with how truly its codes come back.</summary>
    public static (VectorCodec? Codec, long CodeSize, Fidelity Fidelity) ScalarQuantizer(IndexParser parser, int dimension)
    {
        FaissCursor cursor = parser.Cursor;
        int type = cursor.Int32("sq.qtype");
        if (type is < 0 or > ScalarCodecs.LastType)
        {
            throw cursor.Invalid("sq.qtype", $"a known type, 0 to {ScalarCodecs.LastType}", type.ToString());
        }

        cursor.Ignore("sq.rangestat", 8);
        ExpectDimension(cursor, "sq.d", dimension);
        int expected = ScalarCodecs.CodeSize(type, dimension);
        long codeSize = cursor.Size("sq.code_size", expected, expected);
        float[] trained = cursor.Array<float>("sq.trained");
        VectorCodec? codec = trained.Length == 0 && ScalarCodecs.TrainedLength(type, dimension) > 0
            ? null
            : parser.Made("sq.trained", () => ScalarCodecs.Create(type, dimension, trained));
        return (codec, codeSize, ScalarCodecs.FidelityOf(type));
    }

    /// <summary>RaBitQuantizer; the multi-bit one has a field more. Returns the bytes of a code, and the bits of a component.</summary>
    public static (int CodeSize, int Bits) RaBitQ(IndexParser parser, int dimension, bool multi)
    {
        FaissCursor cursor = parser.Cursor;
        ExpectDimension(cursor, "rabitq.d", dimension);
        long codeSize = cursor.Size("rabitq.code_size", 0, 16L * IndexParser.MaximalDimension);
        cursor.Int32("rabitq.metric_type");
        return ((int)codeSize, multi ? (int)cursor.Size("rabitq.nb_bits", 1, 9) : 1);
    }

    /// <summary>EDEN; returns the bytes of a code, and the bits of a component.</summary>
    public static (int CodeSize, int Bits) Eden(IndexParser parser, int dimension, bool withScale)
    {
        FaissCursor cursor = parser.Cursor;
        ExpectDimension(cursor, "eden.d", dimension);
        long codeSize = cursor.Size("eden.code_size", 0, 16L * IndexParser.MaximalDimension);
        cursor.Int32("eden.metric_type");
        int bits = (int)cursor.Size("eden.bits", 1, 8);
        if (withScale)
        {
            cursor.Int32("eden.scale_type");
        }

        return ((int)codeSize, bits);
    }

    /// <summary>The bytes of a code that the index states besides its quantizer.</summary>
    public static void ExpectCodeSize(FaissCursor cursor, long codeSize) => cursor.Size("code_size", codeSize, codeSize);

    private static void ExpectDimension(FaissCursor cursor, string field, int dimension) => cursor.Size(field, dimension, dimension);
}
