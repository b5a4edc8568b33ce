using System.Globalization;

namespace VectorMigration.Verification;

/// <summary>Picks rows at random without replacement, and says what a sample tells of the whole.</summary>
internal static class SampleChoice
{
    /// <summary>Confidence of the bound.</summary>
    public const double Confidence = 0.95;

    /// <summary>Most rows that can be picked: their ordinals are kept in memory.</summary>
    public const int Most = 10_000_000;

    /// <summary>A seed that nobody chose.</summary>
    public static int NewSeed() => Random.Shared.Next();

    /// <summary>Ascending ordinals of <paramref name="size"/> rows of a range, or of all where there are no more; <paramref name="without"/> are passed
    /// over.</summary>
    public static long[] Pick(long offset, long count, IReadOnlySet<long> without, long size, int seed)
    {
        long population = count - without.Count;
        int wanted = (int)Math.Min(Math.Min(size, Most), population);
        Random random = new(seed);
        HashSet<long> picked = new(wanted);
        if (wanted * 2L > population)
        {
            // If most rows are picked, choose those to leave out, instead of drawing until the last one comes.
            long[] all = [.. Range(offset, count).Where(ordinal => !without.Contains(ordinal))];
            random.Shuffle(all);
            long[] some = all[..wanted];
            Array.Sort(some);
            return some;
        }

        while (picked.Count < wanted)
        {
            long ordinal = offset + random.NextInt64(count);
            if (!without.Contains(ordinal))
            {
                picked.Add(ordinal);
            }
        }

        long[] ordinals = [.. picked];
        Array.Sort(ordinals);
        return ordinals;
    }

    /// <summary>What <paramref name="bad"/> faults among <paramref name="size"/> rows mean for all of them.</summary>
    public static SampleResult Judge(long population, long size, long bad, int seed)
    {
        long most = size >= population ? bad : MostBad(population, size, bad);
        string statement = size >= population
            ? string.Create(CultureInfo.InvariantCulture, $"All {population:N0} points were compared; missing or different: {bad:N0}.")
            : string.Create(CultureInfo.InvariantCulture, $"With 95 % confidence, fewer than {Percent(most + 1, population)} of all {population:N0} "
                + $"points (at most {most:N0}) are missing or different. {size:N0} were compared, chosen at random "
                + $"(seed {seed}); missing or different: {bad:N0}.");
        return new SampleResult { Size = size, Population = population, Seed = seed, Confidence = Confidence, AtMost = most, Statement = statement };
    }

    /// <summary>
    /// The greatest number of bad points among <paramref name="population"/> with which a sample of <paramref name="size"/> without replacement would still
    /// show as few as <paramref name="bad"/> in more than 5 of 100 cases.
    /// </summary>
    public static long MostBad(long population, long size, long bad)
    {
        long low = bad;
        long high = population - (size - bad);
        while (low < high)
        {
            long middle = low + ((high - low + 1) / 2);
            if (AtMostProbability(population, size, middle, bad) > 1 - Confidence)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    /// <summary>Hypergeometric: the probability that a sample holds at most <paramref name="most"/> of <paramref name="marked"/> marked points.</summary>
    private static double AtMostProbability(long population, long size, long marked, long most)
    {
        long least = Math.Max(0, size - (population - marked));
        double log = least == 0
            ? LogNone(population, size, marked)
            : LogChoose(marked, least) + LogChoose(population - marked, size - least) - LogChoose(population, size);
        double sum = 0;
        for (long k = least; k <= Math.Min(most, Math.Min(size, marked)); k++)
        {
            sum += Math.Exp(log);
            log += Math.Log((double)(marked - k) * (size - k) / ((double)(k + 1) * (population - marked - size + k + 1)));
        }

        return sum;
    }

    /// <summary>ln of the probability that none is marked, multiplied out over whichever is fewer: differences of factorials lose too many digits.</summary>
    private static double LogNone(long population, long size, long marked)
    {
        (long fewer, long more) = size < marked ? (size, marked) : (marked, size);
        double sum = 0;
        for (long i = 0; i < fewer; i++)
        {
            sum += Math.Log((double)(population - more - i) / (population - i));
        }

        return sum;
    }

    private static double LogChoose(long n, long k) => LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    /// <summary>ln n!, by the sum for small numbers and Stirling's series for the others (error below 1e-12 of the result from 256 on).</summary>
    private static double LogFactorial(long n)
    {
        if (n < 256)
        {
            double sum = 0;
            for (long i = 2; i <= n; i++)
            {
                sum += Math.Log(i);
            }

            return sum;
        }

        double x = n;
        return (x * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI * x)) + (1 / (12 * x)) - (1 / (360 * x * x * x));
    }

    /// <summary>A share in per cent with two digits that count, rounded up.</summary>
    private static string Percent(long part, long whole)
    {
        double percent = 100.0 * Math.Min(part, whole) / whole;
        double unit = Math.Pow(10, Math.Floor(Math.Log10(percent)) - 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)Math.Ceiling(percent / unit) * (decimal)unit:0.############} %");
    }

    private static IEnumerable<long> Range(long offset, long count)
    {
        for (long ordinal = offset; ordinal < offset + count; ordinal++)
        {
            yield return ordinal;
        }
    }
}
