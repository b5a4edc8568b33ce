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
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        long told = node.Count;
        long offset = cursor.Position;
        IndexNode inner = parser.ParseRequired("index");
        if (inner.Dimension != node.Dimension)
        {
            throw FaissErrors.Invalid(cursor.File.Path, cursor.Owner, "index", offset, $"dimension {node.Dimension}", inner.Dimension.ToString());
        }

        bool sequential = inner.IdSource == VectorLayout.SequentialIds;
        FileSpan map = cursor.Vector("id_map", sizeof(long));
        if (sequential && inner.EndIsKnown && inner.Limitation is null && map.Count != inner.Count)
        {
            throw cursor.Invalid("id_map", $"an id for each of {inner.Count} vectors", $"{map.Count} ids");
        }

        node.TakeFrom(inner);
        node.Kind = $"{node.Info.ShortName}({inner.Kind})";
        node.IdsLieInMap();
        node.Layout = inner.Layout is null ? null : new MappedLayout(inner.Layout, cursor.File, map, sequential);
        if (told != node.Count)
        {
            node.Warnings.Add($"The header of {node.Info.ClassName} states {told} vectors, but the index in it contains {node.Count}. The latter is used.");
        }
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

        TransformSummary[] chain = new TransformSummary[count];
        for (int i = 0; i < count; i++)
        {
            chain[i] = TransformFields.Parse(parser, "transform");
        }

        IndexNode inner = parser.ParseRequired("index");
        node.TakeFrom(inner);
        node.Kind = $"{node.Info.ShortName}({string.Concat(chain.Select(transform => transform.Name + ", "))}{inner.Kind})";
        foreach (TransformSummary transform in chain)
        {
            node.Fidelity = Worse(node.Fidelity, transform.Fidelity);
        }
    }

    /// <summary>The refining index holds the better vectors, under the positions 0 to n − 1.</summary>
    public static void Refine(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        IndexNode first = parser.ParseRequired("base_index");
        IndexNode refining = parser.ParseRequired("refine_index");
        parser.Cursor.Single("k_factor");
        node.TakeFrom(refining);
        node.Kind = $"{node.Info.ShortName}({first.Kind}, {refining.Kind})";
    }

    /// <summary>Its own ntotal is always 0.</summary>
    public static void IndependentQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        parser.ParseRequired("quantizer");
        TransformSummary? transform = cursor.Bool("has_vt") ? TransformFields.Parse(parser, "vt") : null;
        IndexNode inner = parser.ParseRequired("index_ivf");
        if (inner.Info.Has(KindFacts.PrecomputedTable))
        {
            cursor.Int32("use_precomputed_table");
        }

        node.TakeFrom(inner);
        node.Fidelity = Worse(node.Fidelity, transform?.Fidelity ?? Fidelity.Exact);
        node.Kind = $"{node.Info.ShortName}({(transform is TransformSummary named ? named.Name + ", " : string.Empty)}{inner.Kind})";
    }

    private static Fidelity Worse(Fidelity left, Fidelity right) => left > right ? left : right;
}
