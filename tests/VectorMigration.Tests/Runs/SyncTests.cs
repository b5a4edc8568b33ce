using VectorMigration.SideFiles;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>An index that has changed since its journal was begun: refused, brought up to date by ids, or sent again.</summary>
public sealed class SyncTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();
    private int version;

    private string Journal => Path.Combine(folder.Path, "c.journal");

    private MigrationOptions Options { get; } = new() { Collection = "c", Upload = new UploadOptions { BatchSize = 10, ThrottleLimit = 1 } };

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_changed_index_is_refused_with_the_way_to_bring_the_collection_up_to_date()
    {
        await Run(Source(Ids(0, 50)));
        MigrationResult refused = await Run(Source(Ids(0, 60)), Options);
        refused.ExitCode.ShouldBe(2);
        refused.Error!.ErrorId.ShouldBe("JournalDiffers");
        refused.Error.RecommendedAction.ShouldContain("-OnChanged Sync");
        store.Upserted.Count.ShouldBe(50);
    }

    [Theory]
    [InlineData(IdMapping.Keep, 0L, null)]
    [InlineData(IdMapping.Keep, 1_000L, null)]
    [InlineData(IdMapping.Uuid5, 7L, null)]
    [InlineData(IdMapping.Uuid5, 0L, "part")]
    public async Task What_is_new_is_sent_what_changed_is_repaired_what_is_equal_is_left_and_what_vanished_is_told(
        IdMapping mapping, long offset, string? part)
    {
        MigrationOptions options = Sync with { IdMapping = mapping, IdOffset = offset, IdNamespace = part };
        (await Run(Source(Ids(0, 100)), options)).Counts.Created.ShouldBe(100);
        // The same ids at other places, one changed, ten gone, five new.
        long[] ids = [.. Ids(90, 15).Reverse(), .. Ids(0, 80)];
        MemorySource grown = Source(ids);
        grown.Vector(Array.IndexOf(ids, 42L))[1] = 77;
        store.Upserted.Clear();
        MigrationResult result = await Run(grown, options);
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Counts.Created.ShouldBe(5);
        result.Counts.Changed.ShouldBe(1);
        result.Counts.Equal.ShouldBe(89);
        result.Counts.Vanished.ShouldBe(10);
        result.Counts.Pruned.ShouldBe(0);
        result.Counts.Sent.ShouldBe(6);
        result.Verification!.Passed.ShouldBeTrue();
        result.Verification.Compared.ShouldBe(95);
        PointId first = mapping == IdMapping.Keep ? PointId.FromNumber((ulong)(80 + offset)) : new IdMap(mapping, offset, part).Map(80);
        result.Plan!.Sync!.FirstVanished[0].ShouldBe(first.Value);
        store.Upserted.Count.ShouldBe(5);
        store.Replaced.Count.ShouldBe(1);
        store.Points.Count.ShouldBe(105);
        // The index is the same by now, and nothing is sent.
        MigrationResult again = await Run(grown, options);
        again.Counts.ShouldBe(new MigrationCounts { Source = 95, AlreadyThere = 95, Equal = 95, Vanished = 10, PresentBefore = 105 });
    }

    [Fact]
    public async Task A_change_that_no_fingerprint_shows_is_repaired()
    {
        MemorySource source = Source(Ids(0, 50));
        await Run(source);
        source.Vector(20)[2] = -1;
        (await Run(source, Options)).Counts.Sent.ShouldBe(0);
        (await Run(source)).Counts.Changed.ShouldBe(1);
        store.Points[PointId.FromNumber(20)].Vector[2].ShouldBe(-1);
    }

    [Fact]
    public async Task Points_that_somebody_deleted_are_sent_again()
    {
        MemorySource source = Source(Ids(0, 50));
        await Run(source);
        store.Points.TryRemove(PointId.FromNumber(7), out _);
        MigrationResult result = await Run(source);
        result.Counts.Created.ShouldBe(1);
        result.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Pruning_deletes_what_this_migration_wrote_and_the_index_no_longer_has_and_nothing_else()
    {
        await Run(Source(Ids(0, 100)));
        store.Points[PointId.FromNumber(500)] = ([1, 2, 3, 4], null);
        store.Points[PointId.FromNumber(95)] = ([1, 2, 3, 4], null);
        MigrationOptions prune = Sync with { Prune = true };
        MemorySource shrunken = Source(Ids(0, 90));
        MigrationResult plan = await Run(shrunken, prune with { DryRun = true });
        plan.Plan!.Sync.ShouldBe(new SyncPlan
        {
            Equal = 90,
            Vanished = 10,
            Recorded = 100,
            Prunes = true,
            FirstVanished = plan.Plan.Sync!.FirstVanished,
            FirstVanishedChanged = plan.Plan.Sync.FirstVanishedChanged,
            ComparesVanished = true,
        });
        (plan.Plan.Count, plan.Plan.ToSend).ShouldBe((90, 0));
        plan.Plan.Sync.FirstVanished.ShouldBe(Ids(90, 10).Select(static id => PointId.FromNumber((ulong)id).Value));
        store.Points.Count.ShouldBe(101);
        MigrationResult result = await Run(shrunken, prune);
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Counts.Pruned.ShouldBe(10);
        store.Points.Keys.Order().ShouldBe([.. Ids(0, 90).Append(500).Select(static id => PointId.FromNumber((ulong)id))]);
        // What was pruned is forgotten: whoever takes such an id has a point of its own.
        store.Points[PointId.FromNumber(95)] = ([9, 9, 9, 9], null);
        (await Run(shrunken, prune)).Counts.Vanished.ShouldBe(0);
        store.Points.Count.ShouldBe(92);
    }

    [Fact]
    public async Task What_vanished_days_ago_is_pruned_when_that_is_asked_for()
    {
        await Run(Source(Ids(0, 100)));
        await Run(Source(Ids(0, 95)));
        await Run(Source(Ids(0, 90)));
        MigrationResult result = await Run(Source(Ids(0, 120)), Sync with { Prune = true });
        result.Counts.Created.ShouldBe(20);
        result.Counts.Vanished.ShouldBe(0);
        result = await Run(Source(Ids(10, 110)), Sync with { Prune = true });
        result.Counts.Pruned.ShouldBe(10);
        store.Points.Count.ShouldBe(110);
    }

    [Fact]
    public async Task Nothing_is_pruned_after_an_empty_index_or_one_that_is_less_than_half_as_large()
    {
        await Run(Source(Ids(0, 100)));
        foreach (int count in (int[])[0, 1, 49])
        {
            MigrationResult refused = await Run(Source(Ids(0, count)), Sync with { Prune = true });
            refused.ExitCode.ShouldBe(2);
            refused.Error!.ErrorId.ShouldBe("PruneSourceTooSmall");
            store.Points.Count.ShouldBe(100);
        }

        // Taken over without pruning, it is still less than half of what was written.
        (await Run(Source(Ids(0, 49)))).ExitCode.ShouldBe(0);
        (await Run(Source(Ids(0, 49)), Sync with { Prune = true })).Error!.ErrorId.ShouldBe("PruneSourceTooSmall");
        (await Run(Source(Ids(0, 50)), Sync with { Prune = true })).Counts.Pruned.ShouldBe(50);
        (await Run(Source(Ids(0, 3)), Sync with { Prune = true, ForcePrune = true })).Counts.Pruned.ShouldBe(47);
    }

    [Fact]
    public async Task Without_a_record_nothing_is_pruned_and_nothing_that_differs_is_written_over()
    {
        await Run(Source(Ids(0, 50)));
        File.Delete(WrittenIds.PathOf(Journal));
        MemorySource changed = Source(Ids(0, 45));
        (await Run(changed, Sync with { Prune = true })).Error!.ErrorId.ShouldBe("PruneNeedsRecord");
        changed.Vector(3)[1] = 5;
        MigrationResult refused = await Run(changed);
        refused.Error!.ErrorId.ShouldBe("PointsExist");
        refused.Error.Message.ShouldContain("no record");
        File.Delete(Journal);
        // A journal that is new knows of no point that could be pruned.
        (await Run(Source(Ids(0, 45)), Sync with { Prune = true })).ExitCode.ShouldBe(0);
        store.Points.Count.ShouldBe(50);
        store.Upserted.Count.ShouldBe(50);
    }

    [Fact]
    public async Task A_damaged_record_is_refused()
    {
        await Run(Source(Ids(0, 50), scattered: true));
        string record = WrittenIds.PathOf(Journal);
        byte[] bytes = File.ReadAllBytes(record);
        bytes[^12] ^= 1;
        File.WriteAllBytes(record, bytes);
        foreach (bool dryRun in (bool[])[false, true])
        {
            MigrationResult refused = await Run(Source(Ids(0, 60), scattered: true), Sync with { DryRun = dryRun });
            refused.ExitCode.ShouldBe(2);
            refused.Error!.ErrorId.ShouldBe("JournalCorrupt");
            refused.Error.Message.ShouldContain(record);
        }
    }

    [Fact]
    public async Task A_plan_names_what_is_deleted_and_asked_about()
    {
        await Run(Source(Ids(0, 50)));
        MigrationPlan plan = (await Run(Source(Ids(0, 48)), Sync with { Prune = true, DryRun = true })).Plan.ShouldNotBeNull();
        PlanText.Deletion(plan).ShouldBe("2 points");
        PlanText.Deletion((await Run(Source(Ids(0, 50)), Sync with { Prune = true, DryRun = true })).Plan.ShouldNotBeNull()).ShouldBeNull();
    }

    [Fact]
    public async Task Points_of_others_stay_as_they_are()
    {
        await Run(Source(Ids(0, 50)));
        store.Points[PointId.FromNumber(55)] = ([1, 2, 3, 4], null);
        MigrationResult refused = await Run(Source(Ids(0, 60)));
        refused.Error!.ErrorId.ShouldBe("PointsExist");
        refused.Error.Message.ShouldContain("1 id is already used");
        MigrationResult skipped = await Run(Source(Ids(0, 60)), Sync with { OnExisting = ExistingPoints.Skip });
        skipped.Counts.LeftThere.ShouldBe(1);
        skipped.Counts.Created.ShouldBe(9);
        store.Points[PointId.FromNumber(55)].Vector.ShouldBe([1f, 2f, 3f, 4f]);
        // It is never this migration's, so it is never pruned.
        (await Run(Source(Ids(0, 51)), Sync with { Prune = true })).Counts.Pruned.ShouldBe(8);
        store.Points.ShouldContainKey(PointId.FromNumber(55));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Equal_points_that_were_there_before_it_are_never_changed_or_pruned(bool firstRunSyncs)
    {
        MemorySource other = Source(Ids(0, 60));
        await Run(other, Options with { JournalPath = Path.Combine(folder.Path, "other.journal") });
        MigrationResult result = await Run(Source(Ids(50, 100)), firstRunSyncs ? Sync : Options);
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Counts.AlreadyThere.ShouldBe(10);
        MemorySource changed = Source(Ids(50, 100));
        for (int i = 0; i < 100; i++)
        {
            changed.Vector(i)[1] += 1;
        }

        MigrationResult refused = await Run(changed);
        refused.Error.ShouldNotBeNull().ErrorId.ShouldBe("PointsExist");
        refused.Error!.Message.ShouldContain("10 ids are already used");
        MigrationResult skipped = await Run(changed, Sync with { OnExisting = ExistingPoints.Skip });
        (skipped.Counts.Changed, skipped.Counts.LeftThere).ShouldBe((90, 10));
        (await Run(Source(Ids(60, 90)), Sync with { Prune = true })).Counts.Pruned.ShouldBe(0);
        foreach (int id in Enumerable.Range(0, 60))
        {
            store.Points[PointId.FromNumber((ulong)id)].Vector.ShouldBe(other.Vector(id).ToArray());
        }
    }

    [Fact]
    public async Task Payload_that_an_application_has_added_to_our_points_stays_where_no_payload_is_migrated()
    {
        await Run(Source(Ids(0, 50)));
        store.Points[PointId.FromNumber(4)] = (store.Points[PointId.FromNumber(4)].Vector, """{"tag":"mine"}""");
        MemorySource changed = Source(Ids(0, 50));
        changed.Vector(4)[1] = 3;
        changed.Vector(5)[1] = 3;
        MigrationResult result = await Run(changed);
        result.Counts.Changed.ShouldBe(2);
        store.Points[PointId.FromNumber(4)].Payload.ShouldBe("""{"tag":"mine"}""");
        store.Points[PointId.FromNumber(4)].Vector[1].ShouldBe(3);
    }

    [Fact]
    public async Task A_payload_that_changed_is_repaired_by_key()
    {
        MigrationOptions options = Sync with { PayloadKey = "id" };
        (await RunWith(Source(Ids(0, 30)), options, i => $$"""{"id":{{i}},"text":"a"}""", 30)).ExitCode.ShouldBe(0);
        MigrationResult result = await RunWith(Source(Ids(0, 30)), options, i => $$"""{"id":{{i}},"text":"{{(i == 7 ? "b" : "a")}}"}""", 30);
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Counts.Changed.ShouldBe(1);
        result.Counts.Equal.ShouldBe(29);
        store.Points[PointId.FromNumber(7)].Payload.ShouldBe("""{"id":7,"text":"b"}""");
    }

    [Theory]
    [InlineData(ChangedSource.Sync)]
    [InlineData(ChangedSource.Restart)]
    public async Task A_changed_index_without_the_payload_that_the_journal_knows_is_refused(ChangedSource then)
    {
        (await RunWith(Source(Ids(0, 30)), Options, static _ => """{"text":"a"}""", 30)).ExitCode.ShouldBe(0);
        MemorySource changed = Source(Ids(0, 30));
        changed.Vector(3)[1] = 5;
        MigrationResult result = await Run(changed, Options with { OnChanged = then });
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("JournalDiffers");
        result.Error!.Message.ShouldContain("this run has no payload");
        result.Error.RecommendedAction.ShouldContain("-PayloadPath");
        store.Points[PointId.FromNumber(3)].Vector[1].ShouldNotBe(5);
    }

    [Fact]
    public async Task Restart_sends_everything_again_only_where_something_has_changed()
    {
        MigrationOptions options = Options with { OnChanged = ChangedSource.Restart };
        MemorySource source = Source(Ids(0, 50), scattered: true);
        (await Run(source, options)).Counts.Sent.ShouldBe(50);
        (await Run(source, options)).Counts.Skipped.ShouldBe(50);
        MemorySource changed = Source(Ids(0, 60), scattered: true);
        changed.Vector(3)[1] = 5;
        MigrationResult again = await Run(changed, options);
        again.ExitCode.ShouldBe(0, again.Error?.Message);
        again.Counts.Sent.ShouldBe(60);
    }

    [Fact]
    public async Task A_sync_that_is_stopped_ends_right_when_it_is_run_again()
    {
        await Run(Source(Ids(0, 100), scattered: true));
        MemorySource changed = Source([.. Ids(20, 80), .. Ids(100, 60)], scattered: true);
        for (int i = 0; i < 80; i += 2)
        {
            changed.Vector(i)[1] = i;
        }

        int asked = 0;
        store.Answer = _ => ++asked > 4 ? WriteAnswer.Stop("DiskFull", ErrorKind.ResourceUnavailable, "full", resumable: true, "Free it.") : WriteAnswer.Ok(1);
        MigrationResult stopped = await Run(changed, Sync with { Prune = true });
        stopped.ExitCode.ShouldBe(3);
        stopped.Counts.Changed.ShouldBe(40);
        store.Pruned.ShouldBeEmpty();
        store.Answer = null;
        MigrationResult result = await Run(changed, Sync with { Prune = true });
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Counts.Created.ShouldBe(60);
        result.Counts.Changed.ShouldBe(0);
        result.Counts.Pruned.ShouldBe(20);
        store.Points.Count.ShouldBe(140);
    }

    [Fact]
    public async Task What_no_sync_can_be_combined_with_is_refused_by_name_while_planning()
    {
        foreach ((MigrationOptions options, string id, string named) in ((MigrationOptions, string, string)[])
        [
            (Sync with { Recreate = true }, "SyncUnsupported", "-Recreate"),
            (Sync with { Restart = true }, "SyncUnsupported", "-Restart"),
            (Sync with { OnExisting = ExistingPoints.Merge, VectorName = "v" }, "SyncUnsupported", "-OnExisting Merge"),
            (Sync with { IdFrom = IdOrigin.StoreId }, "SyncUnsupported", "-IdFrom StoreId"),
            (Sync with { IdFrom = IdOrigin.StoreId }, "SyncUnsupported", "Use -OnChanged Refuse."),
            (Sync with { ShardKeyField = "tenant" }, "SyncUnsupported", "-ShardKeyField"),
            (Options with { Prune = true }, "PruneNeedsSync", "-OnChanged Sync"),
        ])
        {
            MigrationResult refused = await Run(Source(Ids(0, 5)), options with { DryRun = true });
            MigrationError error = refused.Plan!.Refusals.First(refusal => refusal.ErrorId == id);
            (error.Message + error.RecommendedAction).ShouldContain(named);
        }

        store.Add("c", 4, Distance.Euclid);
        store.Collections["c"] = store.Collections["c"] with
        {
            Vectors = [.. store.Collections["c"].Vectors, new CollectionVector("other", 4, Distance.Euclid, VectorDatatype.Default, false)]
        };
        store.Points[PointId.FromNumber(900)] = ([1, 2, 3, 4], null);
        (await Run(Source(Ids(0, 5)), Sync with { Prune = true })).Error!.Message.ShouldContain("several vectors");
    }

    [Fact]
    public async Task Many_ids_in_no_order_are_told_apart_outside_of_memory()
    {
        await Run(Source(Ids(0, 3_000), scattered: true));
        MigrationResult result = await Run(Source([.. Ids(1_000, 2_500).Reverse()], scattered: true), Sync with { Prune = true });
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        (result.Counts.Created, result.Counts.Changed, result.Counts.Equal, result.Counts.Pruned).ShouldBe((500, 0, 2_000, 1_000));
        Directory.EnumerateFiles(folder.Path, "*.spill").ShouldBeEmpty();
    }

    private static long[] Ids(int first, int count) => [.. Enumerable.Range(first, count).Select(static id => (long)id)];

    private MigrationOptions Sync => Options with { OnChanged = ChangedSource.Sync };

    /// <summary>A version of the index: what a vector holds follows from its id, wherever it stands.</summary>
    private MemorySource Source(long[] ids, bool scattered = false)
    {
        var source = new MemorySource(ids.Length, id: i => scattered ? Scattered(ids[i]) : ids[i]);
        for (int i = 0; i < ids.Length; i++)
        {
            source.Vector(i)[0] = ids[i];
            source.Vector(i)[1..].Fill(ids[i] / 7f);
        }

        version++;
        source.Description = source.Description with { Identity = new SourceIdentity("memory.faiss", version, DateTime.UnixEpoch, $"v{version}") };
        return source;
    }

    /// <summary>Another id for each number below 2^20, in no order.</summary>
    private static long Scattered(long id) => id * 0x9E3779B1 % (1 << 20);

    private Task<MigrationResult> Run(MemorySource source) => Run(source, Sync);

    private Task<MigrationResult> Run(MemorySource source, MigrationOptions options) =>
        new Migration(source, null, store, new FixedRetryPolicy(), options with { JournalPath = options.JournalPath ?? Journal }, recorder).RunAsync(default);

    private async Task<MigrationResult> RunWith(MemorySource source, MigrationOptions options, Func<int, string> row, int rows)
    {
        string path = Path.Combine(folder.Path, "rows.jsonl");
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, rows).Reverse().Select(row));
        using IPayloadSource payload = JsonLinesPayloadSource.Open(path, options.PayloadRules, folder.Path);
        return await new Migration(source, payload, store, new FixedRetryPolicy(), options with { JournalPath = Journal }, recorder).RunAsync(default);
    }
}
