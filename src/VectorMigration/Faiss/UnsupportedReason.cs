using VectorMigration.Vectors;

namespace VectorMigration.Faiss;

/// <summary>Says why the vectors of an index are not read.</summary>
internal static class UnsupportedReason
{
    private const string Readable = "Read are IndexFlat, IndexIVFFlat and IndexHNSWFlat, and IndexIDMap or IndexIDMap2 over these.";

    public static string Of(IndexNode root)
    {
        string what = root.Limitation ?? Because(root);
        return $"its kind is {Class(root)}; {what}. {Readable}";
    }

    private static string Class(IndexNode root) =>
        root.Kind == root.Info.ShortName ? root.Info.ClassName : $"{root.Info.ClassName} ({root.Kind})";

    private static string Because(IndexNode root)
    {
        string culprit = Culprit(root).Info.ClassName;
        if (root.Info.IsBinary)
        {
            return $"{culprit} holds bit vectors, which are not read yet";
        }

        return root.Fidelity switch
        {
            Fidelity.NotRecoverable => $"the vectors cannot be got back from {culprit}",
            Fidelity.Approximate => $"{culprit} does not keep the vectors as they were, and what it keeps is not decoded yet",
            _ => $"the layout of {culprit} is not read yet",
        };
    }

    /// <summary>The outermost class that is not a mere id map.</summary>
    private static IndexNode Culprit(IndexNode node) =>
        node is { Info.ClassName: "IndexIDMap" or "IndexIDMap2", Inner: IndexNode inner } ? Culprit(inner) : node;
}
