namespace VectorMigration.Faiss;

/// <summary>Indexes over additive quantizers: plain, inverted, and packed for fast scans.</summary>
internal static class AdditiveBodies
{
    public static void Residual(IndexParser parser, IndexNode node) => Plain(parser, node, CodecFields.Residual);

    public static void LocalSearch(IndexParser parser, IndexNode node) => Plain(parser, node, CodecFields.LocalSearch);

    public static void ProductResidual(IndexParser parser, IndexNode node) => Plain(parser, node, CodecFields.ProductResidual);

    public static void ProductLocalSearch(IndexParser parser, IndexNode node) => Plain(parser, node, CodecFields.ProductLocalSearch);

    public static void ResidualFastScan(IndexParser parser, IndexNode node) => FastScan(parser, node, CodecFields.Residual);

    public static void LocalSearchFastScan(IndexParser parser, IndexNode node) => FastScan(parser, node, CodecFields.LocalSearch);

    public static void ProductResidualFastScan(IndexParser parser, IndexNode node) => FastScan(parser, node, CodecFields.ProductResidual);

    public static void ProductLocalSearchFastScan(IndexParser parser, IndexNode node) => FastScan(parser, node, CodecFields.ProductLocalSearch);

    public static void IvfResidual(IndexParser parser, IndexNode node) => Inverted(parser, node, CodecFields.Residual);

    public static void IvfLocalSearch(IndexParser parser, IndexNode node) => Inverted(parser, node, CodecFields.LocalSearch);

    public static void IvfProductResidual(IndexParser parser, IndexNode node) => Inverted(parser, node, CodecFields.ProductResidual);

    public static void IvfProductLocalSearch(IndexParser parser, IndexNode node) => Inverted(parser, node, CodecFields.ProductLocalSearch);

    public static void IvfResidualFastScan(IndexParser parser, IndexNode node) => InvertedFastScan(parser, node, CodecFields.Residual);

    public static void IvfLocalSearchFastScan(IndexParser parser, IndexNode node) => InvertedFastScan(parser, node, CodecFields.LocalSearch);

    public static void IvfProductResidualFastScan(IndexParser parser, IndexNode node) => InvertedFastScan(parser, node, CodecFields.ProductResidual);

    public static void IvfProductLocalSearchFastScan(IndexParser parser, IndexNode node) => InvertedFastScan(parser, node, CodecFields.ProductLocalSearch);

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

    private static void Plain(IndexParser parser, IndexNode node, Action<IndexParser> quantizer)
    {
        parser.Header(node);
        quantizer(parser);
        Codes(parser, node);
    }

    private static void Codes(IndexParser parser, IndexNode node)
    {
        long codeSize = parser.Cursor.Size("code_size");
        FlatBodies.Codes(parser, node, codeSize);
    }

    private static void FastScan(IndexParser parser, IndexNode node, Action<IndexParser> quantizer)
    {
        parser.Header(node);
        quantizer(parser);
        parser.Cursor.Ignore("implem", 12);
        PackedFields(parser.Cursor);
        parser.Cursor.Vector("codes", 1);
    }

    private static void Inverted(IndexParser parser, IndexNode node, Action<IndexParser> quantizer)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = ListBodies.Header(parser, node);
        long codeSize = cursor.Size("code_size");
        quantizer(parser);
        cursor.Bool("by_residual");
        cursor.Int32("use_precomputed_table");
        ListBodies.Finish(node, InvertedLists.Parse(parser, lists, codeSize, null));
    }

    private static void InvertedFastScan(IndexParser parser, IndexNode node, Action<IndexParser> quantizer)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = ListBodies.Header(parser, node);
        quantizer(parser);
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
