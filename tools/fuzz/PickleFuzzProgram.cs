using VectorMigration.Fuzzing.Pickles;

namespace VectorMigration.Fuzzing;

/// <summary><c>fuzz pickles</c>: damaged pickles.</summary>
internal sealed class PickleFuzzProgram(string[] args) : FuzzProgram<PickleMutation, byte[]>(args, "pickles")
{
    /// <inheritdoc/>
    protected override string Title => "Damaged pickles";

    /// <inheritdoc/>
    protected override string Root => Path.Combine("tests", "fixtures", "stores");

    /// <inheritdoc/>
    protected override IEnumerable<string> Notes =>
    [
        $"Limits: {PickleTrial.TimeLimit.TotalSeconds:F0} s a file by the clock on the wall (a file that is slower is read up to twice again); "
            + $"{PickleTrial.AlwaysMemory >> 10} KiB and {PickleTrial.MemoryFactor} bytes for each byte of the file, and four for each byte of JSON",
        "Memory: all bytes that the thread allocated, whether freed or not, in recognising, reading twice and rendering",
        "read: a store; described: another value; rejected: one error of ours; fault: anything else (a crash, another exception, a limit passed)",
    ];

    /// <inheritdoc/>
    protected override string Done(int seeds) =>
        $"files made of {seeds} pickles, each recognised, read, made a store of where it is one, and rendered as JSON.";

    /// <inheritdoc/>
    protected override (FuzzRun<PickleMutation, byte[]> Run, int Seeds) Open(string root, FuzzOptions options)
    {
        IReadOnlyList<byte[]> seeds = PickleFuzzRun.Seeds(root);
        return (new PickleFuzzRun(seeds, options), seeds.Count);
    }
}
