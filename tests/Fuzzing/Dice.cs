namespace VectorMigration.Fuzzing;

/// <summary>Random numbers that are the same on every machine and for every order of the cases: SplitMix64 (Steele, Lea and Flood, 2014).</summary>
internal struct Dice
{
    private ulong state;

    /// <summary>The numbers of one case of one seed.</summary>
    public Dice(ulong seed, long number) => state = Mix(Mix(seed) + ((ulong)number * 0x9E3779B97F4A7C15UL));

    /// <summary>Any 64 bits.</summary>
    public ulong Bits() => Mix(state += 0x9E3779B97F4A7C15UL);

    /// <summary>0 to <paramref name="below"/> − 1; 0 where nothing is below.</summary>
    public int Next(int below) => below <= 1 ? 0 : (int)(Bits() % (uint)below);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    /// <summary>One of several.</summary>
    public T Of<T>(IReadOnlyList<T> several) => several[Next(several.Count)];

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
