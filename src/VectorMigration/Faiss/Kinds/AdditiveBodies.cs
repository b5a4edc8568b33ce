using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Indexes over additive quantizers: plain, inverted, and packed for fast scans.</summary>
internal static class AdditiveBodies
{
    public static void Plain(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        AdditiveFields fields = Quantizer(parser, node);
        long codeSize = parser.Cursor.Size("code_size");
        VectorCodec? codec = fields.Codec(parser, codeSize);
        FlatBodies.Hold(parser, node, FlatBodies.Span(parser, node, codeSize), codec);
    }

    public static void Inverted(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        ListHeader lists = ListBodies.Header(parser, node);
        long codeSize = cursor.Size("code_size");
        VectorCodec? codec = Quantizer(parser, node).Codec(parser, codeSize);
        bool byResidual = cursor.Bool("by_residual");
        cursor.Int32("use_precomputed_table");
        ListBodies.Codes(parser, node, lists, codeSize, codec, byResidual);
    }

    public static void FastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        AdditiveFields fields = Quantizer(parser, node);
        cursor.Int32("implem");
        (VectorRows rows, VectorCodec codec) = Packed(parser, node, fields);
        FlatBodies.HoldPacked(parser, node, rows, codec);
    }

    public static void InvertedFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        ListHeader lists = ListBodies.Header(parser, node);
        AdditiveFields fields = Quantizer(parser, node);
        bool byResidual = cursor.Bool("by_residual");
        cursor.Int32("implem");
        (VectorRows rows, VectorCodec codec) = Packed(parser, node, fields);
        ListBodies.PackedCodes(parser, node, lists, rows, codec, byResidual);
    }

    /// <summary>A grid of centroids as a coarse quantizer: nothing is stored but its codebooks.</summary>
    public static void ResidualCoarse(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        AdditiveFields fields = Quantizer(parser, node);
        parser.Cursor.Single("beam_factor");
        FlatBodies.HoldGrid(parser, node, fields.Codec(parser, (fields.TotalBits + 7) / 8));
    }

    private static AdditiveFields Quantizer(IndexParser parser, IndexNode node) => node.Info.Quantizer!(parser, node.Dimension);

    private static (VectorRows Rows, VectorCodec Codec) Packed(IndexParser parser, IndexNode node, AdditiveFields quantizer)
    {
        FaissCursor cursor = parser.Cursor;
        int batch = cursor.Int32("bbs");
        cursor.Int32("qbs");
        cursor.Ignore("M", 40);
        long fields = cursor.Size("M2", 1, 2L * IndexParser.MaximalDimension);
        cursor.Bool("rescale_norm");
        cursor.Int32("norm_scale");
        cursor.UInt64("max_train_points");
        VectorCodec codec = quantizer.Codec(parser, (fields + 1) / 2)
            ?? throw cursor.Invalid("aq.codebooks", "codebooks", $"none in {node.Info.ClassName}");
        return (FlatBodies.PackedRows(parser, fields, batch, codec), codec);
    }
}
