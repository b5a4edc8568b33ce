using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Indexes over additive quantizers: plain, inverted, and packed for fast scans.</summary>
internal static class AdditiveBodies
{
    /// <summary>A grid of centroids as a coarse quantizer: nothing is stored but its codebooks.</summary>
    public static void ResidualCoarse(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        CodecFields.Residual(parser);
        parser.Cursor.Single("beam_factor");
    }

    /// <summary>The layout of FAISS 1.7.1 alone.</summary>
    public static void OldResidual(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        cursor.Size("rq.d", 1, IndexParser.MaximalDimension);
        long m = cursor.Size("rq.M");
        cursor.Vector("rq.nbits", 8, m);
        cursor.Bool("rq.is_trained");
        cursor.Ignore("rq.train_type", 8);
        cursor.Vector("rq.codebooks", 4);
        cursor.Ignore("rq.search_type", 12);
        Codes(parser, node);
    }

    public static void Plain(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        node.Info.Quantizer!(parser);
        Codes(parser, node);
    }

    private static void Codes(IndexParser parser, IndexNode node)
    {
        long codeSize = parser.Cursor.Size("code_size");
        FlatBodies.Codes(parser, node, codeSize);
    }

    public static void FastScan(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        node.Info.Quantizer!(parser);
        parser.Cursor.Ignore("implem", 12);
        PackedFields(parser.Cursor);
        parser.Cursor.Vector("codes", 1);
    }

    public static void Inverted(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = ListBodies.Header(parser, node);
        long codeSize = cursor.Size("code_size");
        node.Info.Quantizer!(parser);
        cursor.Bool("by_residual");
        cursor.Int32("use_precomputed_table");
        ListBodies.Finish(node, InvertedLists.Parse(parser, lists, codeSize, null));
    }

    public static void InvertedFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = ListBodies.Header(parser, node);
        node.Info.Quantizer!(parser);
        cursor.Bool("by_residual");
        cursor.Ignore("implem", 12);
        PackedFields(cursor);
        ListBodies.Finish(node, InvertedLists.Parse(parser, lists, null, null));
    }

    private static void PackedFields(FaissCursor cursor)
    {
        cursor.Ignore("M", 48);
        cursor.Bool("rescale_norm");
        cursor.Int32("norm_scale");
        cursor.UInt64("max_train_points");
    }
}
