using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Jobs;

/// <summary>
/// A random sample of all vectors of a job. How many of each part belong to it is left to chance too: only then does the sample say of the whole what a
/// sample of one index says of that one.
/// </summary>
internal sealed class JobSample
{
    private readonly Dictionary<int, long> sizes;

    private JobSample(int seed, Dictionary<int, long> sizes)
    {
        Seed = seed;
        this.sizes = sizes;
    }

    /// <summary>Seed of the choice.</summary>
    public int Seed { get; }

    /// <summary>Chooses.</summary>
    /// <param name="plan">The parts.</param>
    /// <param name="size">Vectors of the sample.</param>
    /// <param name="seed">Seed; null for a new one.</param>
    public static JobSample Of(JobPlan plan, long size, int? seed)
    {
        int chosen = seed ?? SampleChoice.NewSeed();
        PlannedPart[] parts = [.. plan.Readable];
        long[] picked = SampleChoice.Pick(0, parts.Sum(static part => part.Count - part.Duplicates), new HashSet<long>(), size, chosen);
        Dictionary<int, long> sizes = [];
        long end = 0;
        int at = 0;
        foreach (PlannedPart part in parts)
        {
            int begin = at;
            end += part.Count - part.Duplicates;
            while (at < picked.Length && picked[at] < end)
            {
                at++;
            }

            sizes[part.Number] = at - begin;
        }

        return new JobSample(chosen, sizes);
    }

    /// <summary>Vectors of a part.</summary>
    public long SizeOf(PlannedPart part) => sizes[part.Number];

    /// <summary>Seed for a part, another one for each: parts of one length would be sampled at the same places otherwise.</summary>
    public int SeedOf(PlannedPart part) => (int)(RowNumbers.Hash(Seed, part.Number) & int.MaxValue);
}
