using System.Text.Json;
using VectorMigration.SideFiles;

namespace VectorMigration.Tests;

/// <summary>Which payload belongs to which vector, from the file to the point.</summary>
public sealed class PayloadCheckTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-payload-").FullName;
    private readonly MemoryStore store = new();
    private readonly MigrationOptions options = new() { Collection = "c" };

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Inverted_lists_with_ids_from_0_on_join_lines_to_ids()
    {
        // Storage order is list by list: ids 0, 3, 6, … before 1, 4, 7, …
        MemorySource source = Lists(110, static i => ((i % 37) * 3) + (i / 37));
        MigrationResult result = await Run(source, Rows(110), options);
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Plan!.PayloadJoin.ShouldNotBeNull().ShouldStartWith("line n to id n");
        store.Points.Count.ShouldBe(110);
        foreach ((PointId id, (float[] _, string? payload)) in store.Points)
        {
            Number(payload, "row").ShouldBe((long)id.Number);
        }
    }

    [Fact]
    public async Task Ids_that_do_not_ascend_in_their_lists_are_not_the_order_of_adding()
    {
        // Four lists of ids that are 0 to n - 1, each once, but were added in another order.
        MemorySource source = Lists(100, static i => (((99 - i) % 25) * 4) + (i / 25));
        source.Description = source.Description with { ListCount = 4 };
        MigrationResult result = await Run(source, Rows(100), options);
        result.ExitCode.ShouldBe(2);
        result.Error!.ErrorId.ShouldBe("PayloadOrderUnknown");
        result.Error.Message.ShouldContain("do not ascend within its inverted lists");
        result.Error.RecommendedAction.ShouldContain("-PayloadKey");
        result.Error.RecommendedAction.ShouldContain("-PayloadByRow");
        (await Run(source, Rows(100), options with { PayloadByRow = true, DryRun = true })).Status.ShouldBe(MigrationStatus.Planned);

        MemorySource ascending = Lists(100, static i => ((i % 25) * 4) + (i / 25));
        ascending.Description = ascending.Description with { ListCount = 4 };
        (await Run(ascending, Rows(100), options)).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Theory]
    [InlineData(RowOrder.Id, "ids would")]
    [InlineData(RowOrder.InnerId, "inner ids would")]
    public async Task An_order_of_adding_that_nobody_knows_is_refused_and_the_key_is_named(RowOrder order, string named)
    {
        MemorySource source = Lists(10, static i => i * 2, order);
        MigrationResult result = await Run(source, Rows(10), options);
        result.ExitCode.ShouldBe(2);
        result.Error!.ErrorId.ShouldBe("PayloadOrderUnknown");
        result.Error.Message.ShouldContain(named);
        result.Error.RecommendedAction.ShouldContain("-PayloadKey");
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_id_that_repeats_tells_no_order_either() =>
        (await Run(Lists(10, static i => i == 9 ? 0 : i), Rows(10), options with { AllowDuplicateIds = true })).Error!.ErrorId.ShouldBe("PayloadOrderUnknown");

    [Theory]
    [InlineData(9, "PayloadTooShort")]
    [InlineData(11, "PayloadTooLong")]
    public async Task As_many_rows_as_the_index_has_vectors_whatever_the_limit(int rows, string errorId)
    {
        MigrationResult result = await Run(new MemorySource(10), Rows(rows), options with { Limit = 5 });
        result.ExitCode.ShouldBe(2);
        result.Error!.ErrorId.ShouldBe(errorId);
        result.Error.RecommendedAction.ShouldContain("-PayloadKey");
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_joins_lines_in_any_order_to_ids_in_any_order()
    {
        MemorySource source = Lists(100, static i => 1_000 - (i * 7 % 101));
        string file = Write(Ids(source).OrderBy(static id => id * 31 % 103).Select(
            static id => $$"""{"n":{{id}},"id":{{(id % 2 == 0 ? $"{id}" : $"\"{id}\"")}}}"""));
        MigrationResult result = await Run(source, file, options with { PayloadKey = "id" });
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        result.Plan!.PayloadJoin.ShouldBe("field 'id' to FAISS id");
        foreach ((PointId id, (float[] _, string? payload)) in store.Points)
        {
            Number(payload, "n").ShouldBe((long)id.Number);
        }
    }

    [Fact]
    public async Task Vectors_without_a_payload_are_refused_sent_bare_or_left_out_as_asked()
    {
        string file = Write(Enumerable.Range(0, 10).Where(static i => i is not (3 or 7)).Select(static i => $$"""{"id":{{i * 5}}}"""));
        MigrationOptions keyed = options with { PayloadKey = "id" };

        MigrationResult refused = await Run(new MemorySource(10, id: static i => i * 5), file, keyed);
        refused.ExitCode.ShouldBe(2);
        refused.Error!.ErrorId.ShouldBe("PayloadKeysMissing");
        refused.Error.Message.ShouldContain("15 at position 3");
        store.Collections.ShouldBeEmpty();

        MigrationResult bare = await Run(new MemorySource(10, id: static i => i * 5), file, keyed with { OnMissingPayload = MissingPayload.Empty });
        bare.Status.ShouldBe(MigrationStatus.Completed, bare.Error?.Message);
        bare.Counts.WithoutPayload.ShouldBe(2);
        bare.Plan!.FirstWithoutPayload.Select(static missing => missing.Id).ShouldBe([15L, 35L]);
        bare.Warnings.ShouldContain(warning => warning.Contains("2 vectors") && warning.Contains("15, 35"));
        store.Points.Count.ShouldBe(10);

        // The double keeps the points of all collections in one place, and the count at the end is held against what was sent.
        store.Points.Clear();
        MigrationResult left = await Run(new MemorySource(10, id: static i => i * 5), file,
            keyed with { Collection = "left", OnMissingPayload = MissingPayload.Skip });
        left.ExitCode.ShouldBe(4);
        left.Counts.WithoutPayload.ShouldBe(2);
        left.Counts.Invalid.ShouldBe(0);
        left.Counts.Sent.ShouldBe(8);
        left.LeftOut.Select(static vector => vector.FaissId).ShouldBe([15L, 35L]);
        left.Verification!.Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_that_no_vector_has_is_refused_with_its_line()
    {
        MigrationResult result = await Run(
            new MemorySource(2, id: static i => i * 5), Write(["""{"id":0}""", """{"id":6}""", """{"id":5}"""]), options with { PayloadKey = "id", Limit = 1 });
        result.ExitCode.ShouldBe(2);
        result.Error!.ErrorId.ShouldBe("PayloadKeysSurplus");
        result.Error.Message.ShouldContain("6 (line 2)");
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task Payloads_of_other_indexes_in_the_same_file_are_ignored_if_asked_and_counted_everywhere()
    {
        // One file for two parts: ids 0 to 9 and 100 to 109.
        string file = Write(Enumerable.Range(0, 10).Concat(Enumerable.Range(100, 10)).Select(static id => $$"""{"id":{{id}},"n":{{id}}}"""));
        MigrationOptions keyed = options with { PayloadKey = "id" };
        MigrationResult refused = await Run(new MemorySource(10), file, keyed);
        refused.Error!.ErrorId.ShouldBe("PayloadKeysSurplus");
        refused.Error.RecommendedAction.ShouldContain("-OnSurplusPayload Ignore");
        store.Collections.ShouldBeEmpty();

        foreach (int first in (int[])[0, 100])
        {
            MigrationResult part = await Run(new MemorySource(10, id: i => i + first), file, keyed with { OnSurplusPayload = SurplusPayload.Ignore });
            part.Status.ShouldBe(MigrationStatus.Completed, part.Error?.Message);
            part.Counts.SurplusPayload.ShouldBe(10);
            part.Plan!.SurplusPayload.ShouldBe(10);
            PlanText.Payload(part.Plan).ShouldNotBeNull().ShouldContain("10 of no vector ignored");
            string others = $"ignored: id {100 - first}, {101 - first}, {102 - first}, …";
            part.Warnings.ShouldContain(warning => warning.Contains("10 lines of") && warning.Contains(others));
        }

        store.Points.Count.ShouldBe(20);
        store.Points.ShouldAllBe(static point => Number(point.Value.Payload, "n") == (long)point.Key.Number);

        // Ignoring what is too much does not hide what is missing.
        (await Run(new MemorySource(11), file, keyed with { OnSurplusPayload = SurplusPayload.Ignore })).Error!.ErrorId.ShouldBe("PayloadKeysMissing");
        (await Run(new MemorySource(20), file, options with { OnSurplusPayload = SurplusPayload.Ignore })).Error!.ErrorId.ShouldBe("PayloadKeyNotApplicable");
    }

    [Theory]
    [InlineData("""{"x":NaN}""", "JSON has no NaN. Write null")]
    [InlineData("{'x':1}", "double quotes")]
    public async Task Every_row_is_read_before_anything_is_created(string bad, string action)
    {
        string file = Write(["{}", "{}", bad]);
        foreach (bool dry in (bool[])[true, false])
        {
            MigrationResult result = await Run(new MemorySource(3), file, options with { DryRun = dry });
            result.ExitCode.ShouldBe(2);
            result.Error!.Message.ShouldContain("line 3");
            result.Error.RecommendedAction.ShouldContain(action);
            store.Collections.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task An_integer_beyond_64_bits_is_refused_by_line_and_key_or_kept_as_a_text()
    {
        string file = Write(["{}", """{"a":{"x":13570027672830659665}}"""]);
        MigrationResult refused = await Run(new MemorySource(2), file, options);
        refused.ExitCode.ShouldBe(2);
        refused.Error!.ErrorId.ShouldBe("PayloadIntegerTooLarge");
        refused.Error.Message.ShouldContain("line 2");
        refused.Error.Message.ShouldContain("13570027672830659665 in 'a.x'");
        store.Collections.ShouldBeEmpty();

        (await Run(new MemorySource(2), file, options with { LargeInteger = LargeInteger.Text })).Status.ShouldBe(MigrationStatus.Completed);
        store.Points[PointId.FromNumber(1)].Payload.ShouldBe("""{"a":{"x":"13570027672830659665"}}""");
    }

    [Fact]
    public async Task A_field_of_the_payloads_own_is_not_written_over()
    {
        string file = Write(["""{"faiss_id":"mine"}""", "{}"]);
        MigrationOptions mapped = options with { IdMapping = IdMapping.Uuid5 };
        MigrationResult refused = await Run(new MemorySource(2), file, mapped);
        refused.ExitCode.ShouldBe(2);
        refused.Error!.ErrorId.ShouldBe("PayloadFieldTaken");
        refused.Error.RecommendedAction.ShouldContain("-IdField");

        MigrationResult moved = await Run(new MemorySource(2), file, mapped with { IdField = "vector" });
        moved.Status.ShouldBe(MigrationStatus.Completed, moved.Error?.Message);
        store.Points[PointId.FromGuid(UuidV5.OfFaissId(0))].Payload.ShouldBe("""{"faiss_id":"mine","vector":0}""");
    }

    [Fact]
    public async Task An_empty_index_is_warned_of_and_payload_rows_for_it_are_refused()
    {
        MigrationResult empty = await Run(new MemorySource(0), Write([]), options);
        empty.Status.ShouldBe(MigrationStatus.Completed);
        empty.Warnings.ShouldContain(static warning => warning.Contains("is empty"));

        MigrationResult refused = await Run(new MemorySource(0), Rows(300), options with { Collection = "other" });
        refused.ExitCode.ShouldBe(2);
        refused.Error!.ErrorId.ShouldBe("PayloadTooLong");
        refused.Error.Message.ShouldContain("is empty");
    }

    [Theory]
    [InlineData(null, true, MissingPayload.Fail)]
    [InlineData(null, false, MissingPayload.Skip)]
    public async Task Options_that_need_a_key_are_refused_without_one(string? key, bool drop, MissingPayload policy) =>
        (await Run(new MemorySource(1), Rows(1), options with { PayloadKey = key, DropPayloadKey = drop, OnMissingPayload = policy }))
            .Error!.ErrorId.ShouldBe("PayloadKeyNotApplicable");

    private static MemorySource Lists(int count, Func<int, long> id, RowOrder order = RowOrder.Id)
    {
        var source = new MemorySource(count, id: id, idSource: "inverted lists");
        source.Description = source.Description with { RowOrder = order };
        return source;
    }

    private static long[] Ids(MemorySource source)
    {
        long[] ids = new long[source.Description.Count];
        source.ReadIds(0, ids, default);
        return ids;
    }

    private static long Number(string? payload, string key) => JsonDocument.Parse(payload!).RootElement.GetProperty(key).GetInt64();

    private string Rows(int count) => Write(Enumerable.Range(0, count).Select(static i => $$"""{"row":{{i}}}"""));

    private string Write(IEnumerable<string> rows)
    {
        string path = Path.Combine(folder, $"{Guid.NewGuid():N}.jsonl");
        File.WriteAllLines(path, rows);
        return path;
    }

    private async Task<MigrationResult> Run(MemorySource source, string file, MigrationOptions asked)
    {
        using IPayloadSource payload = JsonLinesPayloadSource.Open(file, asked.PayloadRules, folder);
        return await new Migration(source, payload, store, new FixedRetryPolicy(), asked, new Recorder()).RunAsync(default);
    }
}
