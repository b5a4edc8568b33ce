using VectorMigration.SideFiles;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>A repair puts right what its migration wrote. It never writes other points, and says why it leaves some.</summary>
public sealed class RepairTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();

    private string Journal => Path.Combine(folder.Path, "c.journal");

    private MigrationOptions Options => new() { Collection = "c", JournalPath = Journal };

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("offset", "id offset: 1000 in the journal, 0 now")]
    [InlineData("mapping", "id mapping: Keep in the journal, Uuid5 now")]
    [InlineData("namespace", "id namespace: a in the journal, b now")]
    public async Task A_repair_with_other_ids_than_those_of_the_journal_is_refused_by_name(string what, string said)
    {
        var source = new MemorySource(50);
        MigrationOptions wrote = what switch
        {
            "offset" => Options with { IdOffset = 1_000 },
            "mapping" => Options,
            _ => Options with { IdMapping = IdMapping.Uuid5, IdNamespace = "a" },
        };
        MigrationOptions repairs = what switch
        {
            "offset" => Options,
            "mapping" => Options with { IdMapping = IdMapping.Uuid5 },
            _ => wrote with { IdNamespace = "b" },
        };
        await Migrate(source, wrote);
        foreach (ExistingPoints existing in (ExistingPoints[])[ExistingPoints.Refuse, ExistingPoints.Overwrite])
        {
            MigrationException refused = await Refused(source, repairs with { OnExisting = existing });
            refused.ErrorId.ShouldBe("JournalDiffers");
            refused.Message.ShouldContain(said);
        }

        store.Points.Count.ShouldBe(50);
        (await Check(source, wrote).VerifyAsync(forRepair: true, default)).Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task The_index_may_have_changed_but_not_the_ids()
    {
        var source = new MemorySource(50);
        await Migrate(source, Options);
        source.Description = source.Description with { Identity = new SourceIdentity("memory.faiss", 2, default, "changed") };
        store.Points.TryRemove(PointId.FromNumber(7), out _);
        MigrationCheck check = Check(source, Options);
        await check.VerifyAsync(forRepair: true, default);
        (await check.RepairAsync(default)).Passed.ShouldBeTrue();
        (await Refused(source, Options with { IdOffset = 1_000 })).ErrorId.ShouldBe("JournalDiffers");
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(10, true)]
    [InlineData(0, false)]
    public async Task Without_a_journal_vectors_that_are_nearly_all_elsewhere_are_not_added(long offset, bool refuses)
    {
        var source = new MemorySource(50);
        await Migrate(source, Options with { IdOffset = offset, JournalPath = null });
        store.Points.TryRemove(PointId.FromNumber((ulong)(7 + offset)), out _);
        MigrationOptions lost = Options with { JournalPath = Path.Combine(folder.Path, "lost.journal") };
        if (refuses)
        {
            MigrationException refused = await Refused(source, lost);
            refused.ErrorId.ShouldBe("RepairUnrelated");
            refused.Message.ShouldContain("0 of 50 vectors");
            refused.Message.ShouldContain("49 points");
            refused.RecommendedAction.ShouldContain("-IdOffset");
            store.Points.Count.ShouldBe(49);
            return;
        }

        MigrationCheck check = Check(source, lost);
        await check.VerifyAsync(forRepair: true, default);
        (await check.RepairAsync(default)).Passed.ShouldBeTrue();
        store.Points.Count.ShouldBe(50);
    }

    [Fact]
    public async Task A_collection_that_lost_all_points_of_a_journal_is_repaired()
    {
        var source = new MemorySource(50);
        await Migrate(source, Options);
        store.Points.Clear();
        store.Points[PointId.FromNumber(900)] = ([1, 2, 3, 4], null);
        MigrationCheck check = Check(source, Options);
        await check.VerifyAsync(forRepair: true, default);
        (await check.RepairAsync(default)).Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_rebuilt_store_with_other_ids_is_no_repair()
    {
        var source = new MemorySource(50);
        MigrationOptions options = Options with { IdFrom = IdOrigin.StoreId };
        using MemoryDocuments was = Documents("1");
        using MemoryDocuments now = Documents("2");
        now.Identity = "rebuilt";
        await new Migration(source, was, store, new FixedRetryPolicy(), options, recorder).RunAsync(default);
        MigrationException refused = await Should.ThrowAsync<MigrationException>(
            () => new MigrationCheck(source, now, store, new FixedRetryPolicy(), options, recorder).VerifyAsync(forRepair: true, default));
        refused.ErrorId.ShouldBe("JournalDiffers");
        refused.RecommendedAction.ShouldContain("new collection");
        store.Points.Count.ShouldBe(50);

        MigrationResult synced = await new Migration(
            source, now, store, new FixedRetryPolicy(), options with { OnChanged = ChangedSource.Sync, DryRun = true }, recorder).RunAsync(default);
        synced.Plan!.Refusals.First(static refusal => refusal.ErrorId == "SyncUnsupported").RecommendedAction.ShouldNotContain("Repair");

        MemoryDocuments Documents(string prefix) => new(
            Enumerable.Range(0, 50).ToDictionary(static i => (long)i, i => ((string?)$"{prefix}{i:000}", (string?)$$"""{"n":{{i}}}""")), options.PayloadRules);
    }

    [Fact]
    public async Task Another_payload_is_refused_with_the_way_to_bring_the_collection_up_to_date()
    {
        var source = new MemorySource(20);
        using IPayloadSource was = Rows("a.jsonl", static i => $$"""{"t":"a{{i}}"}""");
        using IPayloadSource now = Rows("b.jsonl", static i => $$"""{"t":"b{{i}}"}""");
        await Migrate(source, Options, was);
        MigrationException refused = await Refused(source, Options, now);
        refused.ErrorId.ShouldBe("JournalDiffers");
        refused.RecommendedAction.ShouldContain("-OnChanged Sync");
        store.Points[PointId.FromNumber(3)].Payload.ShouldBe("""{"t":"a3"}""");
        (await Check(source, Options, was).VerifyAsync(forRepair: true, default)).Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_payload_is_not_added_by_a_repair()
    {
        var source = new MemorySource(20);
        using IPayloadSource payload = Rows("a.jsonl", static i => $$"""{"t":"a{{i}}"}""");
        await Migrate(source, Options);
        store.Points[PointId.FromNumber(3)] = (source.Vector(3).ToArray(), """{"own":1}""");
        MigrationException refused = await Refused(source, Options, payload);
        refused.ErrorId.ShouldBe("JournalDiffers");
        refused.RecommendedAction.ShouldContain("without payloads");
        store.Points[PointId.FromNumber(3)].Payload.ShouldBe("""{"own":1}""");
    }

    [Fact]
    public async Task Fields_that_an_application_added_are_kept_and_told_and_removed_on_request()
    {
        var source = new MemorySource(20);
        using IPayloadSource payload = Rows("a.jsonl", static i => $$"""{"t":"a{{i}}"}""");
        await Migrate(source, Options, payload);
        store.Points[PointId.FromNumber(3)] = (source.Vector(3).ToArray(), """{"t":"a3","note":"of the application"}""");
        store.Points[PointId.FromNumber(4)] = (source.Vector(4).ToArray(), """{"t":"wrong"}""");
        store.Points.Remove(PointId.FromNumber(5), out _);

        VerificationResult found = await Check(source, Options, payload).VerifyAsync(forRepair: false, default);
        found.WithAddedFields.ShouldBe(1);
        VerificationErrors.Advice(found)!.ShouldContain("It leaves points unchanged whose payload has further fields.");

        VerificationResult after = await Repaired(Options);
        (after.Passed, after.Missing, after.Different, after.WithAddedFields).ShouldBe((false, 0, 1, 1));
        (after.Repair!.Sent, after.Repair.Repaired, after.Repair.LeftAlone, after.Repair.KeptForFields).ShouldBe((2, 2, 1, 1));
        store.Points[PointId.FromNumber(3)].Payload.ShouldBe("""{"t":"a3","note":"of the application"}""");
        store.Points[PointId.FromNumber(4)].Payload.ShouldBe("""{"t":"a4"}""");
        VerificationErrors.Advice(after)!.ShouldContain("1 point unchanged whose payload has fields that the index does not have");

        VerificationResult overwritten = await Repaired(Options with { OnExisting = ExistingPoints.Overwrite });
        (overwritten.Passed, overwritten.Repair!.Repaired).ShouldBe((true, 1));
        store.Points[PointId.FromNumber(3)].Payload.ShouldBe("""{"t":"a3"}""");

        async Task<VerificationResult> Repaired(MigrationOptions options)
        {
            MigrationCheck check = Check(source, options, payload);
            await check.VerifyAsync(forRepair: true, default);
            return await check.RepairAsync(default);
        }
    }

    [Fact]
    public async Task A_merge_does_not_create_points_by_a_repair()
    {
        var source = new MemorySource(20);
        await Migrate(source, Options);
        store.Points.Remove(PointId.FromNumber(5), out _);
        MigrationCheck check = Check(source, Options with { OnExisting = ExistingPoints.Merge }, null);
        await check.VerifyAsync(forRepair: true, default);

        VerificationResult after = await check.RepairAsync(default);

        (after.Passed, after.Missing, after.Different, after.Repair!.LeftAbsent, after.Repair.Sent).ShouldBe((false, 1, 0, 1, 0));
        VerificationErrors.Advice(after)!.ShouldContain("did not create 1 missing point");
        store.Points.ContainsKey(PointId.FromNumber(5)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(200, false)]
    public async Task A_window_whose_ids_later_vectors_have_too_is_not_repaired(int limit, bool refuses)
    {
        // Vector 150 has the id of vector 50, and is the one that counts.
        var source = new MemorySource(200, id: static i => i == 150 ? 50 : i);
        MigrationOptions options = Options with { AllowDuplicateIds = true };
        await Migrate(source, options);
        MigrationOptions window = options with { Limit = limit };
        if (refuses)
        {
            MigrationException refused = await Refused(source, window);
            refused.ErrorId.ShouldBe("RepairNeedsAll");
            refused.Message.ShouldContain("1 vector of the selected range");
        }
        else
        {
            (await Check(source, window).VerifyAsync(forRepair: true, default)).Passed.ShouldBeTrue();
        }

        store.Points[PointId.FromNumber(50)].Vector.ShouldBe(source.Vector(150).ToArray());
    }

    [Fact]
    public async Task A_verification_without_the_payloads_of_its_journal_says_so()
    {
        var source = new MemorySource(20);
        using IPayloadSource payload = Rows("a.jsonl", static i => $$"""{"t":"a{{i}}"}""");
        await Migrate(source, Options, payload);
        store.Points[PointId.FromNumber(3)] = (source.Vector(3).ToArray(), """{"t":"wrong"}""");
        VerificationResult proof = await Check(source, Options).VerifyAsync(forRepair: false, default);
        (proof.Passed, proof.PayloadsNotCompared).ShouldBe((true, true));
        proof.ToString().ShouldContain("payloads not compared");
        recorder.Events.OfType<RunWarning>().ShouldContain(warning => warning.Message.StartsWith("Payloads were not compared", StringComparison.Ordinal));
        (await Check(source, Options, payload).VerifyAsync(forRepair: false, default)).PayloadsNotCompared.ShouldBeFalse();
        (await Check(source, Options with { JournalPath = null }).VerifyAsync(forRepair: false, default)).PayloadsNotCompared.ShouldBeFalse();

        // A journal that cannot be read is no obstacle to a verification, only to a repair.
        await File.WriteAllTextAsync(Journal, "something else");
        (await Check(source, Options).VerifyAsync(forRepair: false, default)).Passed.ShouldBeTrue();
        (await Refused(source, Options)).ErrorId.ShouldBe("JournalForeign");
    }

    [Fact]
    public async Task What_a_repair_leaves_has_its_reason()
    {
        MigrationOptions options = Options with { IdMapping = IdMapping.Uuid5 };
        var source = new MemorySource(20);
        await Migrate(source, options);
        PointId bare = IndexFeed.MapId(3, IdMapping.Uuid5);
        store.Points[bare] = (source.Vector(3).ToArray(), """{"own":1}""");
        VerificationErrors.Advice(await Repair(options), Journal).ShouldNotBeNull().ShouldContain("has no payload");

        store.Points[bare] = ([9, 9, 9, 9], """{"own":1}""");
        VerificationResult foreign = await Repair(options with { JournalPath = null });
        foreign.Repair.ShouldNotBeNull().NotRecorded.ShouldBe(1);
        VerificationErrors.Advice(foreign, null).ShouldNotBeNull().ShouldContain("no journal that records them");

        async Task<VerificationResult> Repair(MigrationOptions asked)
        {
            MigrationCheck check = Check(source, asked);
            await check.VerifyAsync(forRepair: true, default);
            return await check.RepairAsync(default);
        }
    }

    [Fact]
    public async Task A_verification_names_what_would_stop_a_repair()
    {
        var source = new MemorySource(20);
        await Migrate(source, Options with { IdOffset = 1_000 });
        VerificationResult proof = await Check(source, Options).VerifyAsync(forRepair: false, default);
        string advice = VerificationErrors.Advice(proof, Journal).ShouldNotBeNull();
        advice.ShouldContain("id offset: 1000 in the journal, 0 now");
        advice.ShouldNotContain("Nothing was sent");

        var other = new MemorySource(20);
        other.Description = other.Description with { Path = "other.faiss", Identity = new SourceIdentity("other.faiss", 2, default, "other") };
        MigrationException refused = await Refused(other, Options with { IdOffset = 1_000 });
        refused.Message.ShouldContain("belongs to another index");
        refused.Message.ShouldEndWith("Nothing was sent.");
        refused.RecommendedAction.ShouldContain("name memory.faiss");
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task Payloads_are_in_doubt_only_where_they_differ_and_nobody_named_them(bool isFound, bool payloadDiffers, bool expected)
    {
        var source = new MemorySource(20);
        using IPayloadSource payload = Rows("a.jsonl", static i => $$"""{"t":"a{{i}}"}""");
        await Migrate(source, Options, payload);
        store.Points[PointId.FromNumber(3)] = payloadDiffers ? (source.Vector(3).ToArray(), """{"t":"wrong"}""") : ([9, 9, 9, 9], """{"t":"a3"}""");
        MigrationCheck check = new(source, payload, store, new FixedRetryPolicy(), Options, recorder) { PayloadIsFound = isFound };
        VerificationResult proof = await check.VerifyAsync(forRepair: false, default);
        (proof.Different, proof.PayloadInDoubt).ShouldBe((1, expected));
    }

    private IPayloadSource Rows(string name, Func<int, string> row)
    {
        string path = Path.Combine(folder.Path, name);
        File.WriteAllLines(path, Enumerable.Range(0, 20).Select(row));
        return JsonLinesPayloadSource.Open(path, Options.PayloadRules, folder.Path);
    }

    private async Task Migrate(MemorySource source, MigrationOptions options, IPayloadSource? payload = null)
    {
        MigrationResult result = await new Migration(source, payload, store, new FixedRetryPolicy(), options, recorder).RunAsync(default);
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
    }

    private MigrationCheck Check(MemorySource source, MigrationOptions options, IPayloadSource? payload = null) =>
        new(source, payload, store, new FixedRetryPolicy(), options, recorder);

    private Task<MigrationException> Refused(MemorySource source, MigrationOptions options, IPayloadSource? payload = null) =>
        Should.ThrowAsync<MigrationException>(() => Check(source, options, payload).VerifyAsync(forRepair: true, default));
}
