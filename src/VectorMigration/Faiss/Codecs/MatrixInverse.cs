using System.Numerics;
using System.Runtime.InteropServices;

namespace VectorMigration.Faiss.Codecs;

/// <summary>
/// The pseudoinverse of a matrix, transposed: rows × columns like the matrix, so that x = y × it. Where the matrix has fewer rows than
/// columns, the x of least length among those that A takes to y.
/// </summary>
/// <param name="Values">Row-major, of the shape of the matrix.</param>
/// <param name="IsLossless">True if A x gives x back up to rounding.</param>
internal sealed record MatrixInverse(float[] Values, bool IsLossless)
{
    /// <summary>Largest system that is solved: its time grows with the cube, and a file must not decide that it takes minutes.</summary>
    private const int MaximalSystem = 2048;

    /// <summary>A rotation of float32 numbers misses its transpose by about a millionth for each component.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>Smallest pivot of a system of unit diagonal; below it rows are not told apart from each other by float32 numbers.</summary>
    private const double SmallestPivot = 1e-10;

    /// <summary>The inverse of a matrix of <paramref name="rows"/> × <paramref name="columns"/>; null if its rows say too little about x.</summary>
    public static MatrixInverse? Of(float[] matrix, int rows, int columns)
    {
        bool tall = rows > columns;
        int size = Math.Min(rows, columns);
        double[] norms = SquaredNorms(matrix, rows, columns, tall);
        if (!Array.TrueForAll(norms, double.IsFinite))
        {
            return null;
        }

        if (Array.TrueForAll(norms, static norm => Math.Abs(norm - 1) < Tolerance) && IsDiagonal(matrix, rows, columns, norms))
        {
            return new MatrixInverse(matrix, rows >= columns);
        }

        double[]? inverse = IsDiagonal(matrix, rows, columns, norms) ? Scaled(matrix, columns, tall, norms)
            : size <= MaximalSystem && NormalEquations.Solve(matrix, rows, columns, norms, SmallestPivot) is { } solved ? solved
            : null;
        if (inverse is null)
        {
            return null;
        }

        float[] values = Array.ConvertAll(inverse, static value => (float)value);
        return new MatrixInverse(values, rows >= columns && Returns(matrix, values, rows, columns));
    }

    /// <summary>Squared norms of the rows; of the columns if the matrix is tall.</summary>
    private static double[] SquaredNorms(float[] matrix, int rows, int columns, bool tall)
    {
        double[] norms = new double[Math.Min(rows, columns)];
        for (int i = 0; i < matrix.Length; i++)
        {
            norms[tall ? i % columns : i / columns] += (double)matrix[i] * matrix[i];
        }

        return norms;
    }

    /// <summary>
    /// True if rows (columns) are at right angles. Looked at with random signs: whatever two of them share stays in the sums. The cube of
    /// the dimension, which all angles would cost, is saved.
    /// </summary>
    private static bool IsDiagonal(float[] matrix, int rows, int columns, double[] norms)
    {
        bool tall = rows > columns;
        double[] scale = Array.ConvertAll(norms, static norm => norm > 0 ? 1 / Math.Sqrt(norm) : 0);
        var random = new SplitMix64(20261127);
        for (int probe = 0; probe < 4; probe++)
        {
            double[] signs = Array.ConvertAll(norms, _ => random.Next() % 2 == 0 ? 1.0 : -1.0);
            double[] scaled = Products(signs, scale);
            double[] back = tall
                ? TimesTransposed(matrix, rows, columns, Times(matrix, rows, columns, scaled))
                : Times(matrix, rows, columns, TimesTransposed(matrix, rows, columns, scaled));
            for (int i = 0; i < back.Length; i++)
            {
                if (norms[i] > 0 && !(Math.Abs((back[i] * scale[i]) - signs[i]) < Tolerance))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static double[] Scaled(float[] matrix, int columns, bool tall, double[] norms)
    {
        double[] scaled = new double[matrix.Length];
        for (int i = 0; i < scaled.Length; i++)
        {
            double norm = norms[tall ? i % columns : i / columns];
            scaled[i] = norm > 0 ? matrix[i] / norm : 0;
        }

        return scaled;
    }

    /// <summary>True if random vectors come back from float32 numbers.</summary>
    private static bool Returns(float[] matrix, float[] inverse, int rows, int columns)
    {
        var random = new SplitMix64(15);
        for (int probe = 0; probe < 2; probe++)
        {
            double[] vector = new double[columns];
            for (int i = 0; i < columns; i++)
            {
                vector[i] = (random.Next() / (double)ulong.MaxValue) - 0.5;
            }

            double[] image = Array.ConvertAll(Times(matrix, rows, columns, vector), static value => (double)(float)value);
            double[] back = TimesTransposed(inverse, rows, columns, image);
            for (int i = 0; i < columns; i++)
            {
                if (!(Math.Abs(back[i] - vector[i]) < Tolerance))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static double[] Times(float[] matrix, int rows, int columns, double[] vector)
    {
        double[] product = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> values = matrix.AsSpan(row * columns, columns);
            double sum = 0;
            for (int i = 0; i < values.Length; i++)
            {
                sum += values[i] * vector[i];
            }

            product[row] = sum;
        }

        return product;
    }

    private static double[] TimesTransposed(float[] matrix, int rows, int columns, double[] vector)
    {
        double[] product = new double[columns];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> values = matrix.AsSpan(row * columns, columns);
            for (int i = 0; i < values.Length; i++)
            {
                product[i] += values[i] * vector[row];
            }
        }

        return product;
    }

    private static double[] Products(double[] left, double[] right)
    {
        double[] products = new double[left.Length];
        for (int i = 0; i < products.Length; i++)
        {
            products[i] = left[i] * right[i];
        }

        return products;
    }
}

/// <summary>Least squares by Cholesky's factors of the smaller Gram matrix, in double precision, its rows scaled to unit length first.</summary>
internal static class NormalEquations
{
    /// <summary>The transposed pseudoinverse, rows × columns; null if the system is singular.</summary>
    public static double[]? Solve(float[] matrix, int rows, int columns, double[] norms, double smallestPivot)
    {
        if (Array.Exists(norms, static norm => !(norm > 0)))
        {
            return null;
        }

        // Whichever side is shorter becomes the rows.
        bool tall = rows > columns;
        int size = Math.Min(rows, columns);
        int length = Math.Max(rows, columns);
        double[] unit = new double[matrix.Length];
        for (int i = 0; i < matrix.Length; i++)
        {
            (int row, int column) = (i / columns, i % columns);
            int at = tall ? (column * length) + row : i;
            unit[at] = matrix[i] / Math.Sqrt(norms[tall ? column : row]);
        }

        double[]? factor = Factor(unit, size, length, smallestPivot);
        if (factor is null)
        {
            return null;
        }

        Substitute(factor, unit, size, length);
        double[] inverse = new double[matrix.Length];
        for (int i = 0; i < inverse.Length; i++)
        {
            (int row, int column) = (i / columns, i % columns);
            int at = tall ? (column * length) + row : i;
            inverse[i] = unit[at] / Math.Sqrt(norms[tall ? column : row]);
        }

        return inverse;
    }

    /// <summary>The lower factor of rows × rowsᵀ.</summary>
    private static double[]? Factor(double[] rows, int size, int length, double smallestPivot)
    {
        double[] factor = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            Span<double> own = factor.AsSpan(i * size, size);
            for (int j = 0; j <= i; j++)
            {
                ReadOnlySpan<double> other = factor.AsSpan(j * size, j);
                double rest = Dot(rows.AsSpan(i * length, length), rows.AsSpan(j * length, length)) - Dot(own[..j], other);
                if (j < i)
                {
                    own[j] = rest / factor[(j * size) + j];
                    continue;
                }

                if (!(rest > smallestPivot))
                {
                    return null;
                }

                own[i] = Math.Sqrt(rest);
            }
        }

        return factor;
    }

    /// <summary>Solves (factor × factorᵀ) × result = rows, in place.</summary>
    private static void Substitute(double[] factor, double[] rows, int size, int length)
    {
        for (int i = 0; i < size; i++)
        {
            Span<double> row = rows.AsSpan(i * length, length);
            for (int j = 0; j < i; j++)
            {
                Subtract(row, rows.AsSpan(j * length, length), factor[(i * size) + j]);
            }

            Divide(row, factor[(i * size) + i]);
        }

        for (int i = size - 1; i >= 0; i--)
        {
            Span<double> row = rows.AsSpan(i * length, length);
            for (int j = i + 1; j < size; j++)
            {
                Subtract(row, rows.AsSpan(j * length, length), factor[(j * size) + i]);
            }

            Divide(row, factor[(i * size) + i]);
        }
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= left.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            sums += new Vector<double>(left[i..]) * new Vector<double>(right[i..]);
        }

        double sum = Vector.Sum(sums);
        for (; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private static void Subtract(Span<double> row, ReadOnlySpan<double> other, double factor)
    {
        ref double target = ref MemoryMarshal.GetReference(row);
        var factors = new Vector<double>(factor);
        int i = 0;
        for (; i <= row.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> rest = Vector.LoadUnsafe(ref target, (nuint)i) - (new Vector<double>(other[i..]) * factors);
            Vector.StoreUnsafe(rest, ref target, (nuint)i);
        }

        for (; i < row.Length; i++)
        {
            row[i] -= other[i] * factor;
        }
    }

    private static void Divide(Span<double> row, double divisor)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] /= divisor;
        }
    }
}
