using System.Runtime.InteropServices;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Graphs over a storage index that holds the vectors.</summary>
internal static class GraphBodies
{
    public static void Hnsw(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        HnswGraph(parser, node);
        Storage(parser, node);
    }

    public static void HnswOver(IndexParser parser, IndexNode node)
    {
        Hnsw(parser, node);
        node.Kind = $"{node.Info.ShortName}({node.Inner?.Kind ?? "null"})";
    }

    public static void HnswPanorama(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        parser.Cursor.UInt64("num_panorama_levels");
        parser.Cursor.Vector("cum_sums", 4);
        HnswGraph(parser, node);
        Storage(parser, node);
    }

    public static void Cagra(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        cursor.Bool("keep_max_size_level0");
        cursor.Bool("base_level_only");
        cursor.Int32("num_base_level_search_entrypoints");
        cursor.Ignore("numeric_type", node.Info.Has(KindFacts.TellsNumericType) ? 4 : 0);
        HnswGraph(parser, node);
        Storage(parser, node);
    }

    public static void Nsg(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        cursor.Ignore("GK", 21);
        int nodes = cursor.Int32("nsg.ntotal");
        if (nodes != node.Count)
        {
            throw cursor.Invalid("nsg.ntotal", node.Count.ToString(), nodes.ToString());
        }

        int degree = cursor.Int32("nsg.R");
        cursor.Ignore("nsg.L", 16);
        if (cursor.Bool("nsg.is_built"))
        {
            NsgRows(cursor, nodes, degree);
        }

        Storage(parser, node);
    }

    public static void NNDescent(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        cursor.Ignore("nndescent", 36);
        cursor.Bool("has_built");
        cursor.Vector("final_graph", 4);
        Storage(parser, node);
    }

    /// <summary>The HNSW struct: five vectors, which are stepped over, and five numbers.</summary>
    public static void HnswGraph(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        cursor.Vector("hnsw.assign_probas", 8);
        FileSpan perLevel = cursor.Vector("hnsw.cum_nneighbor_per_level", 4);
        cursor.Vector("hnsw.levels", 4, node.Count);
        cursor.Vector("hnsw.offsets", 8, node.Count + 1);
        cursor.Vector("hnsw.neighbors", 4);
        cursor.Int32("hnsw.entry_point");
        cursor.Int32("hnsw.max_level");
        int construction = cursor.Int32("hnsw.efConstruction");
        cursor.Int32("hnsw.efSearch");
        cursor.Int32("hnsw.upper_beam");
        node.HnswEfConstruction = construction > 0 ? construction : null;
        if (perLevel.Count >= 2)
        {
            // M itself is not stored; level 0 has 2 M neighbours.
            int neighbours = 0;
            cursor.File.ReadExactly(perLevel.Offset + sizeof(int), MemoryMarshal.AsBytes(new Span<int>(ref neighbours)));
            node.HnswM = neighbours > 1 ? neighbours / 2 : null;
        }
    }

    /// <summary>Each row is up to R neighbours and an end mark of −1, so that the rows have to be walked.</summary>
    private static void NsgRows(FaissCursor cursor, int nodes, int degree)
    {
        for (int i = 0; i < nodes; i++)
        {
            int neighbours = 0;
            while (cursor.Int32("nsg.graph") != -1)
            {
                if (++neighbours > degree)
                {
                    throw cursor.Invalid("nsg.graph", $"an end mark after at most {degree} neighbours", "one more neighbour");
                }
            }
        }
    }

    private static void Storage(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long expected = node.Count;
        long offset = cursor.Position;
        IndexNode? storage = parser.ParseNested("storage", false);
        if (storage is null)
        {
            // IO_FLAG_SKIP_STORAGE writes the graph alone.
            node.Count = 0;
            node.HoldsNothing($"{node.Info.ClassName} was written without its storage (IO_FLAG_SKIP_STORAGE), so the file holds a graph but no vectors");
            return;
        }

        if (storage.Dimension != node.Dimension || storage.Count != expected)
        {
            throw FaissErrors.Invalid(
                cursor.File.Path, cursor.Owner, "storage", offset, $"{expected} vectors of dimension {node.Dimension}",
                    $"{storage.Count} of dimension {storage.Dimension}");
        }

        node.TakeFrom(storage);
    }
}
