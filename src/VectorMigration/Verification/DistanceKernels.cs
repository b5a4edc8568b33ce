using System.Numerics;
using System.Runtime.CompilerServices;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>
/// Distances for brute force: smaller is nearer for all of them. Euclid is left squared and Dot is negated, which ranks the same. Four sums side by
/// side keep the adders busy and the rounding small. Optimised at once: the first call of a process is often the only one.
/// </summary>
internal static class DistanceKernels
{
    /// <summary>Squared Euclidean distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SquaredEuclid(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= a.Length - (4 * width); i += 4 * width)
        {
            Vector<float> d0 = new Vector<float>(a[i..]) - new Vector<float>(b[i..]);
            Vector<float> d1 = new Vector<float>(a[(i + width)..]) - new Vector<float>(b[(i + width)..]);
            Vector<float> d2 = new Vector<float>(a[(i + (2 * width))..]) - new Vector<float>(b[(i + (2 * width))..]);
            Vector<float> d3 = new Vector<float>(a[(i + (3 * width))..]) - new Vector<float>(b[(i + (3 * width))..]);
            s0 += d0 * d0;
            s1 += d1 * d1;
            s2 += d2 * d2;
            s3 += d3 * d3;
        }

        float sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < a.Length; i++)
        {
            float difference = a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>Sum of absolute differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Manhattan(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= a.Length - (4 * width); i += 4 * width)
        {
            s0 += Vector.Abs(new Vector<float>(a[i..]) - new Vector<float>(b[i..]));
            s1 += Vector.Abs(new Vector<float>(a[(i + width)..]) - new Vector<float>(b[(i + width)..]));
            s2 += Vector.Abs(new Vector<float>(a[(i + (2 * width))..]) - new Vector<float>(b[(i + (2 * width))..]));
            s3 += Vector.Abs(new Vector<float>(a[(i + (3 * width))..]) - new Vector<float>(b[(i + (3 * width))..]));
        }

        float sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < a.Length; i++)
        {
            sum += MathF.Abs(a[i] - b[i]);
        }

        return sum;
    }

    /// <summary>Inner product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= a.Length - (4 * width); i += 4 * width)
        {
            s0 += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
            s1 += new Vector<float>(a[(i + width)..]) * new Vector<float>(b[(i + width)..]);
            s2 += new Vector<float>(a[(i + (2 * width))..]) * new Vector<float>(b[(i + (2 * width))..]);
            s3 += new Vector<float>(a[(i + (3 * width))..]) * new Vector<float>(b[(i + (3 * width))..]);
        }

        float sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}

/// <summary>One of the distances between a query and vectors of an index, as Qdrant ranks by it; smaller is nearer.</summary>
internal sealed class QueryDistance
{
    // Both sides sum float32 in different orders: differences of this size are rounding, not rank.
    private const double RelativeSlack = 1e-5;
    private const double AngularSlack = 2e-6;

    private readonly Distance distance;
    private readonly double scale;
    private readonly double norm;

    public QueryDistance(Distance distance, float[] query)
    {
        this.distance = distance;
        Query = query;
        norm = Norms.Of(query);
        scale = distance == Distance.Cosine ? VectorComparison.NormalisingScale(norm * norm) : 1;
    }

    public float[] Query { get; }

    /// <summary>The distance of a vector whose <see cref="ScaleOf"/> is known.</summary>
    public float To(ReadOnlySpan<float> vector, double vectorScale) => distance switch
    {
        Distance.Euclid => DistanceKernels.SquaredEuclid(Query, vector),
        Distance.Manhattan => DistanceKernels.Manhattan(Query, vector),
        Distance.Cosine => (float)(-DistanceKernels.Dot(Query, vector) * scale * vectorScale),
        _ => -DistanceKernels.Dot(Query, vector),
    };

    /// <summary>What Qdrant multiplies a vector with before it stores it: 1 unless the distance is Cosine.</summary>
    public static double ScaleOf(Distance distance, ReadOnlySpan<float> vector)
    {
        if (distance != Distance.Cosine)
        {
            return 1;
        }

        double norm = Norms.Of(vector);
        return VectorComparison.NormalisingScale(norm * norm);
    }

    /// <summary>How far a vector at <paramref name="distanceFound"/> may lie beyond another and still be as near, for all that float32 can tell.</summary>
    public double Slack(float distanceFound, ReadOnlySpan<float> vector, double vectorScale) => distance is Distance.Euclid or Distance.Manhattan
        ? RelativeSlack * distanceFound
        : AngularSlack * norm * scale * Norms.Of(vector) * vectorScale;
}

/// <summary>The K smallest distances seen, ascending. <see cref="Offer"/> is thread-safe, and free of locks for what is too far anyway.</summary>
internal sealed class NearestDistances(int k)
{
    private readonly Lock gate = new();
    private readonly float[] nearest = new float[k];
    private int count;
    private volatile float worst = float.PositiveInfinity;

    public int Count => count;

    /// <summary>The distance of neighbour number <paramref name="place"/>, from 0.</summary>
    public float this[int place] => nearest[place];

    /// <summary>Whether a distance is among the K nearest so far.</summary>
    public bool Wants(float distance) => distance < worst;

    public void Offer(float distance)
    {
        lock (gate)
        {
            if (count == k && !(distance < nearest[k - 1]))
            {
                return;
            }

            int place = count < k ? count++ : k - 1;
            for (; place > 0 && nearest[place - 1] > distance; place--)
            {
                nearest[place] = nearest[place - 1];
            }

            nearest[place] = distance;
            worst = count == k ? nearest[k - 1] : float.PositiveInfinity;
        }
    }
}

/// <summary>
/// The K answers that are nearest by the codes of an index, each with its true distance. <see cref="Offer"/> is thread-safe, and free of locks for what is
/// too far anyway.
/// </summary>
internal sealed class NearestByCodes(int k)
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<(float Distance, double Slack), (float Nearness, long Ordinal)> nearest = new(k + 1);
    private volatile float worst = float.PositiveInfinity;

    /// <summary>Whether an answer is among the K nearest so far.</summary>
    public bool Wants(float coded) => coded <= worst;

    /// <summary>Takes an answer; of equally near ones those of the lowest ordinals stay, whatever the order in which they come.</summary>
    /// <param name="ordinal">Its place in the index.</param>
    /// <param name="coded">Its distance by the codes.</param>
    /// <param name="distance">Its true distance.</param>
    /// <param name="slack">What of the true distance is rounding.</param>
    public void Offer(long ordinal, float coded, float distance, double slack)
    {
        lock (gate)
        {
            nearest.Enqueue((distance, slack), (-coded, -ordinal));
            if (nearest.Count > k)
            {
                nearest.Dequeue();
            }

            if (nearest.Count == k && nearest.TryPeek(out _, out (float Nearness, long Ordinal) farthest))
            {
                worst = -farthest.Nearness;
            }
        }
    }

    /// <summary>Answers that are no farther than a true distance.</summary>
    public int Within(float limit)
    {
        lock (gate)
        {
            return nearest.UnorderedItems.Count(item => item.Element.Distance <= limit + item.Element.Slack);
        }
    }
}
