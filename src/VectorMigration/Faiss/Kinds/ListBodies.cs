using VectorMigration.Errors;
using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;

namespace VectorMigration.Faiss.Kinds;

/// <summary>What the header of an inverted file says.</summary>
/// <param name="Count">Number of lists.</param>
/// <param name="Quantizer">The coarse quantizer; null where FAISS wrote none.</param>
internal readonly record struct ListHeader(long Count, IndexNode? Quantizer);

/// <summary>Inverted files; ids are stored in the lists.</summary>
internal static class ListBodies
{
    /// <summary>The header of all inverted files.</summary>
    public static ListHeader Header(IndexParser parser, IndexNode node, bool binary = false)
    {
        if (binary)
        {
            parser.BinaryHeader(node);
        }
        else
        {
            parser.Header(node);
        }

        ListHeader lists = Quantizer(parser, node, binary);
        DirectMap(parser.Cursor);
        return lists;
    }

    /// <summary>The number of lists and the coarse quantizer.</summary>
    public static ListHeader Quantizer(IndexParser parser, IndexNode node, bool binary)
    {
        long lists = parser.Cursor.Size("nlist");
        parser.Cursor.UInt64("nprobe");
        node.ListCount = lists;
        return new ListHeader(lists, parser.ParseNested("quantizer", binary));
    }

    /// <summary>Serves reconstruct(id) only; the lists hold all that is needed.</summary>
    public static void DirectMap(FaissCursor cursor)
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

    /// <summary>Takes count and ids from the lists, which FAISS does not compare with the header.</summary>
    public static void Finish(IndexParser parser, IndexNode node, ListSet lists, Centroids? centroids, FileSpan? pairs = null)
    {
        long told = node.Count;
        node.IdsLieInLists();
        node.Count = lists.Count + (pairs?.Count ?? 0);
        if (told != node.Count && !lists.Missing)
        {
            node.Warnings.Add($"The header of {node.Info.ClassName} states {Grouped.Of(told)} vectors, but its inverted lists contain "
                + $"{Grouped.Of(node.Count)}. The lists are used.");
        }

        if (lists.Missing)
        {
            node.HoldsNothing($"{node.Info.ClassName} was written without its inverted lists, so the file holds no vectors");
        }
        else if (lists.Rows is VectorRows rows && node.Limitation is null)
        {
            if (lists.Count == 0 && pairs is { Count: > 0 } loose)
            {
                throw FaissErrors.Invalid(parser.Cursor.File.Path, parser.Cursor.Owner, "instances", loose.Offset,
                    "no pairs of ids, because the inverted lists are empty", $"{loose.Count}");
            }

            ListLayout layout = new(lists.File, lists.Table, rows, centroids);
            node.Layout = pairs is FileSpan shared ? new DuplicatedLayout(layout, parser.Cursor.File, shared) : layout;
        }
    }

    /// <summary>The lists of an index of codes, one code a vector.</summary>
    public static void Codes(IndexParser parser, IndexNode node, ListHeader lists, long codeSize, VectorCodec? codec, bool byResidual)
    {
        VectorRows rows = codec is null ? new FloatRows(node.Dimension) : new CodedRows(codec);
        HoldLists(parser, node, lists, InvertedLists.Parse(parser, lists.Count, codeSize, rows), codec, byResidual);
    }

    /// <summary>The lists of an index of packed codes.</summary>
    public static void PackedCodes(IndexParser parser, IndexNode node, ListHeader lists, VectorRows rows, VectorCodec codec, bool byResidual) =>
        HoldLists(parser, node, lists, InvertedLists.Parse(parser, lists.Count, null, rows), codec, byResidual);

    /// <summary>Lists of codes become the vectors of a node, with the centroid of its list added to each where codes are of residuals.</summary>
    public static void HoldLists(IndexParser parser, IndexNode node, ListHeader lists, ListSet set, VectorCodec? codec, bool byResidual)
    {
        Centroids? centroids = null;
        if (codec is null && set.Count > 0)
        {
            throw parser.Cursor.Invalid("codes", "no codes, because the quantizer is not trained", $"those of {set.Count} vectors");
        }

        if (codec is not null)
        {
            node.HoldsCodes(codec);
        }

        if (byResidual && set.Count > 0)
        {
            long last = set.Table.Number(set.Table.Length - 1);
            centroids = CoarseCentroids.Of(parser, node, lists.Quantizer, set.Table.IdsOffset(0));
            if (centroids is not null && last >= centroids.Count)
            {
                throw parser.Cursor.Invalid("nlist", $"lists of {centroids.Count} centroids", $"vectors in list {last}");
            }
        }

        Finish(parser, node, set, centroids);
    }

    public static void IvfFlat(IndexParser parser, IndexNode node)
    {
        ListHeader lists = Header(parser, node);
        node.HoldsFloats();
        Finish(parser, node, InvertedLists.Parse(parser, lists.Count, RowBytes(node), new FloatRows(node.Dimension)), null);
    }

    /// <summary>The lists hold each vector once; a table names the ids that share one.</summary>
    public static void IvfFlatDedup(IndexParser parser, IndexNode node)
    {
        ListHeader lists = Header(parser, node);
        FileSpan numbers = parser.Cursor.Vector("instances", sizeof(long));
        if (numbers.Count % 2 != 0)
        {
            throw parser.Cursor.Invalid("instances", "pairs of ids", $"{numbers.Count} elements");
        }

        node.HoldsFloats();
        FileSpan pairs = new(numbers.Offset, numbers.Count / 2, 2 * sizeof(long));
        Finish(parser, node, InvertedLists.Parse(parser, lists.Count, RowBytes(node), new FloatRows(node.Dimension)), null, pairs);
    }

    public static void IvfFlatPanorama(IndexParser parser, IndexNode node)
    {
        ListHeader lists = Header(parser, node);
        parser.Cursor.Ignore("n_levels", node.Info.Has(KindFacts.TellsBatch) ? 16 : 8);
        node.HoldsFloats();
        Finish(parser, node, InvertedLists.Parse(parser, lists.Count, RowBytes(node), new FloatRows(node.Dimension)), null);
    }

    public static void IvfScalarQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        ListHeader lists = Header(parser, node);
        (VectorCodec? codec, long codeSize, node.Fidelity) = CodecFields.ScalarQuantizer(parser, node.Dimension);
        CodecFields.ExpectCodeSize(cursor, codeSize);
        bool byResidual = !node.Info.Has(KindFacts.TellsResidual) || cursor.Bool("by_residual");

        // Codes of 0 bits are the centroid of their list, whatever the field says.
        Codes(parser, node, lists, codeSize, codec, byResidual || codeSize == 0);
    }

    public static void IvfProductQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        ListHeader lists = Header(parser, node);
        bool byResidual = cursor.Bool("by_residual");
        long codeSize = cursor.Size("code_size");
        ProductCodec codec = CodecFields.ProductQuantizer(parser, node.Dimension);
        if (codeSize != codec.CodeSize)
        {
            throw cursor.Invalid("code_size", codec.CodeSize.ToString(), codeSize.ToString());
        }

        Codes(parser, node, lists, codeSize, codec, byResidual);
        Refinement(parser, node);
    }

    public static void IvfProductQuantizerFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        ListHeader lists = Header(parser, node);
        bool byResidual = cursor.Bool("by_residual");
        cursor.UInt64("code_size");
        int batch = cursor.Int32("bbs");
        long fields = cursor.Size("M2");
        cursor.Ignore("implem", 12);
        ProductCodec codec = CodecFields.ProductQuantizer(parser, node.Dimension, CodecFields.PackedBits);
        PackedCodes(parser, node, lists, FlatBodies.PackedRows(parser, fields, batch, codec), codec, byResidual);
    }

    public static void IvfSpectralHash(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        ListHeader lists = Header(parser, node);
        TransformFields.Parse(parser, "vt");
        cursor.Ignore("nbit", 12);
        cursor.Vector("trained", 4);
        Finish(parser, node, InvertedLists.Parse(parser, lists.Count, null, null), null);
    }

    /// <summary>IndexIVFPQR: what the first quantizer leaves over, coded by a second one, by id.</summary>
    public static void Refinement(IndexParser parser, IndexNode node)
    {
        if (!node.Info.Has(KindFacts.Refined))
        {
            return;
        }

        FaissCursor cursor = parser.Cursor;
        ProductCodec codec = CodecFields.ProductQuantizer(parser, node.Dimension);
        FileSpan bytes = cursor.Vector("refine_codes", 1);
        if (bytes.Count % codec.CodeSize != 0)
        {
            throw cursor.Invalid("refine_codes", $"codes of {codec.CodeSize} bytes", $"{bytes.Count} bytes");
        }

        cursor.Single("k_factor");
        node.RefinedBy(codec);
        if (node.Layout is VectorLayout layout)
        {
            FileSpan codes = new(bytes.Offset, bytes.Count / codec.CodeSize, codec.CodeSize);
            node.Layout = new RefinedLayout(layout, cursor.File, codes, codec);
        }
    }

    private static long RowBytes(IndexNode node) => (long)node.Dimension * sizeof(float);
}
