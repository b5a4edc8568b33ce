namespace VectorMigration.Fuzzing.Stores;

/// <summary>Reads many damaged stores.</summary>
internal sealed class StoreFuzzRun(IReadOnlyList<StoreSeed> seeds, FuzzOptions options) : FuzzRun<StoreMutation, StoreSeed>(options)
{
    /// <inheritdoc/>
    protected override TimeSpan TimeLimit => StoreTrial.TimeLimit;

    /// <inheritdoc/>
    protected override Func<long, (StoreMutation Mutation, StoreSeed File)> NewMaker() => new StoreMutator(seeds, Seed).Make;

    /// <inheritdoc/>
    protected override TrialResult Try(StoreSeed file) => StoreTrial.Run(file);

    /// <inheritdoc/>
    protected override string Tell(StoreMutation mutation, StoreSeed file) => $"{mutation}, {file.Form}";

    /// <inheritdoc/>
    protected override IEnumerable<(string NameEnd, ReadOnlyMemory<byte> Bytes)> Parts(StoreSeed file) =>
        file.Parts.Select(static (bytes, part) => ($"-part{part}.json", (ReadOnlyMemory<byte>)bytes));
}
