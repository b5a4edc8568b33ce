using VectorMigration.SideFiles;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>What an application has added to points of a migration is never taken away without a word, and points that it has changed are not pruned.</summary>
public sealed class AddedFieldsTests : IDisposable
{
    private const int Count = 20;

    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();
    private readonly List<string> told = [];

    private MigrationOptions Options => new() { Collection = "c", JournalPath = Path.Combine(folder.Path, "c.journal") };

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fields_that_a_restart_or_a_sync_removes_are_counted_and_told_before_it(bool syncs)
    {
        var source = new MemorySource(Count);
        using IPayloadSource payload = Payload("""{"n":1,"m":{"x":1}}""");
        (await Run(source, Options, payload)).ExitCode.ShouldBe(0);
        Put(7, source, """{"n":1,"m":{"x":1,"tag":true},"rating":5}""");
        Put(8, source, """{"n":2,"m":{"x":1}}""");
        MigrationOptions again = syncs ? Options with { OnChanged = ChangedSource.Sync } : Options with { Restart = true };
        foreach (bool dryRun in (bool[])[true, false])
        {
            MigrationResult result = await Run(source, again with { DryRun = dryRun }, payload);
            result.Error.ShouldBeNull();
            ExistingPointsPlan found = result.Plan!.Existing.ShouldNotBeNull();
            (found.RemovedFields, found.PointsWithRemovedFields).ShouldBe((2L, 1L));
            found.FirstRemoved.ShouldBe([7UL]);
            result.Warnings.ShouldContain(static text => text.StartsWith("1 point that this migration wrote has 2 payload fields", StringComparison.Ordinal));
        }

        store.Points[PointId.FromNumber(7)].Payload.ShouldBe("""{"n":1,"m":{"x":1}}""");
    }

    [Fact]
    public async Task A_restart_that_takes_nothing_away_says_nothing_and_sends_everything()
    {
        var source = new MemorySource(Count);
        using IPayloadSource payload = Payload("""{"n":1}""");
        await Run(source, Options, payload);
        MigrationResult result = await Run(source, Options with { Restart = true }, payload);
        (result.ExitCode, result.Counts.Sent).ShouldBe((0, (long)Count), result.Error?.Message);
        result.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"faiss_id":7}""", """{"faiss_id":7,"rating":5}""")]
    [InlineData("""{"n":1}""", """{"n":1,"rating":5}""")]
    public async Task A_restart_of_a_pipeline_keeps_what_an_application_has_added(string sent, string there)
    {
        var source = new MemorySource(Count);
        await Pipe(source, Options, sent);
        store.Points[PointId.FromNumber(7)] = ([9, 9, 9, 9], there);
        store.Upserted.Clear();
        await Pipe(source, Options with { Restart = true }, sent);
        store.Points[PointId.FromNumber(7)].Vector.ShouldBe(source.Vector(7).ToArray());
        store.Points[PointId.FromNumber(7)].Payload.ShouldBe(there);
        store.Upserted.ShouldNotContain(PointId.FromNumber(7));
        told.ShouldHaveSingleItem().ShouldStartWith("1 point that an earlier run wrote has 1 payload field that was not sent now");
    }

    [Fact]
    public async Task A_restart_of_a_pipeline_replaces_the_fields_that_it_sends()
    {
        var source = new MemorySource(Count);
        await Pipe(source, Options, """{"n":1}""");
        store.Points[PointId.FromNumber(7)] = (source.Vector(7).ToArray(), """{"n":1,"rating":5}""");
        await Pipe(source, Options with { Restart = true }, """{"n":2}""");
        store.Points[PointId.FromNumber(7)].Payload.ShouldBe("""{"n":2,"rating":5}""");
        store.Points[PointId.FromNumber(8)].Payload.ShouldBe("""{"n":2}""");
    }

    [Fact]
    public async Task Fields_that_the_merge_of_a_pipeline_replaces_are_counted_and_told()
    {
        store.Add("c", 4, Distance.Euclid, "title");
        store.Collections["c"] = store.Collections["c"] with
        {
            Vectors = [.. store.Collections["c"].Vectors, new CollectionVector("body", 4, Distance.Euclid, VectorDatatype.Default, false)],
        };
        var source = new MemorySource(Count);
        for (int i = 0; i < Count; i++)
        {
            Put(i, source, i < 5 ? """{"text":"theirs","n":1}""" : """{"n":1}""");
        }

        await Pipe(source, Options with { VectorName = "body", OnExisting = ExistingPoints.Merge, MergePayload = true }, """{"text":"ours"}""");
        told.ShouldHaveSingleItem().ShouldStartWith("5 fields of 5 points had other values and were replaced by -MergePayload");
        store.Points[PointId.FromNumber(3)].Payload.ShouldBe("""{"text":"ours","n":1}""");
    }

    [Theory]
    [InlineData(IdMapping.Keep, false, "{\"own\":1}")]
    [InlineData(IdMapping.Keep, true, "{\"own\":1}")]
    [InlineData(IdMapping.Uuid5, false, "{\"faiss_id\":18,\"own\":1}")]
    [InlineData(IdMapping.Uuid5, false, "{\"faiss_id\":5}")]
    [InlineData(IdMapping.Uuid5, false, null)]
    public async Task A_point_that_another_program_has_changed_is_not_pruned_unless_that_is_forced(IdMapping mapping, bool forced, string? payload)
    {
        MigrationOptions options = Options with { IdMapping = mapping };
        var source = new MemorySource(Count);
        await Run(source, options);
        PointId id = mapping == IdMapping.Keep ? PointId.FromNumber(18) : PointId.FromGuid(UuidV5.OfFaissId(18));
        store.Points[id] = (source.Vector(18).ToArray(), payload);
        MemorySource shrunken = Changed(15);
        MigrationOptions prune = options with { OnChanged = ChangedSource.Sync, Prune = true, ForcePrune = forced };
        MigrationResult plan = await Run(shrunken, prune with { DryRun = true });
        (plan.Plan!.Sync!.Vanished, plan.Plan.Sync.VanishedChanged).ShouldBe((5L, 1L));
        plan.Plan.Sync.FirstVanishedChanged.ShouldBe([id.Value]);
        MigrationResult result = await Run(shrunken, prune);
        (result.ExitCode, result.Counts.Pruned).ShouldBe((0, forced ? 5L : 4L), result.Error?.Message);
        result.Warnings.ShouldContain(text => text.Contains(forced ? "-Force deletes it too" : "It is not deleted", StringComparison.Ordinal));
        store.Points.ContainsKey(id).ShouldBe(!forced);

        // It stays known, until somebody decides.
        (await Run(shrunken, options with { OnChanged = ChangedSource.Sync })).Counts.Vanished.ShouldBe(forced ? 0 : 1);
    }

    [Fact]
    public async Task Of_payloads_of_a_file_nothing_is_known_once_it_is_another_one()
    {
        var source = new MemorySource(Count);
        using IPayloadSource payload = Payload("""{"n":1}""");
        await Run(source, Options, payload);
        MemorySource shrunken = Changed(15);
        using IPayloadSource fewer = Payload("""{"n":1}""", 15);
        MigrationResult result = await Run(shrunken, Options with { OnChanged = ChangedSource.Sync, Prune = true }, fewer);
        (result.ExitCode, result.Counts.Pruned).ShouldBe((0, 5L), result.Error?.Message);
        result.Warnings.ShouldContain(static text => text.Contains("or added to its payload, is not known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Points_that_a_restart_leaves_behind_stay_known_and_can_be_pruned_later()
    {
        await Run(new MemorySource(Count), Options);
        MemorySource shrunken = Changed(15);
        MigrationResult restarted = await Run(shrunken, Options with { Restart = true });
        (restarted.ExitCode, restarted.Counts.LeftBehind).ShouldBe((0, 5L), restarted.Error?.Message);
        restarted.Warnings.ShouldContain(static text => text.Contains("-OnChanged Sync -Prune", StringComparison.Ordinal));
        (await Run(shrunken, Options with { Restart = true })).Counts.LeftBehind.ShouldBe(5);
        (await Run(shrunken, Options with { OnChanged = ChangedSource.Sync })).Counts.Vanished.ShouldBe(5);
        (await Run(shrunken, Options with { OnChanged = ChangedSource.Sync, Prune = true })).Counts.Pruned.ShouldBe(5);
        store.Points.Count.ShouldBe(15);
    }

    private static MemorySource Changed(int count)
    {
        MemorySource source = new(count);
        source.Description = source.Description with { Identity = new SourceIdentity("memory.faiss", 2, default, "changed") };
        return source;
    }

    private void Put(int id, MemorySource source, string? payload) => store.Points[PointId.FromNumber((ulong)id)] = (source.Vector(id).ToArray(), payload);

    private IPayloadSource Payload(string row, int count = Count)
    {
        string path = Path.Combine(folder.Path, $"rows{count}.jsonl");
        File.WriteAllLines(path, Enumerable.Repeat(row, count));
        return JsonLinesPayloadSource.Open(path, Options.PayloadRules, folder.Path);
    }

    private Task<MigrationResult> Run(MemorySource source, MigrationOptions options, IPayloadSource? payload = null) =>
        new Migration(source, payload, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);

    private async Task Pipe(MemorySource source, MigrationOptions options, string payload)
    {
        told.Clear();
        DelegateObserver observer = new(runEvent =>
        {
            if (runEvent is RunWarning warning)
            {
                told.Add(warning.Message);
            }
        });
        await using PipelineRun run = new(store, new FixedRetryPolicy(), options with { Verification = VerificationMode.None }, observer);
        for (int i = 0; i < Count; i++)
        {
            byte[] json = System.Text.Encoding.UTF8.GetBytes(payload);
            InputVector vector = new(i, i, PointId.FromNumber((ulong)i), source.Vector(i).ToArray(), json, source.Description);
            if (i == 0)
            {
                await run.PlanAsync(vector, default);
                await run.BeginAsync(default);
            }

            await run.AddAsync(vector, default);
        }

        (await run.CompleteAsync(default)).Status.ShouldBe(MigrationStatus.Completed);
    }
}
