using VectorMigration.Errors;
using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Indexes around another index.</summary>
internal static class WrapperBodies
{
    /// <summary>More transforms in a row than anybody builds.</summary>
    private const int LongestChain = 64;

    public static void IdMap(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        Map(parser, node, parser.ParseRequired("index"));
    }

    /// <summary>The map of ids behind an index, and this index under it.</summary>
    public static void Map(IndexParser parser, IndexNode node, IndexNode inner)
    {
        if (!inner.EndIsKnown)
        {
            // Where the map begins is not known.
            Inner(parser, node, inner);
            return;
        }

        FaissCursor cursor = parser.Cursor;
        long told = node.Count;
        bool sequential = inner.IdSource == VectorLayout.SequentialIds;
        FileSpan map = cursor.Vector("id_map", sizeof(long));
        if (sequential && inner.Limitation is null && map.Count != inner.Count)
        {
            throw cursor.Invalid("id_map", $"an id for each of {inner.Count} vectors", $"{map.Count} ids");
        }

        Inner(parser, node, inner);
        node.IdsLieInMap();
        node.Layout = inner.Layout is null ? null : new MappedLayout(inner.Layout, cursor.File, map, sequential);
        if (told != node.Count)
        {
            node.Warnings.Add($"The header of {node.Info.ClassName} states {Grouped.Of(told)} vectors, but the index in it contains "
                + $"{Grouped.Of(node.Count)}. The latter is used.");
        }
    }

    /// <summary>The vectors of a wrapper are those of the index in it, which has to have as many components.</summary>
    public static void Inner(IndexParser parser, IndexNode node, IndexNode inner)
    {
        if (inner.Dimension != node.Dimension)
        {
            throw parser.Cursor.Invalid("index", $"dimension {node.Dimension}", inner.Dimension.ToString());
        }

        node.TakeFrom(inner);
        node.Kind = $"{node.Info.ShortName}({inner.Kind})";
    }

    public static void PreTransform(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        int count = cursor.Int32("nt");
        if (count is < 0 or > LongestChain)
        {
            throw cursor.Invalid("nt", $"0 to {LongestChain} transforms", count.ToString());
        }

        TransformRecord[] chain = new TransformRecord[count];
        for (int i = 0; i < count; i++)
        {
            chain[i] = TransformFields.Parse(parser, "transform");
        }

        Transformed(parser, node, chain, parser.ParseRequired("index"));
    }

    private static void Transformed(IndexParser parser, IndexNode node, TransformRecord[] chain, IndexNode inner)
    {
        if (chain.Length == 0)
        {
            Inner(parser, node, inner);
            return;
        }

        node.TakeFrom(inner);
        node.Kind = $"{node.Info.ShortName}({string.Concat(chain.Select(transform => transform.Name + ", "))}{inner.Kind})";
        VectorTransform reverse = TransformFields.Chain(parser, "transform", chain, node.Dimension, inner.Dimension);
        if (reverse.Fidelity == Fidelity.NotRecoverable && inner.Count > 0)
        {
            node.HoldsNothing($"{reverse.Name} cannot be reversed, so the original vectors cannot be computed");
            return;
        }

        node.Fidelity = Worse(node.Fidelity, reverse.Fidelity);
        node.ExpectedError = null;
        node.Centroids = null;
        node.Layout = inner.Layout is VectorLayout layout ? new TransformedLayout(layout, reverse) : null;
    }

    /// <summary>The refining index holds the better vectors, under the positions 0 to n − 1.</summary>
    public static void Refine(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        IndexNode first = parser.ParseRequired("base_index");
        IndexNode refining = parser.ParseRequired("refine_index");
        parser.Cursor.Single("k_factor");
        if (refining.Dimension != node.Dimension)
        {
            throw parser.Cursor.Invalid("refine_index", $"dimension {node.Dimension}", refining.Dimension.ToString());
        }

        node.TakeFrom(refining);
        node.SearchCodes = first.SearchCodes;
        node.Kind = $"{node.Info.ShortName}({first.Kind}, {refining.Kind})";
    }

    /// <summary>Its own ntotal is always 0.</summary>
    public static void IndependentQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        parser.ParseRequired("quantizer");
        TransformRecord[] chain = cursor.Bool("has_vt") ? [TransformFields.Parse(parser, "vt")] : [];
        IndexNode inner = parser.ParseRequired("index_ivf");
        if (inner.Info.Has(KindFacts.PrecomputedTable))
        {
            cursor.Int32("use_precomputed_table");
        }

        Transformed(parser, node, chain, inner);
    }

    private static Fidelity Worse(Fidelity left, Fidelity right) => left > right ? left : right;
}
