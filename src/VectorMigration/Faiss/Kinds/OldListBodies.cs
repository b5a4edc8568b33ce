using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Inverted files from before 2018: ids of all lists in the header, codes of all lists at the end.</summary>
internal static class OldListBodies
{
    public static void IvfFlat(IndexParser parser, IndexNode node)
    {
        (ListHeader lists, ListTable table) = Header(parser, node);
        node.HoldsFloats();
        VectorRows rows = new FloatRows(node.Dimension);
        Place(parser, node, lists, table, rows);
        ListBodies.Finish(parser, node, new ListSet(table.Count, table, parser.Cursor.File, rows), null);
    }

    public static void IvfScalarQuantizer(IndexParser parser, IndexNode node)
    {
        (ListHeader lists, ListTable table) = Header(parser, node);
        (VectorCodec? codec, long codeSize, node.Fidelity) = CodecFields.ScalarQuantizer(parser, node.Dimension);
        CodecFields.ExpectCodeSize(parser.Cursor, codeSize);
        Codes(parser, node, lists, table, codec, byResidual: true);
    }

    public static void IvfProductQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        (ListHeader lists, ListTable table) = Header(parser, node);
        bool byResidual = cursor.Bool("by_residual");
        cursor.Size("code_size");
        Codes(parser, node, lists, table, CodecFields.ProductQuantizer(parser, node.Dimension), byResidual);
        ListBodies.Refinement(parser, node);
    }

    /// <summary>The table tells sizes and ids; where the codes of a list lie is found later.</summary>
    private static (ListHeader Lists, ListTable Table) Header(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        ListHeader lists = ListBodies.Quantizer(parser, node, false);
        ListTable table = new();
        for (long i = 0; i < lists.Count; i++)
        {
            FileSpan ids = parser.Cursor.Vector("ids", sizeof(long));
            table.Add(i, ids.Count, 0, ids.Offset);
        }

        ListBodies.DirectMap(parser.Cursor);
        return (lists, table);
    }

    private static void Codes(IndexParser parser, IndexNode node, ListHeader lists, ListTable table, VectorCodec? codec, bool byResidual)
    {
        VectorRows rows = codec is null ? new FloatRows(node.Dimension) : new CodedRows(codec);
        Place(parser, node, lists, table, rows);
        ListBodies.HoldLists(parser, node, lists, new ListSet(table.Count, table, parser.Cursor.File, rows), codec, byResidual);
    }

    private static void Place(IndexParser parser, IndexNode node, ListHeader lists, ListTable table, VectorRows rows)
    {
        int size = node.Info.Has(KindFacts.CountsFloats) ? sizeof(float) : 1;
        int filled = 0;
        for (long i = 0; i < lists.Count; i++)
        {
            bool holds = filled < table.Length && table.Number(filled) == i;
            long count = holds ? table.EndOrdinal(filled) - table.FirstOrdinal(filled) : 0;
            FileSpan codes = parser.Cursor.Vector("codes", size, parser.Product("codes", count, rows.Length(1) / size));
            if (holds)
            {
                table.Place(filled, codes.Offset, table.IdsOffset(filled));
                filled++;
            }
        }
    }
}
