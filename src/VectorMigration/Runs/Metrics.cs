using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The metrics of FAISS that Qdrant does not have: what they measure, and what comes nearest to them.</summary>
internal static class Metrics
{
    /// <summary>The power of Lp from which on the largest differences decide, as in Euclid.</summary>
    private const float EuclidFrom = 1.5f;

    /// <summary>Why no distance of Qdrant is this one, as the end of a sentence.</summary>
    public static string Reason(FaissMetric metric) => metric switch
    {
        FaissMetric.Linf => "the largest difference of a component",
        FaissMetric.Lp => "a power of the differences that no distance of Qdrant has",
        FaissMetric.Canberra => "each difference is divided by the size of its components",
        FaissMetric.BrayCurtis => "the sum of the differences is divided by the sum of the components",
        FaissMetric.JensenShannon => "a divergence of probability distributions",
        FaissMetric.Jaccard => "the overlap of the vectors, divided by their union",
        FaissMetric.NaNEuclidean => "Euclid over the components that are not NaN, and Qdrant stores no NaN",
        FaissMetric.Gower => "differences of numbers mixed with categories",
        _ => "unknown to this version",
    };

    /// <summary>The distance whose order of neighbours comes nearest.</summary>
    public static Distance Nearest(IndexDescription index) => index.Metric switch
    {
        FaissMetric.Linf or FaissMetric.NaNEuclidean => Distance.Euclid,
        FaissMetric.Lp when index.MetricArgument >= EuclidFrom || float.IsNaN(index.MetricArgument) => Distance.Euclid,
        FaissMetric.Lp or FaissMetric.Canberra or FaissMetric.BrayCurtis or FaissMetric.JensenShannon or FaissMetric.Jaccard or FaissMetric.Gower
            => Distance.Manhattan,
        _ => Distance.Euclid,
    };

    /// <summary>How far the order of neighbours is the same, as the end of a sentence.</summary>
    public static string Likeness(FaissMetric metric) => metric switch
    {
        FaissMetric.Linf => "it also lets large differences decide, but adds up all of them",
        FaissMetric.Lp => "its power is the nearest of those that Qdrant has",
        FaissMetric.Canberra => "it adds up the same differences without dividing them",
        FaissMetric.BrayCurtis or FaissMetric.Jaccard => "it ranks the same if no component is negative and the components of each vector have the same sum",
        FaissMetric.JensenShannon => "it also compares distributions component by component, but ranks differently where probabilities are small",
        FaissMetric.NaNEuclidean => "it ranks the same if no vector has NaN components",
        FaissMetric.Gower => "it ranks the same if all components are numbers from 0 to 1",
        _ => "it is the usual choice",
    };
}
