using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;

namespace VectorMigration.Faiss.Kinds;

/// <summary>The centroids of a coarse quantizer: of any index that can decode the vector at a position.</summary>
internal static class CoarseCentroids
{
    /// <summary>The centroids; null where the quantizer does not hold them, and then the node says so.</summary>
    /// <param name="parser">The parser.</param>
    /// <param name="node">The index whose codes are of residuals.</param>
    /// <param name="quantizer">Its coarse quantizer.</param>
    /// <param name="codes">Offset at which codes begin, for errors about them.</param>
    public static Centroids? Of(IndexParser parser, IndexNode node, IndexNode? quantizer, long codes)
    {
        string path = parser.Cursor.File.Path;
        string owner = node.Info.ClassName;
        if (quantizer is not null && quantizer.Dimension != node.Dimension)
        {
            throw FaissErrors.Invalid(path, owner, "quantizer", codes, $"dimension {node.Dimension}", quantizer.Dimension.ToString());
        }

        Exception OutOfRange(long list) =>
            FaissErrors.Invalid(path, owner, "codes", codes, $"numbers of lists below {quantizer!.Count}", list.ToString());
        Centroids? centroids = quantizer is { Layout: VectorLayout layout, IdSource: VectorLayout.SequentialIds }
            ? new LayoutCentroids(layout)
            : quantizer?.Centroids;
        if (centroids is null)
        {
            node.HoldsNothing(
                $"{owner} stores differences from the centroids of its lists, and its coarse quantizer "
                + $"{(quantizer is null ? "is missing" : $"({quantizer.Info.ClassName}) does not contain them")}");
            return null;
        }

        return new CheckedCentroids(centroids, OutOfRange);
    }
}
