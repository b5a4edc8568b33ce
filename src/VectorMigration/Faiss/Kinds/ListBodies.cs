using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Inverted files; ids are stored in the lists.</summary>
internal static class ListBodies
{
    /// <summary>The header of all inverted files; returns nlist.</summary>
    public static long Header(IndexParser parser, IndexNode node, bool binary = false)
    {
        if (binary)
        {
            parser.BinaryHeader(node);
        }
        else
        {
            parser.Header(node);
        }

        long lists = ListCount(parser, node, binary);
        DirectMap(parser.Cursor);
        return lists;
    }

    /// <summary>Takes count and ids from the lists, which FAISS does not compare with the header.</summary>
    public static void Finish(IndexNode node, ListSet lists, long besides = 0)
    {
        long told = node.Count;
        node.IdsLieInLists();
        node.Count = lists.Count + besides;
        if (told != node.Count && !lists.Missing)
        {
            node.Warnings.Add($"The header of {node.Info.ClassName} states {told} vectors, but its inverted lists contain {node.Count}. The lists are used.");
        }

        if (lists.Missing)
        {
            node.Fidelity = Fidelity.NotRecoverable;
            node.Limitation = $"{node.Info.ClassName} was written without its inverted lists, so the file holds no vectors";
        }
        else if (lists.Table is ListTable table)
        {
            node.Layout = new ListLayout(lists.File, table);
        }
    }

    public static void IvfFlat(IndexParser parser, IndexNode node)
    {
        long lists = Header(parser, node);
        Finish(node, InvertedLists.Parse(parser, lists, RowBytes(node), node.Dimension));
    }

    /// <summary>Before 2018: ids of all lists in the header, then vectors of all lists.</summary>
    public static void OldIvfFlat(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        long lists = ListCount(parser, node, false);
        ListTable table = new(node.Dimension);
        for (long i = 0; i < lists; i++)
        {
            FileSpan ids = cursor.Vector("ids", sizeof(long));
            table.Add(ids.Count, i, ids.Offset);
        }

        DirectMap(cursor);
        bool floats = node.Info.Has(KindFacts.CountsFloats);
        int filled = 0;
        for (long i = 0; i < lists; i++)
        {
            bool holds = filled < table.Length && table.ComponentsOffset(filled) == i;
            long rows = holds ? table.EndOrdinal(filled) - table.FirstOrdinal(filled) : 0;
            FileSpan codes = cursor.Vector("codes", floats ? sizeof(float) : 1, parser.Product("codes", rows, floats ? node.Dimension : RowBytes(node)));
            if (holds)
            {
                table.Place(filled, codes.Offset, table.IdsOffset(filled));
                filled++;
            }
        }

        Finish(node, new ListSet(table.Count, table, cursor.File));
    }

    /// <summary>The lists hold each vector once; a table names the ids that share one.</summary>
    public static void IvfFlatDedup(IndexParser parser, IndexNode node)
    {
        long lists = Header(parser, node);
        FileSpan pairs = parser.Cursor.Vector("instances", 8);
        if (pairs.Count % 2 != 0)
        {
            throw parser.Cursor.Invalid("instances", "pairs of ids", $"{pairs.Count} elements");
        }

        Finish(node, InvertedLists.Parse(parser, lists, RowBytes(node), null), pairs.Count / 2);
    }

    public static void IvfFlatPanorama(IndexParser parser, IndexNode node)
    {
        long lists = Header(parser, node);
        parser.Cursor.Ignore("n_levels", node.Info.Has(KindFacts.TellsBatch) ? 16 : 8);
        Finish(node, InvertedLists.Parse(parser, lists, RowBytes(node), null));
    }

    public static void IvfScalarQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = Header(parser, node);
        (int type, _) = CodecFields.ScalarQuantizer(parser);
        node.Fidelity = CodecFields.FidelityOf(type);
        long codeSize = cursor.Size("code_size");
        if (node.Info.Has(KindFacts.TellsResidual))
        {
            cursor.Bool("by_residual");
        }

        Finish(node, InvertedLists.Parse(parser, lists, codeSize, null));
    }

    public static void OldIvfScalarQuantizer(IndexParser parser, IndexNode node)
    {
        long lists = OldHeader(parser, node, out long count);
        (int type, _) = CodecFields.ScalarQuantizer(parser);
        node.Fidelity = CodecFields.FidelityOf(type);
        parser.Cursor.Size("code_size");
        OldCodes(parser, lists);
        Finish(node, new ListSet(count, null, parser.Cursor.File));
    }

    public static void IvfProductQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = Header(parser, node);
        cursor.Bool("by_residual");
        long codeSize = cursor.Size("code_size");
        CodecFields.ProductQuantizer(parser);
        ListSet set = InvertedLists.Parse(parser, lists, codeSize, null);
        Refinement(parser, node.Info.Has(KindFacts.Refined));
        Finish(node, set);
    }

    public static void OldIvfProductQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = OldHeader(parser, node, out long count);
        cursor.Bool("by_residual");
        cursor.Size("code_size");
        CodecFields.ProductQuantizer(parser);
        OldCodes(parser, lists);
        Refinement(parser, node.Info.Has(KindFacts.Refined));
        Finish(node, new ListSet(count, null, cursor.File));
    }

    public static void IvfProductQuantizerFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = Header(parser, node);
        cursor.Bool("by_residual");
        cursor.Ignore("code_size", 32);
        CodecFields.ProductQuantizer(parser);
        Finish(node, InvertedLists.Parse(parser, lists, null, null));
    }

    public static void IvfSpectralHash(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = Header(parser, node);
        TransformFields.Parse(parser, "vt");
        cursor.Ignore("nbit", 12);
        cursor.Vector("trained", 4);
        Finish(node, InvertedLists.Parse(parser, lists, null, null));
    }

    public static void IvfRaBitQ(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = Header(parser, node);
        CodecFields.RaBitQ(parser, node.Info.Has(KindFacts.TellsBits));
        long codeSize = cursor.Size("code_size");
        cursor.Bool("by_residual");
        cursor.Byte("qb");
        Finish(node, InvertedLists.Parse(parser, lists, codeSize, null));
    }

    public static void IvfRaBitQFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = Header(parser, node);
        bool old = node.Info.Has(KindFacts.FactorsApart);
        bool factorsAreBytes = false;
        CodecFields.RaBitQ(parser, !old);
        if (old)
        {
            // Here a bool follows where 1.13.0 has no nb_bits: eight bytes of 1 to 9 can only be the number.
            long here = cursor.Position;
            factorsAreBytes = cursor.UInt64("rabitq.nb_bits") is >= 1 and <= 9;
            cursor.Return(factorsAreBytes ? cursor.Position : here);
        }

        cursor.Bool("by_residual");
        cursor.Ignore("code_size", 32);
        cursor.Byte("qb");
        cursor.Bool("centered");
        if (old)
        {
            cursor.Vector("factors", factorsAreBytes ? 1 : 8);
        }

        Finish(node, InvertedLists.Parse(parser, lists, null, null));
    }

    public static void IvfEden(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        long lists = Header(parser, node);
        CodecFields.Eden(parser, node.Info.Has(KindFacts.TellsScale));
        long codeSize = cursor.Size("code_size");
        cursor.Bool("by_residual");
        Finish(node, InvertedLists.Parse(parser, lists, codeSize, null));
    }

    private static long RowBytes(IndexNode node) => (long)node.Dimension * sizeof(float);

    private static long ListCount(IndexParser parser, IndexNode node, bool binary)
    {
        long lists = parser.Cursor.Size("nlist");
        parser.Cursor.UInt64("nprobe");
        parser.ParseNested("quantizer", binary);
        node.ListCount = lists;
        return lists;
    }

    /// <summary>Serves reconstruct(id) only; the lists hold all that is needed.</summary>
    private static void DirectMap(FaissCursor cursor)
    {
        byte type = cursor.Byte("direct_map.type");
        if (type > 2)
        {
            throw cursor.Invalid("direct_map.type", "0, 1 or 2", type.ToString());
        }

        cursor.Vector("direct_map.array", 8);
        if (type == 2)
        {
            cursor.Vector("direct_map.hashtable", 16);
        }
    }

    private static void Refinement(IndexParser parser, bool present)
    {
        if (present)
        {
            CodecFields.ProductQuantizer(parser);
            parser.Cursor.Vector("refine_codes", 1);
            parser.Cursor.Single("k_factor");
        }
    }

    private static long OldHeader(IndexParser parser, IndexNode node, out long count)
    {
        parser.Header(node);
        long lists = ListCount(parser, node, false);
        count = 0;
        for (long i = 0; i < lists; i++)
        {
            count += parser.Cursor.Vector("ids", sizeof(long)).Count;
        }

        DirectMap(parser.Cursor);
        return lists;
    }

    private static void OldCodes(IndexParser parser, long lists)
    {
        for (long i = 0; i < lists; i++)
        {
            parser.Cursor.Vector("codes", 1);
        }
    }
}
