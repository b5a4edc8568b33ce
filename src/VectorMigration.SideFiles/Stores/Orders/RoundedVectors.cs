namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>
/// Finds the row for each vector of an index where rows hold these vectors rounded or normalised. Each vector has three numbers, its products with fixed
/// directions: only vectors with nearly the same numbers are compared.
/// </summary>
internal static class RoundedVectors
{
    /// <summary>Of more vectors, too many would be compared.</summary>
    private const int MostRows = 100_000;

    private const int Directions = 3;

    private const int BlockSize = 256;

    /// <summary>The row for each position; null where a vector has no row that is the same, or where several have.</summary>
    public static int[]? Match(IVectorSource source, IVectorFields fields, string field, CancellationToken cancellationToken)
    {
        long count = source.Description.Count;
        if (count > MostRows)
        {
            return null;
        }

        float[][] directions = DirectionsOf(source.Description.Dimension);
        (double[] first, int[] ordinals, float[][] numbers, long[] places) = Read(source, directions, cancellationToken);
        int[] order = new int[count];
        Array.Fill(order, -1);
        float[] own = new float[source.Description.Dimension];
        float[] ownNumbers = new float[Directions];
        for (int row = 0; row < count; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!fields.TryReadVector(field, row, own, cancellationToken) || !TryMeasure(own, directions, ownNumbers))
            {
                return null;
            }

            int? only = null;
            int at = Array.BinarySearch(first, ownNumbers[0] - Likeness.Slack);
            for (at = at < 0 ? ~at : at; at < first.Length && first[at] <= ownNumbers[0] + Likeness.Slack; at++)
            {
                if (AreNear(numbers[ordinals[at]], ownNumbers) && IsSame(source, ordinals[at], own, cancellationToken))
                {
                    if (only is not null)
                    {
                        return null;
                    }

                    only = ordinals[at];
                }
            }

            if (only is not int ordinal || (ulong)places[ordinal] >= (ulong)count || order[places[ordinal]] >= 0)
            {
                return null;
            }

            order[places[ordinal]] = row;
        }

        return order;
    }

    /// <summary>Directions of length 1 that are the same in every run.</summary>
    private static float[][] DirectionsOf(int dimension)
    {
        float[][] directions = new float[Directions][];
        for (int i = 0; i < Directions; i++)
        {
            float[] direction = new float[dimension];
            for (int at = 0; at < dimension; at++)
            {
                direction[at] = (float)((RowNumbers.Hash(i, at) / (double)ulong.MaxValue) - 0.5);
            }

            double length = Math.Sqrt(Likeness.Dot(direction, direction));
            directions[i] = [.. direction.Select(component => (float)(component / length))];
        }

        return directions;
    }

    private static (double[] First, int[] Ordinals, float[][] Numbers, long[] Places) Read(
        IVectorSource source, float[][] directions, CancellationToken cancellationToken)
    {
        int count = (int)source.Description.Count;
        double[] first = new double[count];
        float[][] numbers = new float[count][];
        long[] places = new long[count];
        for (int ordinal = 0; ordinal < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using VectorBatch block = source.Read(ordinal, BlockSize, cancellationToken);
            source.ReadRows(ordinal, places.AsSpan(ordinal, block.Count), cancellationToken);
            for (int i = 0; i < block.Count; i++)
            {
                float[] measured = new float[Directions];
                TryMeasure(block.Vector(i), directions, measured);
                numbers[ordinal + i] = measured;
                first[ordinal + i] = measured[0];
            }

            ordinal += block.Count;
        }

        int[] ordinals = [.. Enumerable.Range(0, count)];
        Array.Sort(first, ordinals);
        return (first, ordinals, numbers, places);
    }

    /// <summary>The products of a vector with the directions, in its own lengths; false where it has no length.</summary>
    private static bool TryMeasure(ReadOnlySpan<float> vector, float[][] directions, float[] numbers)
    {
        double length = Math.Sqrt(Likeness.Dot(vector, vector));
        if (!(length > 0) || !double.IsFinite(length))
        {
            return false;
        }

        for (int i = 0; i < Directions; i++)
        {
            numbers[i] = (float)(Likeness.Dot(vector, directions[i]) / length);
        }

        return true;
    }

    private static bool AreNear(float[] left, float[] right) =>
        Math.Abs(left[1] - right[1]) <= Likeness.Slack && Math.Abs(left[2] - right[2]) <= Likeness.Slack;

    private static bool IsSame(IVectorSource source, long ordinal, float[] own, CancellationToken cancellationToken)
    {
        using VectorBatch vector = source.Read(ordinal, 1, cancellationToken);
        return Likeness.AreSame(vector.Vector(0), own);
    }
}
