namespace VectorMigration.Tests;

/// <summary>The same of pipelines, which look each batch up before it is sent.</summary>
public sealed partial class ExistingPointsTests
{
    [Fact]
    public async Task A_pipeline_fails_the_batch_whose_ids_are_taken_and_sends_the_others()
    {
        PutOthers(150, 151);
        MigrationResult result = await Pipe(250, new MigrationOptions { Collection = "c", Upload = InHundreds });
        result.Counts.Sent.ShouldBe(150);
        result.Counts.Failed.ShouldBe(100);
        QdrantBatchResult failed = recorder.Events.OfType<BatchEnded>().Select(static ended => ended.Result)
            .Single(static batch => batch.Status == BatchStatus.Failed);
        failed.ErrorId.ShouldBe("PointsExist");
        failed.Error.ShouldNotBeNull().ShouldContain("150, 151");
        failed.Count.ShouldBe(100);
        store.Upserted.Count.ShouldBe(150);
        store.Points[PointId.FromNumber(150)].Vector.ShouldBe([9f, 9f, 9f, 9f]);
    }

    [Fact]
    public async Task A_pipeline_may_leave_them_and_tells_how_many()
    {
        PutOthers(150, 151);
        MigrationResult result = await Pipe(250, new MigrationOptions { Collection = "c", Upload = InHundreds, OnExisting = ExistingPoints.Skip });
        result.Counts.Sent.ShouldBe(248);
        result.Counts.LeftThere.ShouldBe(2);
        store.Points[PointId.FromNumber(150)].Vector.ShouldBe([9f, 9f, 9f, 9f]);
        store.Points.Count.ShouldBe(250);
    }

    [Fact]
    public async Task A_pipeline_takes_what_is_equal_for_its_own()
    {
        (await Pipe(250, new MigrationOptions { Collection = "c", Upload = InHundreds })).Status.ShouldBe(MigrationStatus.Completed);
        MigrationResult again = await Pipe(250, new MigrationOptions { Collection = "c", Upload = InHundreds });
        again.Status.ShouldBe(MigrationStatus.Completed);
        store.Upserted.Count.ShouldBe(250);
    }

    [Fact]
    public async Task A_pipeline_does_not_note_as_written_what_it_found()
    {
        var index = new MemorySource(250, dimension: 4);
        MigrationOptions options = new() { Collection = "c", Upload = InHundreds, JournalPath = Path.Combine(folder, "a.journal") };
        store.Points[PointId.FromNumber(150)] = ([150, 1, 2, 3], null);
        MigrationResult result = await Pipe(250, options, index.Description);
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        JournalContent said = JournalContent.Read(options.JournalPath);
        said.Acknowledged.Count.ShouldBe(249);
        said.Acknowledged.Contains(150).ShouldBeFalse();
        (await Pipe(250, options, index.Description)).Status.ShouldBe(MigrationStatus.Completed);
        JournalContent.Read(options.JournalPath).Acknowledged.Contains(150).ShouldBeFalse();
        store.Points[PointId.FromNumber(150)] = ([9, 9, 9, 9], null);
        (await Pipe(250, options with { Restart = true }, index.Description)).Counts.Failed.ShouldBe(100);
        store.Points[PointId.FromNumber(150)].Vector.ShouldBe([9f, 9f, 9f, 9f]);
    }

    private async Task<MigrationResult> Pipe(int count, MigrationOptions options, IndexDescription? index = null)
    {
        await using PipelineRun run = new(store, new FixedRetryPolicy(), options with { Distance = Distance.Euclid, Verification = VerificationMode.None },
            recorder);
        for (int i = 0; i < count; i++)
        {
            InputVector vector = new(i, i, PointId.FromNumber((ulong)i), [i, 1, 2, 3], default, index);
            if (i == 0)
            {
                await run.PlanAsync(vector, default);
                await run.BeginAsync(default);
            }

            await run.AddAsync(vector, default);
        }

        return await run.CompleteAsync(default);
    }
}
