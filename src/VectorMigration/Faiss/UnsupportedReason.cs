using VectorMigration.Faiss.Fields;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss;

/// <summary>Says why the vectors of an index are not read.</summary>
internal static class UnsupportedReason
{
    public static string Of(IndexNode root)
    {
        string what = root.Limitation ?? Because(root);
        return $"its kind is {Class(root)}; {what}.";
    }

    private static string Class(IndexNode root) =>
        root.Kind == root.Info.ShortName ? root.Info.ClassName : $"{root.Info.ClassName} ({root.Kind})";

    private static string Because(IndexNode root)
    {
        string culprit = Culprit(root).Info.ClassName;
        return root.Fidelity == Fidelity.NotRecoverable ? $"the vectors cannot be recovered from {culprit}" : $"the layout of {culprit} is not supported";
    }

    /// <summary>The outermost class that is not a mere id map.</summary>
    private static IndexNode Culprit(IndexNode node) =>
        node.Inner is IndexNode inner && node.Info.Has(KindFacts.IdMap) ? Culprit(inner) : node;
}
