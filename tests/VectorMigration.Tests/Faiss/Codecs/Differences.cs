namespace VectorMigration.Tests.Faiss.Codecs;

/// <summary>Greatest differences, in double precision.</summary>
internal static class Differences
{
    public static double Greatest(ReadOnlySpan<float> vectors, ReadOnlySpan<float> truth)
    {
        vectors.Length.ShouldBe(truth.Length);
        double greatest = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            greatest = Math.Max(greatest, Math.Abs((double)vectors[i] - truth[i]));
        }

        return greatest;
    }

    public static double Greatest(ReadOnlySpan<float> vectors)
    {
        double greatest = 0;
        foreach (float component in vectors)
        {
            greatest = Math.Max(greatest, Math.Abs((double)component));
        }

        return greatest;
    }

    /// <summary>Random numbers between −1 and 1.</summary>
    public static float[] Numbers(Random random, int count)
    {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = (random.NextSingle() * 2) - 1;
        }

        return numbers;
    }
}
