namespace VectorMigration.Tests.Faiss.Codecs;

/// <summary>The product against sums in double precision, on every width of vector, at every edge of the blocks.</summary>
public sealed class MatrixProductTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(0)]
    public void Products_are_right_to_the_rounding_of_float32(int lanes)
    {
        int[] rowCounts = [0, 1, 5, 6, 7, 47, 48, 49, 101];
        int[] depths = [1, 3, 255, 256, 257, 513];
        int[] widths = [1, 7, 8, 16, 17, 31, 33, 65];
        var random = new Random(lanes);
        foreach (int depth in depths)
        {
            foreach (int width in widths)
            {
                float[] matrix = Differences.Numbers(random, depth * width);
                float[] bias = width % 2 == 0 ? [] : Differences.Numbers(random, depth);
                var product = new MatrixProduct(matrix, depth, width, lanes);
                foreach (int rows in rowCounts)
                {
                    float[] left = Differences.Numbers(random, rows * depth);
                    float[] found = new float[rows * width];
                    product.Multiply(left, bias, found);
                    float[] truth = Truth(left, bias, matrix, depth, width);

                    // Sums of this many terms are about this large; a single one may be near 0, and its error is not.
                    double size = Math.Max(Math.Sqrt(depth), Differences.Greatest(truth));
                    Differences.Greatest(found, truth).ShouldBeLessThanOrEqualTo(2e-6 * size, $"{rows} {depth} {width}");
                }
            }
        }
    }

    [Fact]
    public void Nothing_times_nothing_is_nothing()
    {
        new MatrixProduct([], 0, 3).Multiply([], [], new float[6]);
        new MatrixProduct([], 3, 0).Multiply([], [], []);
        Should.Throw<ArgumentException>(() => new MatrixProduct(new float[5], 2, 3));
    }

    private static float[] Truth(float[] left, float[] bias, float[] matrix, int depth, int width)
    {
        float[] truth = new float[left.Length / depth * width];
        for (int i = 0; i < truth.Length; i++)
        {
            double sum = 0;
            for (int k = 0; k < depth; k++)
            {
                sum += (left[(i / width * depth) + k] - (bias.Length == 0 ? 0f : bias[k])) * (double)matrix[(k * width) + (i % width)];
            }

            truth[i] = (float)sum;
        }

        return truth;
    }
}
