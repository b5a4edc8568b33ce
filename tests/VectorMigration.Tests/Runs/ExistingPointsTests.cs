namespace VectorMigration.Tests;

/// <summary>A run never writes over a point that it, or the run that it goes on with, did not write, unless that is asked for by name.</summary>
public sealed partial class ExistingPointsTests : IDisposable
{
    private readonly MemoryStore store = new() { PageSize = 100 };
    private readonly Recorder recorder = new();
    private readonly string folder = Directory.CreateTempSubdirectory("existing").FullName;

    public ExistingPointsTests() => store.Add("c", 4, Distance.Euclid);

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Taken_ids_are_refused_with_their_number_and_the_first(bool dryRun)
    {
        PutOthers(7, 3, 250);
        MigrationResult result = await Run(new MemorySource(300), new MigrationOptions { Collection = "c", DryRun = dryRun });
        result.ExitCode.ShouldBe(2);
        MigrationError error = result.Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("PointsExist");
        error.Message.ShouldContain("3 ids are already used");
        error.Message.ShouldContain(": 3, 7, 250.");
        error.RecommendedAction.ShouldNotContain("verwrite");
        error.RecommendedAction.ShouldNotContain("ecreate");
        store.Upserted.ShouldBeEmpty();
        store.Points.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("sequential")]
    [InlineData("id map")]
    public async Task Of_a_small_collection_the_ids_are_listed_instead(string idSource)
    {
        PutOthers(5);
        MigrationResult result = await Run(new MemorySource(300, idSource: idSource), new MigrationOptions { Collection = "c" });
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("PointsExist");
        store.LookedFor.ShouldBeEmpty();
    }

    [Fact]
    public async Task Points_of_others_under_other_ids_are_nothing_to_it()
    {
        PutOthers(1_000, 1_001);
        MigrationResult result = await Run(new MemorySource(4), new MigrationOptions { Collection = "c" });
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Counts.ShouldBe(new MigrationCounts { Source = 4, Sent = 4, PresentBefore = 2 });
        store.LookedFor.Select(static id => id.Number).Order().ShouldBe([0ul, 1ul, 2ul, 3ul]);
    }

    [Fact]
    public async Task What_is_equal_is_not_sent_again_and_is_not_noted_as_written()
    {
        var source = new MemorySource(300);
        store.Points[PointId.FromNumber(7)] = (source.Vector(7).ToArray(), null);
        MigrationResult result = await Run(source, new MigrationOptions { Collection = "c", JournalPath = Path.Combine(folder, "a.journal") });
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Counts.ShouldBe(new MigrationCounts { Source = 300, Sent = 299, AlreadyThere = 1, PresentBefore = 1 });
        store.Upserted.ShouldNotContain(PointId.FromNumber(7));
        MigrationResult again = await Run(source, new MigrationOptions { Collection = "c", JournalPath = Path.Combine(folder, "a.journal") });
        again.Status.ShouldBe(MigrationStatus.Completed);
        (again.Counts.Skipped, again.Counts.AlreadyThere, again.Counts.Sent).ShouldBe((299, 1, 0));
    }

    [Fact]
    public async Task An_equal_vector_with_a_payload_of_others_is_a_conflict()
    {
        var source = new MemorySource(300);
        store.Points[PointId.FromNumber(7)] = (source.Vector(7).ToArray(), "{\"keep\":\"me\"}");
        (await Run(source, new MigrationOptions { Collection = "c" })).Error.ShouldNotBeNull().ErrorId.ShouldBe("PointsExist");
        store.Points[PointId.FromNumber(7)].Payload.ShouldBe("{\"keep\":\"me\"}");
    }

    /// <summary>Servers from 1.18 on add a named vector to a collection (played: the real one here is 1.16.3).</summary>
    [Fact]
    public async Task A_merge_adds_its_vector_to_a_collection_that_lacks_it()
    {
        PutOthers(1, 3);
        MigrationOptions merge = new() { Collection = "c", VectorName = "body", OnExisting = ExistingPoints.Merge };
        (await Run(new MemorySource(6), merge)).Error.ShouldNotBeNull().ErrorId.ShouldBe("CollectionDiffers");
        store.Version = "1.18.0";
        MigrationResult planned = await Run(new MemorySource(6), merge with { DryRun = true });
        (planned.Plan!.AddsVector, planned.Plan.Existing!.Merged, planned.Plan.Existing.Absent).ShouldBe((true, 2, 4));
        store.Collections["c"].Vectors.Count.ShouldBe(1);

        MigrationResult merged = await Run(new MemorySource(6), merge);
        merged.Error.ShouldBeNull();
        store.Collections["c"].Vectors.Select(static vector => vector.Name).ShouldBe([string.Empty, "body"]);
        store.Replaced.Select(static id => id.Number).Order().ShouldBe([1UL, 3UL]);
        store.Upserted.ShouldBeEmpty();
    }

    [Fact]
    public async Task Skip_leaves_them_counts_and_ends_incomplete()
    {
        PutOthers(3, 7);
        MigrationResult result = await Run(new MemorySource(300), new MigrationOptions { Collection = "c", OnExisting = ExistingPoints.Skip });
        result.ExitCode.ShouldBe(4);
        result.Counts.ShouldBe(new MigrationCounts { Source = 300, Sent = 298, LeftThere = 2, PresentBefore = 2 });
        result.Warnings.ShouldContain(warning => warning.Contains("3, 7", StringComparison.Ordinal));
        store.Points[PointId.FromNumber(3)].Vector.ShouldBe([9f, 9f, 9f, 9f]);
        MigrationException told = IncompleteRun.Of(result);
        told.Message.ShouldContain("2 vectors were skipped because points of other runs use their ids. Those points were not changed.");
        told.Message.ShouldNotContain("Verification found");
        told.RecommendedAction.ShouldStartWith("If those points are meant to stay, no action is needed.");
    }

    [Fact]
    public async Task A_merge_that_finds_no_points_says_what_it_skipped_and_what_creates_them()
    {
        PutOthers(1);
        store.Version = "1.18.0";
        MigrationResult result = await Run(
            new MemorySource(3), new MigrationOptions { Collection = "c", VectorName = "body", OnExisting = ExistingPoints.Merge });
        result.ExitCode.ShouldBe(4);
        MigrationException told = IncompleteRun.Of(result);
        told.Message.ShouldContain("2 vectors were skipped because their ids have no point to merge into.");
        told.RecommendedAction.ShouldContain("-AddAbsent");
    }

    [Fact]
    public async Task Points_whose_payload_alone_differs_are_not_told_to_take_other_ids()
    {
        var source = new MemorySource(3);
        store.Points[PointId.FromNumber(1)] = (source.Vector(1).ToArray(), "{\"of\":\"an earlier run\"}");
        MigrationError error = (await Run(source, new MigrationOptions { Collection = "c" })).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("PointsExist");
        error.Message.ShouldContain("Only its payload differs.");
        error.RecommendedAction.ShouldContain("-Restart");
        error.RecommendedAction.ShouldNotContain("-IdOffset");
        PutOthers(2);
        (await Run(source, new MigrationOptions { Collection = "c" })).Error!.RecommendedAction.ShouldContain("-IdOffset");
    }

    [Fact]
    public async Task Overwrite_replaces_them()
    {
        PutOthers(3);
        var source = new MemorySource(300);
        MigrationResult result = await Run(source, new MigrationOptions { Collection = "c", OnExisting = ExistingPoints.Overwrite });
        result.Status.ShouldBe(MigrationStatus.Completed);
        store.Points[PointId.FromNumber(3)].Vector.ShouldBe(source.Vector(3).ToArray());
        store.LookedFor.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_journal_holds_is_ours_also_when_it_is_begun_anew()
    {
        var source = new MemorySource(300);
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal") };
        (await Run(source, options)).Status.ShouldBe(MigrationStatus.Completed);
        store.Points[PointId.FromNumber(5)] = ([1f, 1f, 1f, 1f], null);
        MigrationResult again = await Run(source, options with { Restart = true });
        again.Status.ShouldBe(MigrationStatus.Completed);
        again.Counts.Sent.ShouldBe(300);
        store.Points[PointId.FromNumber(5)].Vector.ShouldBe(source.Vector(5).ToArray());
    }

    [Fact]
    public async Task What_a_journal_held_before_it_was_begun_anew_stays_ours_also_after_a_kill()
    {
        var source = new MemorySource(300);
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal"), Upload = InHundreds };
        (await Run(source, options)).Status.ShouldBe(MigrationStatus.Completed);
        store.Points[PointId.FromNumber(250)] = ([1f, 1f, 1f, 1f], null);
        store.Answer = static batch => batch.FirstOrdinal < 100 ? WriteAnswer.Ok(1)
            : WriteAnswer.Stop("DiskFull", ErrorKind.ResourceUnavailable, "disk full", resumable: true, "Free some.");
        (await Run(source, options with { Restart = true })).Status.ShouldBe(MigrationStatus.Interrupted);
        store.Answer = null;
        MigrationResult goneOn = await Run(source, options);
        goneOn.Status.ShouldBe(MigrationStatus.Completed, goneOn.Error?.Message);
        goneOn.Counts.Skipped.ShouldBe(100);
        store.Points[PointId.FromNumber(250)].Vector.ShouldBe(source.Vector(250).ToArray());
    }

    [Fact]
    public async Task An_equal_point_is_ours_only_where_a_batch_of_the_killed_run_was_about_to_be_sent()
    {
        var source = new MemorySource(300);
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal"), Upload = InHundreds };
        // Found before the first batch; applied without an answer; added by another run after the kill.
        PutEqual(source, 50);
        store.Answer = batch => batch.FirstOrdinal < 100 ? WriteAnswer.Ok(1)
            : WriteAnswer.Stop("DiskFull", ErrorKind.ResourceUnavailable, "disk full", resumable: true, "Free some.");
        (await Run(source, options)).Status.ShouldBe(MigrationStatus.Interrupted);
        PutEqual(source, 200, 290);
        store.Answer = null;
        MigrationResult resumed = await Run(source, options);
        resumed.Status.ShouldBe(MigrationStatus.Completed, resumed.Error?.Message);
        resumed.Counts.AlreadyThere.ShouldBe(3);
        // All three differ from the index now: only what the killed run may have written is replaced, also after a restart.
        foreach (ulong id in (ulong[])[50, 200, 290])
        {
            store.Points[PointId.FromNumber(id)] = ([1f, 1f, 1f, 1f], null);
        }

        MigrationError error = (await Run(source, options with { Restart = true })).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("PointsExist");
        error.Message.ShouldContain("2 ids are already used");
        error.Message.ShouldContain(": 50, 290.");
        VerificationResult repaired = await Repair(source, options);
        repaired.Repair.ShouldNotBeNull().LeftAlone.ShouldBe(2);
        store.Points[PointId.FromNumber(200)].Vector.ShouldBe(source.Vector(200).ToArray());
        store.Points[PointId.FromNumber(50)].Vector.ShouldBe([1f, 1f, 1f, 1f]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_journal_of_an_earlier_version_that_does_not_note_attempts_takes_equal_points_for_its_own(int version)
    {
        var source = new MemorySource(300);
        string journal = Path.Combine(folder, "a.journal");
        MigrationOptions options = new() { Collection = "c", JournalPath = journal, Upload = InHundreds };
        (await Run(source, options with { Limit = 100 })).Status.ShouldBe(MigrationStatus.Completed);
        WriteAsVersion(journal, version);
        PutEqual(source, 150);
        (await Run(source, options)).Counts.AlreadyThere.ShouldBe(1);
        (await Run(source, options)).Counts.Skipped.ShouldBe(300);
    }

    [Fact]
    public async Task A_later_vector_of_the_same_id_that_was_found_makes_the_earlier_one_no_more_ours()
    {
        // Vectors 4 and 9 share an id, so that 9 is the one that counts; its point is another's and equal.
        var source = new MemorySource(20, id: static i => i == 9 ? 4 : i);
        store.Points[PointId.FromNumber(4)] = (source.Vector(9).ToArray(), null);
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal"), AllowDuplicateIds = true };
        (await Run(source, options)).Status.ShouldBe(MigrationStatus.Completed);
        JournalContent said = JournalContent.Read(options.JournalPath);
        WrittenIds.Find(options.JournalPath, said.Header).ShouldNotBeNull().All(said).ShouldNotContain(4);
    }

    [Fact]
    public async Task A_point_that_somebody_adds_after_the_look_is_left_alone_where_the_server_can_do_that()
    {
        PutOthers(1_000);
        store.Answer = _ =>
        {
            PutOthers(7);
            return WriteAnswer.Ok(1);
        };
        MigrationResult result = await Run(new MemorySource(50), new MigrationOptions { Collection = "c" });
        result.ExitCode.ShouldBe(4);
        result.Verification.ShouldNotBeNull().Different.ShouldBe(1);
        store.Points[PointId.FromNumber(7)].Payload.ShouldBe("{\"of\":\"others\"}");
    }

    [Fact]
    public async Task The_journal_of_another_index_makes_nothing_ours()
    {
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal") };
        (await Run(new MemorySource(300), options)).Status.ShouldBe(MigrationStatus.Completed);
        var other = new MemorySource(300);
        other.Vector(0)[1] = 77;
        other.Description = other.Description with { Count = 300, Identity = new SourceIdentity("other.faiss", 1, default, "other") };
        MigrationResult refused = await Run(other, options with { Restart = true });
        refused.Error.ShouldNotBeNull().ErrorId.ShouldBe("PointsExist");
        refused.Error!.Message.ShouldContain("1 id is already used");
    }

    [Fact]
    public async Task A_merge_says_what_it_needs()
    {
        MigrationOptions merge = new() { Collection = "c", OnExisting = ExistingPoints.Merge };
        (await Run(new MemorySource(3), merge)).Error.ShouldNotBeNull().ErrorId.ShouldBe("MergeNeedsVectorName");
        (await Run(new MemorySource(3), new MigrationOptions { Collection = "c", AddAbsent = true })).Error.ShouldNotBeNull()
            .ErrorId.ShouldBe("AddAbsentNeedsMerge");
    }

    [Fact]
    public async Task A_repair_puts_right_only_what_the_journal_holds()
    {
        var source = new MemorySource(100);
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal") };
        (await Run(source, options with { Limit = 50 })).Status.ShouldBe(MigrationStatus.Completed);
        PutOthers(60);
        store.Points[PointId.FromNumber(5)] = ([1f, 1f, 1f, 1f], null);
        VerificationResult repaired = await Repair(source, options);
        repaired.Repair.ShouldNotBeNull().LeftAlone.ShouldBe(1);
        store.Points[PointId.FromNumber(5)].Vector.ShouldBe(source.Vector(5).ToArray());
        store.Points[PointId.FromNumber(60)].Vector.ShouldBe([9f, 9f, 9f, 9f]);
        store.Points.Count.ShouldBe(100);
        (await Repair(source, options with { OnExisting = ExistingPoints.Overwrite })).Passed.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_count_that_is_not_what_was_there_and_what_was_added_did_not_pass(int before)
    {
        PutOthers([.. Enumerable.Range(0, before).Select(static i => 1_000ul + (ulong)i)]);
        store.Answer = batch =>
        {
            // Another run adds a point of its own meanwhile.
            store.Points[PointId.FromNumber(5_000)] = ([1f, 1f, 1f, 1f], null);
            return WriteAnswer.Ok(1);
        };
        MigrationResult result = await Run(new MemorySource(50), new MigrationOptions { Collection = "c" });
        result.ExitCode.ShouldBe(4);
        VerificationResult proof = result.Verification.ShouldNotBeNull();
        proof.Passed.ShouldBeFalse();
        proof.Missing.ShouldBe(0);
        proof.CollectionCount.ShouldBe(before + 51);
        proof.CountExpected.ShouldBe(before + 50);
    }

    private static UploadOptions InHundreds => new() { BatchSize = 100, ThrottleLimit = 1 };

    private void PutOthers(params ulong[] ids)
    {
        foreach (ulong id in ids)
        {
            store.Points[PointId.FromNumber(id)] = ([9f, 9f, 9f, 9f], "{\"of\":\"others\"}");
        }
    }

    /// <summary>A journal as an earlier version left it: without notes of attempts.</summary>
    private static void WriteAsVersion(string journal, int version)
    {
        uint read = JournalLine.Seed;
        uint written = JournalLine.Seed;
        byte[] bytes = File.ReadAllBytes(journal);
        using FileStream old = File.Create(journal);
        foreach (string line in System.Text.Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string text = JournalLine.Decode(System.Text.Encoding.UTF8.GetBytes(line), ref read).ShouldNotBeNull();
            if (JournalLine.AttemptedRangeOf(text) is null)
            {
                old.Write(JournalLine.Encode(text.Replace($"journal {JournalLine.Version} ", $"journal {version} ", StringComparison.Ordinal), ref written));
            }
        }
    }

    private void PutEqual(MemorySource source, params int[] ids)
    {
        foreach (int id in ids)
        {
            store.Points[PointId.FromNumber((ulong)id)] = (source.Vector(id).ToArray(), null);
        }
    }

    private Task<MigrationResult> Run(MemorySource source, MigrationOptions options) =>
        new Migration(source, null, store, new FixedRetryPolicy(), options, recorder).RunAsync(default);

    private async Task<VerificationResult> Repair(MemorySource source, MigrationOptions options)
    {
        var check = new MigrationCheck(source, null, store, new FixedRetryPolicy(), options, recorder);
        await check.VerifyAsync(forRepair: true, default);
        return await check.RepairAsync(default);
    }
}
