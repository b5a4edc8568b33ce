namespace VectorMigration.Tests;

public sealed class MigrationCheckTests : IDisposable
{
    private static readonly MigrationOptions Options = new() { Collection = "c", Seed = 7, OnExisting = ExistingPoints.Overwrite };
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();

    public void Dispose() => store.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Extra_points_are_counted_and_listed_but_no_failure(bool scattered)
    {
        // Scattered ids neither ascend nor are sequential: every part of the collection is looked up in the index.
        var source = new MemorySource(100, id: i => scattered ? (i * 37 % 100) + 50 : i + 50);
        await Migrate(source, Options);
        PointId[] extra = [PointId.FromNumber(3), PointId.FromNumber(49), PointId.FromNumber(150), PointId.FromNumber(ulong.MaxValue),
            PointId.FromGuid(Guid.NewGuid())];
        Add(extra);
        VerificationResult proof = await Check(source, Options).VerifyAsync(forRepair: true, default);
        proof.Passed.ShouldBeTrue();
        proof.Extra.ShouldBe(5);
        proof.ExtraIds.ShouldBe(extra.Select(id => id.Value));
    }

    [Fact]
    public async Task Extra_points_of_sequential_uuids_and_of_a_range()
    {
        var source = new MemorySource(60, idSource: "sequential");
        await Migrate(source, Options);
        VerificationResult range = await Check(source, Options with { Offset = 10, Limit = 40 }).VerifyAsync(forRepair: false, default);
        range.Passed.ShouldBeTrue();
        // Points of the other vectors are no strangers.
        (range.Extra, range.ExtraIds.Count).ShouldBe((null, 0));
        (range.Offset, range.Selected, range.IndexCount).ShouldBe((10L, 40L, 60L));
        VerificationText.Range(range).ShouldNotBeNull().ShouldStartWith("40 of 60 vectors, from position 10 on");

        MigrationOptions mapped = Options with { Collection = "mapped", IdMapping = IdMapping.Uuid5 };
        store.Points.Clear();
        await Migrate(source, mapped);
        PointId[] foreign = [PointId.FromNumber(3), PointId.FromGuid(Guid.Empty)];
        Add(foreign);
        VerificationResult proof = await Check(source, mapped).VerifyAsync(forRepair: false, default);
        proof.Passed.ShouldBeTrue();
        proof.ExtraIds.ShouldBe(foreign.Select(id => id.Value));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(61)]
    public async Task A_range_without_a_vector_is_refused(long offset)
    {
        var source = new MemorySource(60);
        await Migrate(source, Options);
        (await Should.ThrowAsync<MigrationException>(() => Check(source, Options with { Offset = offset }).VerifyAsync(forRepair: false, default)))
            .ErrorId.ShouldBe("OffsetBeyondEnd");
    }

    [Fact]
    public async Task Extra_points_are_found_in_parts_whatever_the_order_of_the_ids()
    {
        foreach (Func<int, long> id in (Func<int, long>[])[i => i * 3, i => (999 - i) * 3])
        {
            store.Points.Clear();
            store.Collections.Clear();
            var source = new MemorySource(1_000, id: id);
            await Migrate(source, Options);
            Add([.. Enumerable.Range(0, 100).Select(i => PointId.FromNumber((ulong)((i * 30) + 1)))]);
            var input = new IndexInput(source, null, store, Options, Guid.NewGuid());
            PlannedRun planned = await new RunPlanning(input, store, Options, TimeProvider.System).PlanAsync(default);
            planned.Ids.Ascending.ShouldBe(id(0) == 0);
            var finder = new ExtraPoints(source, store, planned.Scope(Options), new HashSet<PointId>(), part: 16);
            IReadOnlyList<PointId> found = await finder.FindAsync(1_000, default);
            found.Select(point => point.Number).ShouldBe(Enumerable.Range(0, 100).Select(i => (ulong)((i * 30) + 1)));
            (await new ExtraPoints(source, store, planned.Scope(Options), new HashSet<PointId>(), part: 16).FindAsync(3, default)).Count.ShouldBe(3);
        }
    }

    [Fact]
    public async Task A_stored_point_with_the_id_of_a_left_out_vector_is_extra()
    {
        var source = new MemorySource(20);
        source.Vector(4)[0] = float.NaN;
        MigrationOptions options = Options with { SkipInvalid = true };
        await new Migration(source, null, store, new FixedRetryPolicy(), options, recorder).RunAsync(default);
        Add([PointId.FromNumber(4)]);
        VerificationResult proof = await Check(source, options).VerifyAsync(forRepair: false, default);
        proof.Invalid.ShouldBe(1);
        proof.Expected.ShouldBe(19);
        proof.ExtraIds.ShouldBe([4UL]);
    }

    [Fact]
    public async Task Repair_sends_exactly_what_is_missing_or_different()
    {
        var source = new MemorySource(500, id: i => 2L * i);
        await Migrate(source, Options);
        Damage(source, missing: [0, 17, 499], different: [18, 19, 300]);
        Add([PointId.FromNumber(1)]);
        store.Upserted.Clear();
        MigrationCheck check = Check(source, Options);
        VerificationResult before = await check.VerifyAsync(forRepair: true, default);
        (before.Missing, before.Different, check.Repairable).ShouldBe((3L, 3L, 6L));
        store.Upserted.ShouldBeEmpty();

        VerificationResult after = await check.RepairAsync(default);
        after.Passed.ShouldBeTrue();
        (after.Missing, after.Different, after.Compared, after.Extra).ShouldBe((0L, 0L, 500L, 1L));
        after.Differences.ShouldBeEmpty();
        RepairResult repair = after.Repair.ShouldNotBeNull();
        (repair.Missing, repair.Different, repair.Sent, repair.Repaired, repair.LeftAlone).ShouldBe((3L, 3L, 6L, 6L, 0L));
        repair.Found.Select(difference => difference.Ordinal).ShouldBe([0, 17, 18, 19, 300, 499]);
        store.Upserted.Select(id => id.Number).Order().ToArray().ShouldBe([0UL, 34, 998]);
        store.Replaced.Select(id => id.Number).Order().ToArray().ShouldBe([36UL, 38, 600]);
        store.Points.ShouldContainKey(PointId.FromNumber(1));
        (await Check(source, Options).VerifyAsync(forRepair: false, default)).Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task Repair_leaves_payloads_that_it_does_not_know()
    {
        var source = new MemorySource(30);
        await Migrate(source, Options);
        PointId bent = PointId.FromNumber(11);
        store.Points[bent] = (new float[4], "{\"word\":\"kept\"}");
        MigrationCheck check = Check(source, Options);
        await check.VerifyAsync(forRepair: true, default);
        (await check.RepairAsync(default)).Passed.ShouldBeTrue();
        store.Points[bent].Payload.ShouldBe("{\"word\":\"kept\"}");
        store.Points[bent].Vector.ShouldBe(source.Vector(11).ToArray());
    }

    [Fact]
    public async Task Of_mapped_ids_only_the_original_id_is_compared_and_it_is_not_mended_at_the_cost_of_other_payload()
    {
        MigrationOptions options = Options with { IdMapping = IdMapping.Uuid5 };
        var source = new MemorySource(10);
        await Migrate(source, options);
        PointId rich = IndexFeed.MapId(3, IdMapping.Uuid5);
        store.Points[rich] = (source.Vector(3).ToArray(), "{\"word\":\"kept\",\"faiss_id\":3}");
        (await Check(source, options).VerifyAsync(forRepair: false, default)).Passed.ShouldBeTrue();

        store.Points[rich] = (source.Vector(3).ToArray(), "{\"word\":\"kept\"}");
        MigrationCheck check = Check(source, options);
        VerificationResult proof = await check.VerifyAsync(forRepair: true, default);
        proof.Different.ShouldBe(1);
        check.Repairable.ShouldBe(0);
        VerificationResult after = await check.RepairAsync(default);
        after.Passed.ShouldBeFalse();
        after.Repair.ShouldNotBeNull().LeftAlone.ShouldBe(1);
        after.Differences.Single().Reason.ShouldBe("faiss_id of the payload differs");
        store.Points[rich].Payload.ShouldBe("{\"word\":\"kept\"}");
    }

    [Fact]
    public async Task A_repair_goes_on_in_rounds_where_more_is_wrong_than_is_remembered()
    {
        var source = new MemorySource(1_000);
        await Migrate(source, Options);
        Damage(source, missing: [.. Enumerable.Range(100, 40)], different: [.. Enumerable.Range(500, 33)]);
        store.Upserted.Clear();
        MigrationCheck check = new(source, null, store, new FixedRetryPolicy(), Options, recorder) { MostRemembered = 10 };
        await check.VerifyAsync(forRepair: true, default);
        check.Repairable.ShouldBe(73);
        VerificationResult after = await check.RepairAsync(default);
        after.Passed.ShouldBeTrue();
        (after.Repair!.Sent, after.Repair.Repaired).ShouldBe((73L, 73L));
        store.Upserted.Count.ShouldBe(40);
        store.Replaced.Count.ShouldBe(33);
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(2)]
    public async Task What_cannot_be_repaired_is_still_missing(int remembered)
    {
        var source = new MemorySource(50);
        await Migrate(source, Options);
        Damage(source, missing: [7, 8, 9, 10], different: []);
        store.Loses = id => id.Number is 8 or 9;
        MigrationCheck check = new(source, null, store, new FixedRetryPolicy(), Options, recorder) { MostRemembered = remembered };
        await check.VerifyAsync(forRepair: true, default);
        VerificationResult after = await check.RepairAsync(default);
        after.Passed.ShouldBeFalse();
        long[] gone = [.. Enumerable.Range(0, 50).Where(i => !store.Points.ContainsKey(PointId.FromNumber((ulong)i))).Select(i => (long)i)];
        gone.ShouldContain(8);
        gone.ShouldContain(9);
        after.Missing.ShouldBe(gone.Length);
        after.Differences.Select(difference => difference.Ordinal).ShouldBe(gone);
        after.Repair!.Repaired.ShouldBe(4 - gone.Length);
    }

    [Fact]
    public async Task A_sample_repeats_with_its_seed_and_says_what_it_tells()
    {
        var source = new MemorySource(10_000);
        await Migrate(source, Options);
        Damage(source, missing: [.. Enumerable.Range(0, 5_000).Select(i => 2 * i)], different: []);
        Add([.. Enumerable.Range(0, 5_000).Select(i => PointId.FromNumber(20_000UL + (ulong)i))]);
        MigrationOptions options = Options with { Verification = VerificationMode.Sample, SampleSize = 200 };
        VerificationResult first = await Check(source, options).VerifyAsync(forRepair: false, default);
        first.Passed.ShouldBeFalse();
        first.Missing.ShouldBeInRange(60, 140);
        first.Compared.ShouldBe(200 - first.Missing);
        SampleResult sample = first.Sample.ShouldNotBeNull();
        (sample.Size, sample.Population, sample.Seed).ShouldBe((200L, 10_000L, 7));
        sample.AtMost.ShouldBeInRange(5_000, 7_500);
        sample.Statement.ShouldContain("seed 7");
        VerificationResult again = await Check(source, options).VerifyAsync(forRepair: false, default);
        again.Differences.ShouldBe(first.Differences);
        (await Check(source, options with { Seed = 8 }).VerifyAsync(forRepair: false, default)).Differences.ShouldNotBe(first.Differences);
        (await Should.ThrowAsync<MigrationException>(() => Check(source, options).VerifyAsync(forRepair: true, default))).ErrorId.ShouldBe("RepairNeedsAll");
    }

    [Fact]
    public async Task A_sample_of_all_is_all_and_left_out_vectors_are_not_expected()
    {
        var source = new MemorySource(40);
        source.Vector(4)[0] = float.NaN;
        MigrationOptions options = Options with { Verification = VerificationMode.Sample, SampleSize = 1_000, SkipInvalid = true };
        MigrationResult run = await new Migration(source, null, store, new FixedRetryPolicy(), options, recorder).RunAsync(default);
        SampleResult sample = run.Verification.ShouldNotBeNull().Sample.ShouldNotBeNull();
        run.Verification.Passed.ShouldBeTrue();
        (sample.Size, sample.Population, sample.AtMost).ShouldBe((39L, 39L, 0L));
        sample.Statement.ShouldStartWith("All 39 points were compared");
        (await Check(source, options).VerifyAsync(forRepair: false, default)).Passed.ShouldBeTrue();
        (await Check(source, options with { Verification = VerificationMode.Count }).VerifyAsync(forRepair: false, default)).Passed.ShouldBeTrue();
    }

    private async Task Migrate(MemorySource source, MigrationOptions options) =>
        (await new Migration(source, null, store, new FixedRetryPolicy(), options, recorder).RunAsync(default)).Status.ShouldBe(MigrationStatus.Completed);

    private MigrationCheck Check(MemorySource source, MigrationOptions options) => new(source, null, store, new FixedRetryPolicy(), options, recorder);

    private void Add(PointId[] ids)
    {
        foreach (PointId id in ids)
        {
            store.Points[id] = (new float[4], null);
        }
    }

    private void Damage(MemorySource source, int[] missing, int[] different)
    {
        using VectorBatch all = source.Read(0, (int)source.Description.Count, default);
        foreach (int ordinal in missing)
        {
            store.Points.TryRemove(PointId.FromNumber((ulong)all.FaissIds.Span[ordinal]), out _).ShouldBeTrue();
        }

        foreach (int ordinal in different)
        {
            store.Points[PointId.FromNumber((ulong)all.FaissIds.Span[ordinal])] = ([1, 2, 3, 4], null);
        }
    }
}
