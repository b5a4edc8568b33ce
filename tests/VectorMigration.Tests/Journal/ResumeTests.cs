using VectorMigration.SideFiles;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>Runs that go on where one stopped, and journals that are refused.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();
    private readonly List<long> upserted = [];

    public ResumeTests() => store.Answer = batch =>
    {
        lock (upserted)
        {
            upserted.AddRange(batch.Ordinals().SelectMany(range => Enumerable.Range((int)range.First, (int)range.Count).Select(i => (long)i)));
        }

        return WriteAnswer.Ok(1);
    };

    private string Journal => Path.Combine(folder.Path, "c.journal");

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Growing_limits_are_one_journal()
    {
        MemorySource source = Source(1_000);
        foreach ((long limit, long sent) in ((long, long)[])[(20, 20), (100, 80), (100, 0), (1_000, 900)])
        {
            MigrationResult result = await Run(source, Options() with { Limit = limit });
            result.ExitCode.ShouldBe(0, result.Error?.Message);
            result.Counts.Sent.ShouldBe(sent);
            result.Counts.Skipped.ShouldBe(limit - sent);
            result.Verification!.Compared.ShouldBe(limit);
            result.JournalPath.ShouldBe(Journal);
        }

        upserted.Order().ShouldBe(Enumerable.Range(0, 1_000).Select(i => (long)i));
    }

    [Fact]
    public async Task A_stopped_run_goes_on_with_what_is_missing_only()
    {
        MemorySource source = Source(1_000);
        Func<VectorBatch, WriteAnswer> all = store.Answer!;
        int asked = 0;
        store.Answer = batch => ++asked > 10 ? WriteAnswer.Stop("DiskFull", ErrorKind.ResourceUnavailable, "disk full", resumable: true, "Free it.")
            : all(batch);
        MigrationResult stopped = await Run(source, Options());
        stopped.ExitCode.ShouldBe(3);
        stopped.Error!.ErrorId.ShouldBe("DiskFull");
        long before = upserted.Count;
        before.ShouldBe(100);

        store.Answer = all;
        MigrationResult resumed = await Run(source, Options());
        resumed.ExitCode.ShouldBe(0);
        resumed.Counts.Sent.ShouldBe(900);
        resumed.Counts.Skipped.ShouldBe(100);
        upserted.Count.ShouldBe(1_000);
        upserted.Distinct().Count().ShouldBe(1_000);
    }

    [Fact]
    public async Task A_poison_vector_is_tried_again_and_the_rest_is_not()
    {
        MemorySource source = Source(100);
        Func<VectorBatch, WriteAnswer> all = store.Answer!;
        store.Answer = batch => batch.Ordinals().Any(range => range.First <= 37 && 37 <= range.Last)
            ? WriteAnswer.Reject("RequestRefused", ErrorKind.InvalidData, null, "no", "Mend it.") : all(batch);
        (await Run(source, Options())).ExitCode.ShouldBe(4);
        upserted.Count.ShouldBe(99);
        store.Answer = all;
        MigrationResult resumed = await Run(source, Options());
        resumed.ExitCode.ShouldBe(0);
        resumed.Counts.Sent.ShouldBe(1);
        upserted[^1].ShouldBe(37);
    }

    [Fact]
    public async Task Invalid_vectors_are_told_by_every_run_and_duplicates_do_not_tear_ranges()
    {
        MemorySource source = Source(200, id: i => i % 2 == 0 ? i : 1_000_000 + (i % 4));
        source.Vector(40)[1] = float.NaN;
        MigrationOptions options = Options() with { SkipInvalid = true, AllowDuplicateIds = true };
        for (int run = 0; run < 2; run++)
        {
            MigrationResult result = await Run(source, options);
            result.ExitCode.ShouldBe(4);
            result.Counts.Invalid.ShouldBe(1);
            result.LeftOut.Select(v => v.Ordinal).ShouldBe([40L]);
            result.Counts.Superseded.ShouldBe(98);
            result.Verification!.Passed.ShouldBeTrue();
        }

        upserted.Count.ShouldBe(101);
        JournalContent.Read(Journal).Acknowledged.Ranges.Count.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task Restart_sends_everything_again()
    {
        MemorySource source = Source(50);
        await Run(source, Options());
        MigrationResult again = await Run(source, Options() with { Restart = true });
        again.ExitCode.ShouldBe(0);
        again.Counts.Sent.ShouldBe(50);
        again.Counts.Skipped.ShouldBe(0);
    }

    [Fact]
    public async Task Recreate_begins_the_journal_anew()
    {
        MemorySource source = Source(50);
        await Run(source, Options());
        MigrationResult again = await Run(source, Options() with { Recreate = true });
        again.ExitCode.ShouldBe(0, again.Error?.Message);
        again.Counts.Sent.ShouldBe(50);
        (await Run(source, Options())).Counts.Skipped.ShouldBe(50);
    }

    [Fact]
    public async Task Every_difference_is_named()
    {
        MemorySource source = Source(50);
        await Run(source, Options());
        MemorySource other = Source(60);
        other.Description = other.Description with { Identity = new SourceIdentity("other.faiss", 9, DateTime.UnixEpoch, "ffff") };
        MigrationResult refused = await Run(other, Options() with { IdMapping = IdMapping.Uuid5 });
        refused.ExitCode.ShouldBe(2);
        refused.Error!.ErrorId.ShouldBe("JournalDiffers");
        foreach (string expected in (string[])["index: 5 bytes in the journal, 9 bytes now", "vectors of the index: 50",
            "id mapping: Keep in the journal, Uuid5 now", "memory.faiss", Journal])
        {
            refused.Error.Message.ShouldContain(expected);
        }

        refused.Error.RecommendedAction.ShouldContain("-JournalPath");
        refused.Error.RecommendedAction.ShouldNotContain("estart");
        upserted.Count.ShouldBe(50);
    }

    [Fact]
    public async Task What_becomes_of_ids_and_payloads_belongs_to_the_journal()
    {
        string rows = Path.Combine(folder.Path, "rows.jsonl");
        await File.WriteAllLinesAsync(rows, Enumerable.Range(0, 50).Select(static i => $$"""{"id":{{i}}}"""));
        MigrationOptions begun = Options() with { IdMapping = IdMapping.Uuid5, PayloadKey = "id" };
        (await RunWith(begun)).ExitCode.ShouldBe(0);
        (await RunWith(begun)).Counts.Skipped.ShouldBe(50);
        foreach ((MigrationOptions other, string difference) in ((MigrationOptions, string)[])
        [
            (begun with { IdField = "own" }, "id field: faiss_id in the journal, own now"),
            (begun with { PayloadKey = null }, "payload key: id in the journal, none now"),
            (begun with { DropPayloadKey = true }, "payload key dropped: no in the journal, yes now"),
            (begun with { OnMissingPayload = MissingPayload.Skip }, "vectors without a payload: Fail in the journal, Skip now"),
            (begun with { LargeInteger = LargeInteger.Text }, "integers beyond 64 bits: Fail in the journal, Text now"),
        ])
        {
            MigrationResult refused = await RunWith(other);
            refused.Error!.ErrorId.ShouldBe("JournalDiffers");
            refused.Error.Message.ShouldContain(difference);
            // What changes payloads alone is brought up to date by a sync. For ids, another journal would only find the points taken.
            bool isOfIds = other.IdField != begun.IdField;
            refused.Error.RecommendedAction.ShouldContain(isOfIds ? "-Restart" : "-OnChanged Sync");
            refused.Error.RecommendedAction.Contains("-IdOffset", StringComparison.Ordinal).ShouldBe(!isOfIds);
        }

        (await RunWith(begun with { DropPayloadKey = true, Restart = true })).Counts.Sent.ShouldBe(50);
        store.Points.Values.ShouldAllBe(static point => !point.Payload!.Contains("\"id\""));

        async Task<MigrationResult> RunWith(MigrationOptions options)
        {
            using IPayloadSource payload = JsonLinesPayloadSource.Open(rows, options.PayloadRules, folder.Path);
            return await new Migration(Source(50), payload, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
        }
    }

    [Fact]
    public void A_journal_from_before_there_was_a_choice_means_what_was_done_then()
    {
        const string old = """VMJ 1 {"key":{"index":"5 bytes, abcd","vectors":50,"payload":"none","idMapping":"Uuid5",""" +
            """ "endpoint":"memory://store","collection":"c","vectorName":""},"collectionRun":null,""" +
            """ "begunAt":"2026-01-02T03:04:05+00:00","indexPath":"a.faiss","indexWrittenAt":"2026-01-01T00:00:00Z"}""";
        string opening = $"{JournalLine.Magic} {JournalLine.Version} ";
        JournalHeader header = JournalHeader.Parse(opening + old["VMJ 1 ".Length..]).ShouldNotBeNull();
        JournalKey now = new("5 bytes, abcd", 50, "none", IdMapping.Uuid5, "memory://store", "c", "");
        now.DifferencesFrom(header.Key).ShouldBeEmpty();
        header.ToText().ShouldNotContain("payloadKey");
    }

    [Fact]
    public async Task A_collection_that_is_no_longer_there_is_refused()
    {
        MemorySource source = Source(50);
        await Run(source, Options());
        await store.DeleteCollectionAsync("c", default);
        (await Run(source, Options())).Error!.ErrorId.ShouldBe("JournalCollectionMissing");
        (await Run(source, Options() with { Restart = true })).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_collection_that_was_recreated_is_refused_by_its_run_id()
    {
        MemorySource source = Source(50);
        await Run(source, Options());
        store.Collections["c"] = store.Collections["c"] with { Metadata = new Dictionary<string, string> { ["vector_migration_run"] = "another" } };
        MigrationResult refused = await Run(source, Options());
        refused.ExitCode.ShouldBe(2);
        refused.Error!.ErrorId.ShouldBe("JournalCollectionReplaced");
        refused.Error.Message.ShouldContain("Run another created the present one.");
        JournalErrors.CollectionReplaced("j", "c", null, null, 3).Message.ShouldBe(
            "Collection 'c' was replaced. 3 acknowledged vectors of the journal j are in an earlier collection of that name. The present one records no run.");
    }

    [Fact]
    public async Task A_run_that_is_under_way_is_not_taken_for_points_that_are_gone()
    {
        MemorySource source = Source(50);
        await Run(source, Options());
        using MigrationJournal other = MigrationJournal.Open(Journal, restart: false, TimeProvider.System);
        store.Points.TryRemove(PointId.FromNumber(7), out _);
        (await Run(source, Options())).Error!.ErrorId.ShouldBe("JournalInUse");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Points_that_are_gone_are_noticed_by_the_count(bool keepsMetadata)
    {
        MemorySource source = Source(50);
        if (!keepsMetadata)
        {
            // A server before 1.16.
            store.Add("c", 4, Distance.Euclid);
        }

        await Run(source, Options());
        store.Points.TryRemove(PointId.FromNumber(7), out _);
        MigrationResult refused = await Run(source, Options());
        refused.Error!.ErrorId.ShouldBe("JournalPointsMissing");
        refused.Error.Message.ShouldContain("49 points");
    }

    [Fact]
    public async Task A_dry_run_tells_what_is_left_and_touches_nothing()
    {
        MemorySource source = Source(50);
        await Run(source, Options() with { Limit = 20 });
        byte[] before = File.ReadAllBytes(Journal);
        MigrationResult plan = await Run(source, Options() with { DryRun = true });
        plan.Plan!.Acknowledged.ShouldBe(20);
        plan.Plan.Batches.ShouldBe(3);
        File.ReadAllBytes(Journal).ShouldBe(before);
        upserted.Count.ShouldBe(20);

        File.WriteAllBytes(Journal, [.. before, .. "acked 20-29 00000000\n"u8]);
        MigrationResult refused = await Run(source, Options() with { DryRun = true });
        refused.Plan!.Refusals.Single().ErrorId.ShouldBe("JournalCorrupt");
    }

    [Fact]
    public async Task A_run_on_a_journal_in_use_is_refused_before_its_first_vector()
    {
        using MigrationJournal other = MigrationJournal.Open(Journal, restart: false, TimeProvider.System);
        MigrationResult refused = await Run(Source(50), Options());
        refused.ExitCode.ShouldBe(2);
        refused.Error!.ErrorId.ShouldBe("JournalInUse");
        upserted.ShouldBeEmpty();
        store.Collections.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_collection_that_is_replaced_during_the_run_is_noticed_without_any_proof(bool comesBack)
    {
        Func<VectorBatch, WriteAnswer> all = store.Answer!;
        int asked = 0;
        store.Answer = batch =>
        {
            if (++asked == 5)
            {
                store.Collections.Remove("c");
                store.Points.Clear();
                if (comesBack)
                {
                    store.Add("c", 4, Distance.Euclid);
                }
            }

            return all(batch);
        };
        MemorySource source = Source(100);
        MigrationResult result = await Run(source, Options() with { Verification = VerificationMode.None });
        result.ExitCode.ShouldBe(1);
        result.Error!.ErrorId.ShouldBe("CollectionReplaced");
        store.Answer = all;
        (await Run(source, Options())).Error!.ErrorId.ShouldBe(comesBack ? "JournalCollectionReplaced" : "JournalCollectionMissing");
        MigrationResult anew = await Run(source, Options() with { Restart = true });
        anew.ExitCode.ShouldBe(0);
        (anew.Counts.Sent + anew.Counts.AlreadyThere).ShouldBe(100);
    }

    [Fact]
    public async Task An_index_of_other_times_is_warned_of()
    {
        MemorySource source = Source(50);
        await Run(source, Options());
        source.Description = source.Description with { Identity = source.Description.Identity with { LastWriteTimeUtc = DateTime.UnixEpoch.AddDays(1) } };
        MigrationResult again = await Run(source, Options());
        again.ExitCode.ShouldBe(0);
        again.Warnings.ShouldContain(warning => warning.Contains("was last written at", StringComparison.Ordinal));
    }

    /// <summary>A change between the samples leaves the identity of a payload file as it is; its time tells that there may be one.</summary>
    [Fact]
    public async Task A_payload_file_of_other_times_is_warned_of()
    {
        string file = Path.Combine(Path.GetDirectoryName(Journal)!, "rows.jsonl");
        File.WriteAllLines(file, Enumerable.Range(0, 50).Select(static i => $$"""{"n":{{i}}}"""));
        MemorySource source = Source(50);
        (await Run()).Warnings.ShouldNotContain(static warning => warning.Contains("was last written at", StringComparison.Ordinal));
        (await Run()).Warnings.ShouldNotContain(static warning => warning.Contains("was last written at", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(9));
        (await Run()).Warnings.ShouldContain(warning => warning.StartsWith($"{file} was last written at 1970-01-10", StringComparison.Ordinal));

        async Task<MigrationResult> Run()
        {
            using IPayloadSource rows = JsonLinesPayloadSource.Open(file, Options().PayloadRules, folder.Path);
            return await new Migration(source, rows, store, new FixedRetryPolicy(), Options(), new Recorder()).RunAsync(default);
        }
    }

    [Fact]
    public async Task A_journal_that_lost_its_only_record_is_not_called_new_and_promises_no_vector_twice()
    {
        MemorySource source = Source(10);
        await Run(source, Options());
        string[] lines = await File.ReadAllLinesAsync(Journal);
        await File.WriteAllTextAsync(Journal, string.Concat(lines[..^1].Select(static line => line + "\n")) + lines[^1][..^4]);
        upserted.Clear();
        MigrationResult again = await Run(source, Options());
        again.ExitCode.ShouldBe(0, again.Error?.Message);
        again.Counts.AlreadyThere.ShouldBe(10);
        upserted.ShouldBeEmpty();
        again.Warnings.ShouldContain(static warning => warning.Contains("incomplete because the previous run was killed")
            && warning.Contains("sent again, unless an equal point is already in the collection"));
        again.Warnings.ShouldNotContain(static warning => warning.Contains("is new"));
    }

    [Fact]
    public async Task A_run_without_the_payload_of_its_journal_is_told_so_once()
    {
        MemorySource source = Source(10);
        string file = Path.Combine(folder.Path, "rows.jsonl");
        await File.WriteAllLinesAsync(file, Enumerable.Repeat("{}", 10));
        using (IPayloadSource payload = JsonLinesPayloadSource.Open(file, default, null))
        {
            MigrationResult first = await new Migration(source, payload, store, new FixedRetryPolicy(), Options(), new Recorder()).RunAsync(default);
            first.ExitCode.ShouldBe(0, first.Error?.Message);
        }

        MigrationResult without = await Run(source, Options());
        without.Error!.ErrorId.ShouldBe("JournalDiffers");
        without.Error.Message.ShouldContain("records 10 acknowledged vectors with a payload, but this run has no payload. Changed vectors");
        without.Error.Message.ShouldNotContain("none now");
    }

    private static MemorySource Source(int count, Func<int, long>? id = null)
    {
        var source = new MemorySource(count, id: id);
        source.Description = source.Description with { Identity = new SourceIdentity("memory.faiss", 5, DateTime.UnixEpoch, "abcd") };
        return source;
    }

    private MigrationOptions Options() => new() { Collection = "c", JournalPath = Journal, Upload = new UploadOptions { BatchSize = 10, ThrottleLimit = 1 } };

    private Task<MigrationResult> Run(MemorySource source, MigrationOptions options) =>
        new Migration(source, null, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
}
