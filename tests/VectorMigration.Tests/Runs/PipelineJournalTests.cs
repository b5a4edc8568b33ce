using System.Text;

namespace VectorMigration.Tests;

/// <summary>What a journal of a pipeline skips is what was sent, and nothing else.</summary>
public sealed class PipelineJournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("piped").FullName;
    private readonly MemoryStore store = new();
    private readonly MemorySource source = new(40, dimension: 2);

    private string Journal => Path.Combine(folder, "p.journal");

    private MigrationOptions Options => new()
    {
        Collection = "c",
        JournalPath = Journal,
        Upload = new UploadOptions { BatchSize = 8, ThrottleLimit = 2 },
        Verification = VerificationMode.None,
    };

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_same_points_are_skipped_also_in_other_batches()
    {
        (await Send(Options, 0, 30)).Counts.Sent.ShouldBe(30);
        MigrationResult again = await Send(Options with { Upload = new UploadOptions { BatchSize = 5 } }, 0, 40);
        again.Status.ShouldBe(MigrationStatus.Completed, again.Error?.Message);
        (again.Counts.Skipped, again.Counts.Sent).ShouldBe((30L, 10L));
        new FileInfo(Journal + ".sent").Length.ShouldBe(128 + (40 * 16));
    }

    [Theory]
    [InlineData("id", "another id")]
    [InlineData("vector", "another vector or payload")]
    [InlineData("payload", "another vector or payload")]
    public async Task Other_points_are_never_skipped(string what, string said)
    {
        await Send(Options, 0, 30, change: static vector => vector with { Payload = "{\"n\":1}"u8.ToArray() });
        MigrationException refused = await Should.ThrowAsync<MigrationException>(() => Send(Options, 0, 30, change: vector => what switch
        {
            "id" => vector with { Id = PointId.FromNumber(vector.Id.Number + 1_000), HasOwnId = true, IsChanged = true, Payload = "{\"n\":1}"u8.ToArray() },
            "vector" => vector with { Components = [vector.Components[0], -1], Payload = "{\"n\":1}"u8.ToArray() },
            _ => vector with { Payload = Encoding.UTF8.GetBytes("{\"n\":2}") },
        }));
        refused.ErrorId.ShouldBe("JournalDiffers");
        refused.Message.ShouldContain(said);
        refused.RecommendedAction.ShouldContain("-Restart");
        store.Points.Count.ShouldBe(30);
        store.Points.Keys.ShouldAllBe(static id => id.Number < 30);
    }

    [Fact]
    public async Task A_restart_replaces_what_was_sent_and_never_a_point_of_others_under_another_id()
    {
        await Send(Options, 0, 30);
        store.Points[PointId.FromNumber(1_005)] = ([9, 9], null);
        MigrationResult changed = await Send(Options with { Restart = true }, 0, 30, change: static vector => vector with { Components = [7, 7] });
        changed.Status.ShouldBe(MigrationStatus.Completed, changed.Error?.Message);
        store.Points[PointId.FromNumber(5)].Vector.ShouldBe([7f, 7f]);

        MigrationResult moved = await Send(Options with { Restart = true }, 0, 30, change: static vector =>
            vector with { Id = PointId.FromNumber(vector.Id.Number + 1_000), HasOwnId = true, IsChanged = true });
        moved.Counts.Failed.ShouldBe(8);
        store.Points[PointId.FromNumber(1_005)].Vector.ShouldBe([9f, 9f]);
    }

    [Fact]
    public async Task What_a_journal_without_a_record_holds_is_skipped_only_under_the_ids_of_the_index()
    {
        await Send(Options, 0, 30);
        Forget();
        MigrationResult same = await Send(Options, 0, 32);
        same.Status.ShouldBe(MigrationStatus.Completed, same.Error?.Message);
        (same.Counts.Skipped, same.Counts.Sent).ShouldBe((30L, 2L));
        same.Warnings.ShouldContain(warning => warning.Contains("did not record what it sent", StringComparison.Ordinal));
        (await Should.ThrowAsync<MigrationException>(() => Send(Options, 0, 30, change: static vector =>
            vector with { Id = PointId.FromNumber(vector.Id.Number + 1_000), HasOwnId = true, IsChanged = true }))).ErrorId.ShouldBe("JournalDiffers");
        (await Should.ThrowAsync<MigrationException>(() => Send(Options, 30, 32, change: static vector => vector with { Components = [7, 7] })))
            .ErrorId.ShouldBe("JournalDiffers");
    }

    [Fact]
    public async Task What_the_one_command_sent_is_skipped_only_if_no_script_has_changed_it()
    {
        MigrationResult first = await new Migration(source, null, store, new FixedRetryPolicy(), Options, new Recorder()).RunAsync(default);
        first.Status.ShouldBe(MigrationStatus.Completed, first.Error?.Message);
        (await Send(Options, 0, 40)).Counts.Skipped.ShouldBe(40);
        (await Should.ThrowAsync<MigrationException>(() => Send(Options, 0, 40, change: static vector =>
            vector with { Components = [7, 7], IsChanged = true }))).ErrorId.ShouldBe("JournalDiffers");
    }

    [Theory]
    [InlineData(VerificationMode.Count, false, "Refused")]
    [InlineData(VerificationMode.None, false, "Refused")]
    [InlineData(VerificationMode.Full, false, "Completed")]
    [InlineData(VerificationMode.Full, true, "Refused")]
    public async Task The_one_command_takes_nothing_that_a_pipeline_sent_on_trust(VerificationMode mode, bool ownIds, string status)
    {
        await Send(Options, 0, 40, change: vector => ownIds
            ? vector with { Id = PointId.FromNumber(vector.Id.Number + 1_000), HasOwnId = true, IsChanged = true } : vector);
        MigrationResult result = await new Migration(source, null, store, new FixedRetryPolicy(), Options with { Verification = mode }, new Recorder())
            .RunAsync(default);
        result.Status.ToString().ShouldBe(status, result.Error?.Message);
        result.Error?.ErrorId.ShouldBe("JournalDiffers");
    }

    [Fact]
    public async Task A_record_that_is_gone_is_no_reason_to_skip()
    {
        await Send(Options, 0, 30);
        File.Delete(Journal + ".sent");
        (await Should.ThrowAsync<MigrationException>(() => Send(Options, 0, 30))).ErrorId.ShouldBe("JournalCorrupt");
        MigrationResult again = await Send(Options with { Restart = true }, 0, 30);
        again.Status.ShouldBe(MigrationStatus.Completed, again.Error?.Message);
    }

    [Fact]
    public async Task What_a_power_cut_took_out_of_the_record_is_sent_again()
    {
        await Send(Options, 0, 30);
        using (FileStream file = new(Journal + ".sent", FileMode.Open, FileAccess.Write))
        {
            file.Position = 128 + (16 * 10);
            file.Write(new byte[16 * 3]);
        }

        MigrationResult again = await Send(Options, 0, 30);
        again.Status.ShouldBe(MigrationStatus.Completed, again.Error?.Message);
        again.Counts.Skipped.ShouldBe(27);
        (again.Counts.Sent + again.Counts.AlreadyThere).ShouldBe(3);
    }

    [Fact]
    public async Task A_verified_pipeline_reads_back_what_it_skips()
    {
        await Send(Options, 0, 30);
        store.Points[PointId.FromNumber(12)] = ([5, 5], null);
        MigrationException different = await Should.ThrowAsync<MigrationException>(() => Send(Options with { VerifySent = true }, 0, 30));
        different.ErrorId.ShouldBe("UpdateNotApplied");
        different.Message.ShouldContain("12");
    }

    [Fact]
    public async Task A_restart_without_payloads_does_not_take_them_away()
    {
        await Send(Options, 0, 30, change: static vector => vector with { Payload = "{\"n\":1}"u8.ToArray() });
        MigrationException refused = await Should.ThrowAsync<MigrationException>(() => Send(Options with { Restart = true }, 0, 30));
        refused.ErrorId.ShouldBe("JournalDiffers");
        refused.Message.ShouldContain("would lose theirs");
        store.Points[PointId.FromNumber(3)].Payload.ShouldBe("{\"n\":1}");
    }

    [Fact]
    public async Task What_was_skipped_is_counted_apart()
    {
        store.Add("c", 2, Distance.Euclid);
        store.Points[PointId.FromNumber(3)] = ([9, 9], null);
        store.Points[PointId.FromNumber(4)] = (source.Vector(4).ToArray(), null);
        Recorder recorder = new();
        MigrationOptions skipping = Options with { JournalPath = null, OnExisting = ExistingPoints.Skip, VerifySent = true };
        MigrationResult result = await Send(skipping, 0, 10, recorder: recorder);
        result.Status.ShouldBe(MigrationStatus.Incomplete);
        result.ExitCode.ShouldBe(4);
        (result.Counts.Sent, result.Counts.AlreadyThere, result.Counts.LeftThere).ShouldBe((8L, 1L, 1L));
        result.Perf.ShouldNotBeNull().Vectors.ShouldBe(8);
        QdrantBatchResult batch = recorder.Events.OfType<BatchEnded>().Select(static ended => ended.Result).Single(static batch => batch.FirstOrdinal == 0);
        (batch.Status, batch.Count, batch.LeftThere, batch.AlreadyThere).ShouldBe((BatchStatus.Completed, 8, 1, 1));
        IncompleteRun.OfPipeline(result, ExistingPoints.Skip).Message.ShouldContain("1 vector was skipped");
    }

    [Fact]
    public async Task A_batch_of_which_nothing_was_sent_is_skipped()
    {
        store.Add("c", 2, Distance.Euclid);
        for (uint id = 0; id < 8; id++)
        {
            store.Points[PointId.FromNumber(id)] = ([9, 9], null);
        }

        Recorder recorder = new();
        await Send(Options with { OnExisting = ExistingPoints.Skip }, 0, 8, recorder: recorder);
        recorder.Events.OfType<BatchEnded>().Single().Result.Status.ShouldBe(BatchStatus.Skipped);
        JournalContent.Read(Journal).Acknowledged.Count.ShouldBe(0);
    }

    /// <summary>Makes a journal of an earlier version: without a record of what was sent.</summary>
    private void Forget()
    {
        JournalContent said = JournalContent.Read(Journal);
        File.Delete(Journal);
        File.Delete(Journal + ".sent");
        using MigrationJournal journal = MigrationJournal.Open(Journal, restart: false, TimeProvider.System);
        journal.Begin(said.Header! with { Sent = null });
        foreach (OrdinalRange range in said.Acknowledged.Ranges)
        {
            journal.Append(range);
        }

        journal.Complete();
    }

    private async Task<MigrationResult> Send(
        MigrationOptions options, int first, int end, Func<InputVector, InputVector>? change = null, Recorder? recorder = null)
    {
        await using PipelineRun run = new(store, new FixedRetryPolicy(), options, recorder ?? new Recorder());
        for (int i = first; i < end; i++)
        {
            InputVector vector = new(i, i, PointId.FromNumber((ulong)i), source.Vector(i).ToArray(), default, source.Description);
            vector = change?.Invoke(vector) ?? vector;
            if (i == first)
            {
                await run.PlanAsync(vector, default);
                await run.BeginAsync(default);
            }

            await run.AddAsync(vector, default);
        }

        return await run.CompleteAsync(default);
    }
}
