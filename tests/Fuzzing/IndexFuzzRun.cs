namespace VectorMigration.Fuzzing;

/// <summary>Reads many damaged index files.</summary>
internal sealed class IndexFuzzRun(IReadOnlyList<SeedFile> seeds, FuzzOptions options) : FuzzRun<Mutation, FuzzCase>(options)
{
    /// <inheritdoc/>
    protected override TimeSpan TimeLimit => Trial.TimeLimit;

    /// <inheritdoc/>
    protected override IDisposable NewMeter() => new PoolMeter();

    /// <inheritdoc/>
    protected override Func<long, (Mutation Mutation, FuzzCase File)> NewMaker()
    {
        Mutator mutator = new(seeds, Seed);
        return number => mutator.Make(number) is var file ? (file.Mutation, file) : default;
    }

    /// <inheritdoc/>
    protected override TrialResult Try(FuzzCase file) => Trial.Run(file);

    /// <inheritdoc/>
    protected override string Tell(Mutation mutation, FuzzCase file) => file.Told;

    /// <inheritdoc/>
    protected override IEnumerable<(string NameEnd, ReadOnlyMemory<byte> Bytes)> Parts(FuzzCase file) => [(".faiss", file.Bytes)];
}
