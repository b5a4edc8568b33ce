namespace VectorMigration.Fuzzing;

/// <summary><c>fuzz</c>: damaged index files.</summary>
internal sealed class IndexFuzzProgram(string[] args) : FuzzProgram<Mutation, FuzzCase>(args, string.Empty)
{
    /// <inheritdoc/>
    protected override string Title => "Damaged index files";

    /// <inheritdoc/>
    protected override string Root => Path.Combine("tests", "fixtures", "faiss");

    /// <inheritdoc/>
    protected override long Cases => 20_000;

    /// <inheritdoc/>
    protected override IEnumerable<string> Notes =>
    [
        $"Limits: {Trial.TimeLimit.TotalSeconds:F0} s a file by the clock on the wall (a file that is slower is read up to twice again, and a fault if it "
            + "is slow each time: the table tells first readings and how many were read again); "
            + $"{Trial.MemoryLimit >> 10} KiB beyond twice the length of the file, and the decoded vectors, of which the scan holds "
            + $"{Trial.DecodedLimit >> 20} MiB",
        "Memory: all bytes that the thread allocated in both openings, the reading and the scan, whether freed or not, plus the most that it had on lease "
            + "from array pools at once",
        "described: sound for its kind, whose vectors are not read; rejected: an error with offset, field, expected and found; fault: anything else "
            + "(a crash, another exception, a limit passed)",
    ];

    /// <inheritdoc/>
    protected override string Done(int seeds) =>
        $"files made of {seeds} indexes that FAISS wrote (tests/fixtures), each described, opened, read to the last vector and id, and scanned.";

    /// <inheritdoc/>
    protected override (FuzzRun<Mutation, FuzzCase> Run, int Seeds) Open(string root, FuzzOptions options)
    {
        IReadOnlyList<SeedFile> seeds = SeedFile.LoadAll(root);
        return (new IndexFuzzRun(seeds, options), seeds.Count);
    }
}
