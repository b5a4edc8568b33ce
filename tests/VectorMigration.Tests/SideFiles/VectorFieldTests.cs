using System.Globalization;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;
using static VectorMigration.Fuzzing.Pickles.StorePickles;

namespace VectorMigration.Tests.SideFiles;

/// <summary>Payloads that hold the vectors of their index are compared with it: what is joined to another vector than its own is refused.</summary>
public sealed class VectorFieldTests : IDisposable
{
    private const int Count = 7;
    private const int Dimension = 3;

    private static readonly int[] InOrder = [.. Enumerable.Range(0, Count)];
    private static readonly int[] Shuffled = [3, 1, 0, 2, 4, 6, 5];

    private readonly string folder = Directory.CreateTempSubdirectory("vm-vectors-").FullName;
    private readonly MemoryStore store = new();

    public VectorFieldTests() =>
        File.WriteAllBytes(At("index.faiss"), IndexBytes.Flat(Dimension, [.. InOrder.SelectMany(static row => VectorOf(row))]).ToArray());

    public static TheoryData<string> Forms => ["rows.jsonl", "list.json", "nested.json", "rows.csv", "rows.pkl", "rows.csv.numpy",
        "columns.pkl", "columns.pkl.numpy"];

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Rows_with_the_vectors_of_the_index_in_another_order_are_refused(string form)
    {
        string path = Put(form, Shuffled);
        foreach (bool isFound in (bool[])[true, false])
        {
            MigrationError refused = (await Run(path, new PayloadRules { IsFound = isFound })).Error.ShouldNotBeNull();
            refused.ErrorId.ShouldBe("PayloadVectorsDiffer");
            refused.Message.ShouldContain(path);
            refused.Message.ShouldContain("1 holds another vector than position 0");
            refused.Message.ShouldContain("component 1 is 8.5, expected -0.5");
            refused.Message.ShouldContain("5 ");
            refused.Message.ShouldContain("of 7 compared differ");
            refused.Message.ShouldContain("all vectors of the index, in another order");
            refused.RecommendedAction!.ShouldContain("-PayloadKey");
            store.Collections.ShouldBeEmpty();
        }

        (await Run(path, new PayloadRules { ByRow = true })).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Rows_with_the_vectors_of_the_index_in_its_order_are_joined(string form)
    {
        MigrationResult result = await Run(Put(form, InOrder), new PayloadRules { IsFound = true });
        (result.Error?.Message, result.Status).ShouldBe((null, MigrationStatus.Completed));
    }

    [Fact]
    public async Task Vectors_of_another_model_are_refused_unless_their_field_is_left_out()
    {
        string path = Put("rows.jsonl", [10, 11, 12, 13, 14, 15, 16]);
        MigrationError refused = (await Run(path, default)).Error.ShouldNotBeNull();
        refused.ErrorId.ShouldBe("PayloadVectorsDiffer");
        refused.Message.ShouldContain("it is unknown which line belongs to which vector");
        refused.RecommendedAction!.ShouldContain("-ExcludePayloadField embedding");

        PayloadRules without = new() { Mapping = PayloadMapping.Of(null, ["embedding"], null, flattens: false, null) };
        (await Run(path, without)).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Fact]
    public async Task Other_vectors_in_a_second_field_say_nothing_where_a_first_agrees()
    {
        File.WriteAllText(At("two.jsonl"), string.Concat(InOrder.Select(static row =>
            $"{{\"title_embedding\":{Json(VectorOf(Count - row))},\"embedding\":{Json(VectorOf(row))}}}\n")));
        (await Run(At("two.jsonl"), default)).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Theory]
    [InlineData("rows.jsonl")]
    [InlineData("list.json")]
    public async Task A_key_is_held_against_the_vectors_too(string form)
    {
        string path = Put(form, Shuffled);
        PayloadRules keyed = new() { Key = "id" };
        (await Run(path, keyed)).Status.ShouldBe(MigrationStatus.Completed);

        MigrationError refused = (await Run(path, new PayloadRules { Key = "rank" })).Error.ShouldNotBeNull();
        refused.ErrorId.ShouldBe("PayloadVectorsDiffer");
        refused.Message.ShouldContain("(id 0)");
        refused.RecommendedAction!.ShouldContain("Check that -PayloadKey names the field that holds the FAISS id");
    }

    [Theory]
    [InlineData("rows.jsonl")]
    [InlineData("list.json")]
    public async Task A_key_is_held_against_vectors_that_are_left_out_too(string form)
    {
        PayloadMapping without = PayloadMapping.Of(null, ["embedding"], null, flattens: false, null)!;
        string path = Put(form, Shuffled);
        (await Run(path, new PayloadRules { Key = "id", Mapping = without })).Status.ShouldBe(MigrationStatus.Completed);

        MigrationError refused = (await Run(path, new PayloadRules { Key = "rank", Mapping = without })).Error.ShouldNotBeNull();
        refused.ErrorId.ShouldBe("PayloadVectorsDiffer");
        refused.Message.ShouldContain("all vectors of the index, in another order");
        refused.RecommendedAction!.ShouldNotContain("-ExcludePayloadField");
    }

    [Fact]
    public async Task Normalised_and_rounded_vectors_are_the_same()
    {
        File.WriteAllText(At("unit.jsonl"), string.Concat(InOrder.Select(static row =>
        {
            float[] vector = VectorOf(row);
            double length = Math.Sqrt(vector.Sum(static component => (double)component * component));
            return $"{{\"embedding\":{Json([.. vector.Select(component => (float)(Half)(component / length))])}}}\n";
        })));
        (await Run(At("unit.jsonl"), default)).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Fact]
    public async Task Short_lists_of_numbers_are_no_vectors()
    {
        File.WriteAllText(At("boxes.jsonl"), string.Concat(InOrder.Select(static row => $"{{\"box\":[{row + 0.5},{row + 1.5},{row}]}}\n")));
        (await Run(At("boxes.jsonl"), default)).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Theory]
    [InlineData("parquet_plain", "rows.parquet")]
    [InlineData("arrow_file", "rows.arrow")]
    [InlineData("hf_dataset", "state.json")]
    public async Task The_column_of_vectors_of_a_table_is_compared(string name, string file)
    {
        string table = Path.Combine(Fixture.Root, "stores", "tables", name);
        using IVectorSource own = FaissIndex.Open(Path.Combine(table, "index.faiss"));
        long count = own.Description.Count;
        float[] components = new float[count * 2];
        using (VectorBatch all = own.Read(0, (int)count, default))
        {
            all.Components.CopyTo(components);
        }

        string path = Path.Combine(table, file);
        (await Run(path, new PayloadRules { VectorDimension = 2 }, own)).Error?.Message.ShouldBeNull();

        (components[0], components[2]) = (components[2], components[0]);
        (components[1], components[3]) = (components[3], components[1]);
        File.WriteAllBytes(At("other.faiss"), IndexBytes.Flat(2, components).ToArray());
        using IVectorSource other = FaissIndex.Open(At("other.faiss"));
        MigrationError refused = (await Run(path, new PayloadRules { VectorDimension = 2 }, other)).Error.ShouldNotBeNull();
        refused.ErrorId.ShouldBe("PayloadVectorsDiffer");
        refused.Message.ShouldContain("the field 'embeddings' of row 1 holds another vector than position 0");
        refused.Message.ShouldContain($"2 rows of {count} compared differ");
    }

    [Fact]
    public void Of_many_vectors_a_sample_with_the_first_and_the_last_is_compared()
    {
        VectorFieldCheck.Choose(VectorFieldCheck.MostWhole).Length.ShouldBe(VectorFieldCheck.MostWhole);
        long[] chosen = VectorFieldCheck.Choose(10_000_000_000);
        (chosen.Length, chosen[0], chosen[^1]).ShouldBe((VectorFieldCheck.SampleSize, 0, 9_999_999_999));
        chosen.ShouldBe(chosen.Distinct().Order());
    }

    private static float[] VectorOf(int row) => [row + 0.25f, (row * row) - 0.5f, 1 - row];

    private static string Json(float[] vector) =>
        $"[{string.Join(',', vector.Select(static component => component.ToString("R", CultureInfo.InvariantCulture)))}]";

    /// <summary>A file with the vectors of these rows, in that order; <c>id</c> is the row's own number, <c>rank</c> that of its place.</summary>
    private string Put(string form, int[] rows)
    {
        string path = At(form.Replace(".numpy", string.Empty, StringComparison.Ordinal));
        string[] objects = [.. rows.Select(static (row, at) => $"{{\"id\":{row},\"rank\":{at},\"embedding\":{Json(VectorOf(row))}}}")];
        switch (form)
        {
            case "rows.jsonl": File.WriteAllLines(path, objects); break;
            case "list.json": File.WriteAllText(path, $"[{string.Join(',', objects)}]"); break;
            case "nested.json":
                File.WriteAllText(path, $"[{string.Join(',', rows.Select(static row => $"{{\"t\":\"a\",\"metadata\":{{\"vec\":{Json(VectorOf(row))}}}}}"))}]");
                break;
            case "rows.csv":
                File.WriteAllText(path, "text,embedding\n" + string.Concat(rows.Select(static row => $"t,\"{Json(VectorOf(row))}\"\n")));
                break;
            case "rows.csv.numpy":
                File.WriteAllText(path, "text,embedding\n" + string.Concat(rows.Select(static row =>
                    $"t,[ {Json(VectorOf(row)).Trim('[', ']').Replace(",", "  ", StringComparison.Ordinal)} ]\n")));
                break;
            // As sentence-transformers' examples save them, with lists or with an array of NumPy.
            case "columns.pkl" or "columns.pkl.numpy":
                PickleList texts = List([.. rows.Select(static _ => (PickleValue)Text("t"))]);
                File.WriteAllBytes(path, PickleWriter.Write(
                    Dict(("sentences", texts), ("embeddings", form == "columns.pkl" ? List([.. rows.Select(Components)]) : Numpy(rows))), 4));
                break;
            default:
                File.WriteAllBytes(path, PickleWriter.Write(List([.. rows.Select(static row => (PickleValue)Dict(("text", Text("t")),
                    ("embedding", Components(row))))]), 4));
                break;
        }

        return path;
    }

    private static PickleList Components(int row) => List([.. VectorOf(row).Select(static component => (PickleValue)new PickleFloat(component))]);

    private static PickleCall Numpy(int[] rows) => new(
        "numpy._core.multiarray", "_reconstruct",
        Tuple(Name("numpy.ndarray"), Tuple(Number(0)), new PickleBytes([(byte)'b'])),
        Tuple(Number(1), Tuple(Number(rows.Length), Number(Dimension)),
            new PickleCall("numpy", "dtype", Tuple(Text("f4"), PickleBool.False, PickleBool.True),
                Tuple(Number(3), Text("<"), PickleNone.Value, PickleNone.Value, PickleNone.Value, Number(-1), Number(-1), Number(0))),
            PickleBool.False,
            new PickleBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(rows.SelectMany(VectorOf).ToArray()).ToArray())));

    private string At(string name) => Path.Combine(folder, name);

    private async Task<MigrationResult> Run(string path, PayloadRules rules, IVectorSource? other = null)
    {
        using IVectorSource source = other is null ? FaissIndex.Open(At("index.faiss")) : new Kept(other);
        using IPayloadSource payload = StorePayloads.Open(path, rules, null, null, default) ?? JsonLinesPayloadSource.Open(path, rules, null);
        MigrationOptions options = new()
        {
            Collection = "c",
            OnExisting = ExistingPoints.Overwrite,
            PayloadByRow = rules.ByRow,
            PayloadKey = rules.Key,
        };
        return await new Migration(source, payload, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
    }

    /// <summary>A source that its caller disposes.</summary>
    private sealed class Kept(IVectorSource source) : IVectorSource
    {
        public IndexDescription Description => source.Description;

        public VectorBatch Read(long ordinal, int count, CancellationToken cancellationToken) => source.Read(ordinal, count, cancellationToken);

        public int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken) =>
            source.ReadIds(ordinal, destination, cancellationToken);

        public int ReadRows(long ordinal, Span<long> destination, CancellationToken cancellationToken) =>
            source.ReadRows(ordinal, destination, cancellationToken);

        public void Dispose()
        {
        }
    }
}
