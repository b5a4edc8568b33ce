using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Indexes over bit vectors (read_index_binary).</summary>
internal static class BinaryBodies
{
    public static void Flat(IndexParser parser, IndexNode node)
    {
        int codeSize = parser.BinaryHeader(node);
        FileSpan codes = parser.Cursor.Vector("xb", 1, parser.Product("xb", node.Count, codeSize));
        FlatBodies.Hold(parser, node, codes, new BitCodec(node.Dimension));
    }

    public static void Ivf(IndexParser parser, IndexNode node)
    {
        ListHeader lists = ListBodies.Header(parser, node, binary: true);
        ListBodies.Codes(parser, node, lists, node.Dimension / 8, new BitCodec(node.Dimension), byResidual: false);
    }

    public static void FromFloat(IndexParser parser, IndexNode node)
    {
        parser.BinaryHeader(node, wrapper: true);
        WrapperBodies.Inner(parser, node, parser.ParseRequired("index"));
        node.Layout = node.Layout is VectorLayout layout ? new SignLayout(layout) : null;
        BitCodec bits = new(node.Dimension);
        node.SearchCodes = new SearchCodes(bits.Name, CodecFamily.Binary, bits.ComponentBits);
    }

    public static void Hnsw(IndexParser parser, IndexNode node)
    {
        parser.BinaryHeader(node);
        if (node.Info.Has(KindFacts.CagraSettings))
        {
            parser.Cursor.Ignore("cagra", 6);
        }

        GraphBodies.HnswGraph(parser, node);
        IndexNode? storage = parser.ParseNested("storage", binary: true);
        if (storage is not null)
        {
            node.TakeFrom(storage);
        }
    }

    public static void IdMap(IndexParser parser, IndexNode node)
    {
        parser.BinaryHeader(node, wrapper: true);
        WrapperBodies.Map(parser, node, parser.ParseRequired("index", binary: true));
    }

    public static void Hash(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        int codeSize = parser.BinaryHeader(node);
        cursor.Ignore("b", 8);
        long buckets = cursor.Size("sz");
        cursor.Int32("il_nbit");
        cursor.Vector("bitstring", 1);
        ListTable table = new();
        for (long i = 0; i < buckets; i++)
        {
            FileSpan ids = cursor.Vector("ids", sizeof(long));
            FileSpan codes = cursor.Vector("vecs", 1, parser.Product("vecs", ids.Count, codeSize));
            table.Add(i, ids.Count, codes.Offset, ids.Offset);
        }

        BitCodec codec = new(node.Dimension);
        node.HoldsCodes(codec);
        ListBodies.Finish(parser, node, new ListSet(table.Count, table, cursor.File, new CodedRows(codec)), null);
    }

    public static void MultiHash(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.BinaryHeader(node);
        IndexNode storage = parser.ParseRequired("storage", binary: true);
        cursor.Int32("b");
        int maps = cursor.Int32("nhash");
        cursor.Int32("nflip");
        for (int i = 0; i < maps; i++)
        {
            cursor.Int32("id_bits");
            cursor.UInt64("sz");
            cursor.Vector("bitstring", 1);
        }

        node.TakeFrom(storage);
    }
}
