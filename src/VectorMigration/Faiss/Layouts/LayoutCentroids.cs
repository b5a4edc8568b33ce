using VectorMigration.Faiss.Codecs;

namespace VectorMigration.Faiss.Layouts;

/// <summary>Centroids that an index decodes: its position is the number of the list.</summary>
/// <param name="layout">The vectors of the coarse quantizer.</param>
internal sealed class LayoutCentroids(VectorLayout layout) : Centroids
{
    public override long Count => layout.Count;

    public override int Dimension => layout.Dimension;

    public override void Read(long list, Span<float> centroid)
    {
        Span<long> id = stackalloc long[1];
        layout.Read(list, id, centroid, CancellationToken.None);
    }
}

/// <summary>Centroids that codes of a file ask for by number: one that does not exist is an error of that file.</summary>
/// <param name="inner">The centroids.</param>
/// <param name="outOfRange">The error about a list that is none.</param>
internal sealed class CheckedCentroids(Centroids inner, Func<long, Exception> outOfRange) : Centroids
{
    public override long Count => inner.Count;

    public override int Dimension => inner.Dimension;

    public override void Read(long list, Span<float> centroid)
    {
        if ((ulong)list >= (ulong)inner.Count)
        {
            throw outOfRange(list);
        }

        inner.Read(list, centroid);
    }
}
