using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Indexes that keep vectors or codes in one array; ids are the positions.</summary>
internal static class FlatBodies
{
    public static void Flat(IndexParser parser, IndexNode node)
    {
        parser.Header(node);

        // Counted in units of four bytes (WRITEXBVECTOR), which is one component.
        FileSpan codes = parser.Cursor.Vector("codes", sizeof(float), parser.Product("codes", node.Count, node.Dimension));
        node.Layout = new FlatLayout(parser.Cursor.File, codes.Offset, node.Count, node.Dimension);
    }

    public static void FlatPanorama(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        node.Dimension = parser.Dimension("d");
        cursor.UInt64("n_levels");
        cursor.UInt64("batch_size");
        node.Count = cursor.Size("ntotal");
        cursor.Bool("is_trained");
        cursor.Vector("codes", 1);
        cursor.Vector("cum_sums", 4);
    }

    public static void Lsh(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        cursor.Int32("nbits");
        cursor.Bool("rotate_data");
        cursor.Bool("train_thresholds");
        cursor.Vector("thresholds", 4);
        cursor.Int32("code_size");
        TransformFields.Parse(parser, "rrot");
        cursor.Vector("codes", 1);
    }

    public static void ProductQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        long codeSize = CodecFields.ProductQuantizer(parser);
        Codes(parser, node, codeSize);
        if (node.Info.Has(KindFacts.SearchSettings))
        {
            cursor.Int32("search_type");
            cursor.Bool("encode_signs");
            cursor.Int32("polysemous_ht");
        }
    }

    public static void ScalarQuantizer(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        (int type, long codeSize) = CodecFields.ScalarQuantizer(parser);
        node.Fidelity = CodecFields.FidelityOf(type);
        Codes(parser, node, codeSize);
    }

    public static void ProductQuantizerFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        CodecFields.ProductQuantizer(parser);
        cursor.Ignore("implem", 12);
        cursor.Ignore("ntotal2", 16);
        cursor.Vector("codes", 1);
    }

    /// <summary>A grid of centroids as a coarse quantizer: nothing is stored but its codebook.</summary>
    public static void MultiIndexQuantizer(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        CodecFields.ProductQuantizer(parser);
    }

    public static void TwoLayer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        parser.ParseRequired("quantizer");
        cursor.Size("nlist");
        cursor.Byte("quantizer_trains_alone");
        CodecFields.ProductQuantizer(parser);
        cursor.Ignore("code_size_1", 16);
        long codeSize = cursor.Size("code_size");
        Codes(parser, node, codeSize);
    }

    public static void Lattice(IndexParser parser, IndexNode node)
    {
        parser.Cursor.Ignore("lattice", 16);
        parser.Header(node);
        parser.Cursor.Vector("trained", 4);
    }

    public static void RowwiseMinMax(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        parser.ParseRequired("index");
    }

    public static void RaBitQ(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        long codeSize = CodecFields.RaBitQ(parser, node.Info.Has(KindFacts.TellsBits));
        Codes(parser, node, codeSize);
        parser.Cursor.Vector("center", 4);
        parser.Cursor.Byte("qb");
    }

    public static void RaBitQFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        bool old = node.Info.Has(KindFacts.FactorsApart);
        int? factorBytes = old ? OldRaBitQ(parser, node) : null;
        if (!old)
        {
            CodecFields.RaBitQ(parser, true);
        }

        cursor.Vector("center", 4);
        cursor.Byte("qb");
        if (factorBytes is int bytes)
        {
            cursor.Vector("factors", bytes);
        }

        cursor.Int32("bbs");
        cursor.Ignore("ntotal2", 24);
        cursor.Vector("codes", 1);
    }

    /// <summary>
    /// One code, two layouts: 1.13.2 has nb_bits and bytes of factors, 1.13.0 and 1.13.1 have neither, but pairs of floats.
    /// The next number tells: nb_bits is 1 to 9, otherwise it is the length of the centre, which is d. Returns the bytes of a factor.
    /// </summary>
    public static int OldRaBitQ(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        CodecFields.RaBitQ(parser, false);
        long here = cursor.Position;
        ulong next = cursor.UInt64("rabitq.nb_bits");
        if (next is >= 1 and <= 9 && next != (ulong)node.Dimension)
        {
            return 1;
        }

        cursor.Return(here);
        return 8;
    }

    public static void Eden(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        long codeSize = CodecFields.Eden(parser, node.Info.Has(KindFacts.TellsScale));
        Codes(parser, node, codeSize);
        parser.Cursor.Vector("center", 4);
    }

    /// <summary>Intel SVS writes a stream of its own without a length, so that only the header can be told.</summary>
    public static void Svs(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        node.EndIsKnown = false;
        node.Limitation = $"{node.Info.ClassName} keeps its vectors in a stream of Intel's SVS library, whose format is not published";
    }

    /// <summary>Codes of ntotal vectors.</summary>
    public static void Codes(IndexParser parser, IndexNode node, long codeSize) =>
        parser.Cursor.Vector("codes", 1, parser.Product("codes", node.Count, codeSize));
}
