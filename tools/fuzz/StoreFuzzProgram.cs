using VectorMigration.Fuzzing.Stores;

namespace VectorMigration.Fuzzing;

/// <summary><c>fuzz stores</c>: damaged stores.</summary>
internal sealed class StoreFuzzProgram(string[] args) : FuzzProgram<StoreMutation, StoreSeed>(args, "stores")
{
    /// <inheritdoc/>
    protected override string Title => "Damaged stores in JSON";

    /// <inheritdoc/>
    protected override string Root => Path.Combine("tests", "fixtures", "stores", "json");

    /// <inheritdoc/>
    protected override IEnumerable<string> Notes =>
    [
        $"Limits: {StoreTrial.TimeLimit.TotalSeconds:F0} s a store by the clock on the wall (a slower one is read up to twice again); "
            + $"{StoreTrial.AlwaysMemory >> 20} MiB and {StoreTrial.MemoryFactor} bytes for each byte of its files",
        "Memory: all bytes that the thread allocated, whether freed or not",
        "read: every payload; rejected: one error of ours that names its file; fault: anything else (a crash, another exception, a limit passed)",
    ];

    /// <inheritdoc/>
    protected override string Done(int seeds) => $"stores made of {seeds}, each recognised, opened, described, checked and read.";

    /// <inheritdoc/>
    protected override (FuzzRun<StoreMutation, StoreSeed> Run, int Seeds) Open(string root, FuzzOptions options)
    {
        IReadOnlyList<StoreSeed> seeds = StoreSeed.All(root);
        return (new StoreFuzzRun(seeds, options), seeds.Count);
    }
}
