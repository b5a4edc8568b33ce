using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Indexes over bit vectors (read_index_binary).</summary>
internal static class BinaryBodies
{
    public static void Flat(IndexParser parser, IndexNode node)
    {
        int codeSize = parser.BinaryHeader(node);
        parser.Cursor.Vector("xb", 1, parser.Product("xb", node.Count, codeSize));
    }

    public static void Ivf(IndexParser parser, IndexNode node)
    {
        long lists = ListBodies.Header(parser, node, binary: true);
        ListBodies.Finish(node, InvertedLists.Parse(parser, lists, node.Dimension / 8, null));
    }

    public static void FromFloat(IndexParser parser, IndexNode node)
    {
        parser.BinaryHeader(node, wrapper: true);
        Inner(node, parser.ParseRequired("index"));
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
        Inner(node, parser.ParseRequired("index", binary: true));
        parser.Cursor.Vector("id_map", sizeof(long));
        node.IdsLieInMap();
    }

    public static void Hash(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        int codeSize = parser.BinaryHeader(node);
        cursor.Ignore("b", 8);
        long buckets = cursor.Size("sz");
        cursor.Int32("il_nbit");
        cursor.Vector("bitstring", 1);
        long count = 0;
        for (long i = 0; i < buckets; i++)
        {
            FileSpan ids = cursor.Vector("ids", sizeof(long));
            cursor.Vector("vecs", 1, parser.Product("vecs", ids.Count, codeSize));
            count += ids.Count;
        }

        node.IdsLieInLists();
        node.Count = count;
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

    private static void Inner(IndexNode node, IndexNode inner)
    {
        node.TakeFrom(inner);
        node.Kind = $"{node.Info.ShortName}({inner.Kind})";
    }
}
