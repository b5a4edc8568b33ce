using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Indexes over RaBitQ and EDEN: some bits a component, a factor a vector, around a center.</summary>
internal static class RotatedBodies
{
    public static void RaBitQ(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        (int codeSize, _) = CodecFields.RaBitQ(parser, node.Dimension, node.Info.Has(KindFacts.TellsBits));
        FileSpan codes = FlatBodies.Span(parser, node, codeSize);
        float[] center = parser.Cursor.Array<float>("center");
        parser.Cursor.Byte("qb");
        FlatBodies.Hold(parser, node, codes, Trained(node, center) ? Codec(parser, node, codeSize, center) : null);
    }

    public static void RaBitQFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        int? factorBytes = node.Info.Has(KindFacts.FactorsApart) ? OldRaBitQ(parser, node) : null;
        int bits = factorBytes is null ? CodecFields.RaBitQ(parser, node.Dimension, true).Bits : 1;
        float[] center = cursor.Array<float>("center");
        cursor.Byte("qb");
        if (factorBytes is int bytes)
        {
            cursor.Vector("factors", bytes);
        }

        int batch = cursor.Int32("bbs");
        cursor.Ignore("ntotal2", 24);
        if (factorBytes is not null)
        {
            cursor.Vector("codes", 1);
            return;
        }

        FastScanBlocks blocks = Blocks(parser, node, bits, batch);
        VectorCodec codec = Codec(parser, node, blocks.CodeSize, Trained(node, center) ? center : []);
        FlatBodies.HoldPacked(parser, node, new BlockRows(blocks, codec), codec);
    }

    public static void Eden(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        (int codeSize, int bits) = CodecFields.Eden(parser, node.Dimension, node.Info.Has(KindFacts.TellsScale));
        FileSpan codes = FlatBodies.Span(parser, node, codeSize);
        float[] center = parser.Cursor.Array<float>("center");
        FlatBodies.Hold(parser, node, codes, Trained(node, center)
            ? parser.Made("eden.code_size", () => new EdenCodec(node.Dimension, bits, codeSize, center)) : null);
    }

    public static void IvfRaBitQ(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        ListHeader lists = ListBodies.Header(parser, node);
        (int codeSize, _) = CodecFields.RaBitQ(parser, node.Dimension, node.Info.Has(KindFacts.TellsBits));
        CodecFields.ExpectCodeSize(cursor, codeSize);
        cursor.Bool("by_residual");
        cursor.Byte("qb");
        ListBodies.Codes(parser, node, lists, codeSize, Codec(parser, node, codeSize, []), byResidual: true);
    }

    public static void IvfRaBitQFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        ListHeader lists = ListBodies.Header(parser, node);
        bool old = node.Info.Has(KindFacts.FactorsApart);
        bool factorsAreBytes = false;
        (_, int bits) = CodecFields.RaBitQ(parser, node.Dimension, !old);
        if (old)
        {
            // Here a bool follows where 1.13.0 has no nb_bits: eight bytes of 1 to 9 can only be the number.
            long here = cursor.Position;
            factorsAreBytes = cursor.UInt64("rabitq.nb_bits") is >= 1 and <= 9;
            cursor.Return(factorsAreBytes ? cursor.Position : here);
        }

        cursor.Bool("by_residual");
        cursor.UInt64("code_size");
        int batch = cursor.Int32("bbs");
        cursor.Ignore("qbs2", 20);
        cursor.Byte("qb");
        cursor.Bool("centered");
        if (old)
        {
            cursor.Vector("factors", factorsAreBytes ? 1 : 8);
            ListBodies.Finish(parser, node, InvertedLists.Parse(parser, lists.Count, null, null), null);
            return;
        }

        FastScanBlocks blocks = Blocks(parser, node, bits, batch);
        VectorCodec codec = Codec(parser, node, blocks.CodeSize, []);
        ListBodies.PackedCodes(parser, node, lists, new BlockRows(blocks, codec), codec, byResidual: true);
    }

    public static void IvfEden(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        ListHeader lists = ListBodies.Header(parser, node);
        (int codeSize, int bits) = CodecFields.Eden(parser, node.Dimension, node.Info.Has(KindFacts.TellsScale));
        CodecFields.ExpectCodeSize(cursor, codeSize);
        cursor.Bool("by_residual");
        VectorCodec codec = parser.Made("eden.code_size", () => new EdenCodec(node.Dimension, bits, codeSize, []));
        ListBodies.Codes(parser, node, lists, codeSize, codec, byResidual: true);
    }

    /// <summary>
    /// One code, two layouts: 1.13.2 has nb_bits and bytes of factors, 1.13.0 and 1.13.1 have neither, but pairs of floats.
    /// The next number tells: nb_bits is 1 to 9, otherwise it is the length of the centre, which is d. Returns the bytes of a factor.
    /// </summary>
    private static int OldRaBitQ(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        CodecFields.RaBitQ(parser, node.Dimension, false);
        long here = cursor.Position;
        ulong next = cursor.UInt64("rabitq.nb_bits");
        if (next is >= 1 and <= 9 && next != (ulong)node.Dimension)
        {
            return 1;
        }

        cursor.Return(here);
        return 8;
    }

    /// <summary>A quantizer that was not trained has no center, and codes nothing.</summary>
    private static bool Trained(IndexNode node, float[] center) => center.Length > 0 || node.Count > 0;

    private static RaBitQCodec Codec(IndexParser parser, IndexNode node, int codeSize, float[] center) =>
        parser.Made("rabitq.code_size", () => new RaBitQCodec(node.Dimension, codeSize, center));

    private static FastScanBlocks Blocks(IndexParser parser, IndexNode node, int bits, int batch) =>
        parser.Made("bbs", () => FastScanBlocks.OfRaBitQ(node.Dimension, bits, batch));
}
