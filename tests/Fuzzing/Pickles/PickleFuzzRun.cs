using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.Fuzzing.Pickles;

/// <summary>Reads many damaged pickles.</summary>
internal sealed class PickleFuzzRun(IReadOnlyList<byte[]> seeds, FuzzOptions options) : FuzzRun<PickleMutation, byte[]>(options)
{
    /// <inheritdoc/>
    protected override TimeSpan TimeLimit => PickleTrial.TimeLimit;

    /// <summary>Sound pickles to begin with: those below a folder, and stores of every generation in every protocol.</summary>
    public static IReadOnlyList<byte[]> Seeds(string folder) =>
        [.. Directory.GetFiles(folder, "*.pkl", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes), .. Written()];

    /// <inheritdoc/>
    protected override Func<long, (PickleMutation Mutation, byte[] File)> NewMaker() => new PickleMutator(seeds, Seed).Make;

    /// <inheritdoc/>
    protected override TrialResult Try(byte[] file) => PickleTrial.Run(file);

    /// <inheritdoc/>
    protected override string Tell(PickleMutation mutation, byte[] file) => $"{mutation}";

    /// <inheritdoc/>
    protected override IEnumerable<(string NameEnd, ReadOnlyMemory<byte> Bytes)> Parts(byte[] file) => [(".pkl", file)];

    private static IEnumerable<byte[]> Written()
    {
        for (int protocol = 0; protocol <= 5; protocol++)
        {
            PickleDict metadata = StorePickles.Dict(
                ("source", StorePickles.Call("pathlib.PosixPath", StorePickles.Text("/"), StorePickles.Text("a.txt"))),
                ("tags", StorePickles.List(StorePickles.Text("x"), StorePickles.Number(1))));
            PickleValue docstore = StorePickles.Docstore(
                ("a", StorePickles.PlainDocument("one", metadata)), ("b", StorePickles.Pydantic2Document("b", "two", StorePickles.Dict())));
            yield return PickleWriter.Write(StorePickles.Tuple(docstore, StorePickles.Map("a", "b")), protocol);
            yield return PickleWriter.Write(StorePickles.WholeObject(docstore, StorePickles.Map("a", "b"), "key"), protocol);
            yield return PickleWriter.Write(StorePickles.List(metadata, docstore), protocol);
        }
    }
}
