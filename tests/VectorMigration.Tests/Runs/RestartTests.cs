using VectorMigration.SideFiles;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>A run that sends everything again takes nothing away that it does not know, and says what stays beside it.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();

    private string Journal => Path.Combine(folder.Path, "c.journal");

    private MigrationOptions Options => new() { Collection = "c", JournalPath = Journal };

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(IdMapping.Keep, 1_000L, "id offset: 0 in the journal, 1000 now")]
    [InlineData(IdMapping.Uuid5, 0L, "id mapping: Keep in the journal, Uuid5 now")]
    public async Task Points_under_the_ids_of_earlier_options_are_counted_and_told(IdMapping mapping, long offset, string why)
    {
        var source = new MemorySource(50);
        await Run(source, Options);
        MigrationOptions again = Options with { Restart = true, IdMapping = mapping, IdOffset = offset };
        MigrationResult plan = await Run(source, again with { DryRun = true });
        plan.Plan!.Left.ShouldNotBeNull().Count.ShouldBe(50);
        plan.Counts.LeftBehind.ShouldBe(0);
        MigrationResult result = await Run(source, again);
        (result.ExitCode, result.Counts.LeftBehind).ShouldBe((0, 50L));
        string warning = result.Warnings.Single(static text => text.Contains("stay in collection", StringComparison.Ordinal));
        warning.ShouldContain(why);
        warning.ShouldContain(": 0, 1, 2, ");
        warning.ShouldNotContain("Prune");
        store.Points.Count.ShouldBe(100);
        (await Run(source, again)).Counts.LeftBehind.ShouldBe(0);
    }

    [Fact]
    public async Task With_a_small_offset_only_the_ids_that_no_vector_has_now_are_left()
    {
        var source = new MemorySource(50);
        await Run(source, Options);
        MigrationResult result = await Run(source, Options with { Restart = true, IdOffset = 10, OnExisting = ExistingPoints.Overwrite });
        (result.ExitCode, result.Counts.LeftBehind).ShouldBe((0, 10L), result.Error?.Message);
        result.Plan!.Left!.First[9].ShouldBe(9UL);
        store.Points.Count.ShouldBe(60);
    }

    [Fact]
    public async Task Ids_that_the_index_no_longer_has_are_counted_and_the_way_to_delete_them_works()
    {
        await Run(new MemorySource(50), Options);
        MemorySource shrunken = new(40);
        shrunken.Description = shrunken.Description with { Identity = new SourceIdentity("memory.faiss", 2, default, "shrunken") };
        MigrationResult result = await Run(shrunken, Options with { OnChanged = ChangedSource.Restart });
        (result.ExitCode, result.Counts.LeftBehind).ShouldBe((0, 10L), result.Error?.Message);
        result.Warnings.ShouldContain(static text => text.Contains("-OnChanged Sync -Prune", StringComparison.Ordinal));
        MigrationResult pruned = await Run(shrunken, Options with { OnChanged = ChangedSource.Sync, Prune = true });
        pruned.Counts.Pruned.ShouldBe(10);
        pruned.Warnings.ShouldContain(static text => text.StartsWith("-Prune deletes 10 points by their ids.", StringComparison.Ordinal));
        store.Points.Count.ShouldBe(40);
        (await Run(shrunken, Options with { Restart = true })).Counts.LeftBehind.ShouldBe(0);
    }

    [Fact]
    public async Task Points_of_a_store_that_was_rebuilt_are_told_with_their_most()
    {
        var source = new MemorySource(50);
        MigrationOptions options = Options with { IdFrom = IdOrigin.StoreId };
        using MemoryDocuments was = Documents("1");
        using MemoryDocuments now = Documents("2");
        now.Identity = "rebuilt";
        await Run(source, options, was);
        MigrationResult result = await Run(source, options with { Restart = true }, now);
        (result.ExitCode, result.Counts.LeftBehind, result.Plan!.Left!.IsUpperBound).ShouldBe((0, 50L, true), result.Error?.Message);
        result.Warnings.ShouldContain(static text => text.StartsWith("Up to 50 points", StringComparison.Ordinal));
        store.Points.Count.ShouldBe(100);

        MemoryDocuments Documents(string prefix) => new(
            Enumerable.Range(0, 50).ToDictionary(static i => (long)i, i => ((string?)$"{prefix}{i:000}", (string?)$$"""{"n":{{i}}}""")), options.PayloadRules);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_without_payloads_keeps_what_an_application_has_added(bool indexChanges)
    {
        var source = new MemorySource(50);
        await Run(source, Options);
        store.Points[PointId.FromNumber(7)] = ([1, 1, 1, 1], """{"own":1}""");
        store.Points.TryRemove(PointId.FromNumber(8), out _);
        if (indexChanges)
        {
            source.Description = source.Description with { Identity = new SourceIdentity("memory.faiss", 2, default, "changed") };
        }

        store.Upserted.Clear();
        MigrationResult result = await Run(
            source, indexChanges ? Options with { OnChanged = ChangedSource.Restart } : Options with { Restart = true });
        (result.ExitCode, result.Counts.Sent, result.Counts.LeftBehind).ShouldBe((0, 50L, 0L), result.Error?.Message);
        store.Points[PointId.FromNumber(7)].Vector.ShouldBe(source.Vector(7).ToArray());
        store.Points[PointId.FromNumber(7)].Payload.ShouldBe("""{"own":1}""");
        store.Upserted.ShouldBe([PointId.FromNumber(8)]);
        store.Replaced.Count.ShouldBe(49);
    }

    [Theory]
    [InlineData("restart")]
    [InlineData("sync")]
    [InlineData("overwrite")]
    public async Task A_part_whose_ids_later_vectors_have_too_is_not_written_over_them(string how)
    {
        var source = new MemorySource(200, id: static i => i == 150 ? 50 : i);
        MigrationOptions options = Options with { AllowDuplicateIds = true };
        MigrationOptions part = options with { Limit = 100 };
        MigrationOptions over = how switch
        {
            "restart" => part with { Restart = true },
            "sync" => part with { OnChanged = ChangedSource.Sync },
            _ => part with { OnExisting = ExistingPoints.Overwrite, JournalPath = null },
        };

        // As long as the later vector was not sent, the earlier one counts.
        await Run(source, part);
        (await Run(source, part with { Restart = true })).ExitCode.ShouldBe(0);
        await Run(source, options);
        foreach (bool dryRun in (bool[])[true, false])
        {
            MigrationError error = (await Run(source, over with { DryRun = dryRun })).Error.ShouldNotBeNull();
            error.ErrorId.ShouldBe("DuplicateIds");
            error.Message.ShouldContain("1 vector of the selected range");
        }

        store.Points[PointId.FromNumber(50)].Vector.ShouldBe(source.Vector(150).ToArray());
    }

    [Fact]
    public async Task A_restart_of_a_pipeline_without_payloads_keeps_what_an_application_has_added()
    {
        var source = new MemorySource(20);
        await Pipe(source, Options);
        store.Points[PointId.FromNumber(7)] = (source.Vector(7).ToArray(), """{"own":1}""");
        await Pipe(source, Options with { Restart = true });
        store.Points[PointId.FromNumber(7)].Payload.ShouldBe("""{"own":1}""");
    }

    [Theory]
    [InlineData(ChangedSource.Sync, false)]
    [InlineData(ChangedSource.Restart, false)]
    [InlineData(ChangedSource.Refuse, true)]
    [InlineData(ChangedSource.Refuse, false)]
    public async Task What_a_script_made_of_the_vectors_is_not_replaced_by_the_one_command(ChangedSource onChanged, bool restart)
    {
        var source = new MemorySource(20);
        await Pipe(source, Options, static vector => vector with { IsChanged = true, Components = [7, 7, 7, vector.Ordinal] });
        MigrationOptions options = Options with { OnChanged = onChanged, Restart = restart };
        foreach (bool dryRun in (bool[])[true, false])
        {
            MigrationError error = (await Run(source, options with { DryRun = dryRun })).Error.ShouldNotBeNull();
            error.ErrorId.ShouldBe("JournalDiffers");
            error.RecommendedAction.ShouldStartWith("Run the pipeline again.");
            error.RecommendedAction.ShouldNotContain("Sync");
        }

        store.Points.Values.ShouldAllBe(static point => point.Vector[0] == 7);
        await Pipe(source, Options, static vector => vector with { IsChanged = true, Components = [7, 7, 7, vector.Ordinal] });
    }

    [Theory]
    [InlineData(ChangedSource.Sync)]
    [InlineData(ChangedSource.Restart)]
    public async Task Originals_are_not_replaced_by_codes_but_codes_by_originals(ChangedSource onChanged)
    {
        MemorySource codes = new(20);
        codes.Description = codes.Description with { Identity = new SourceIdentity("memory.faiss", 1, default, "codes") };
        MemorySource originals = new(20);
        originals.Description = originals.Description with
        {
            OriginalsPath = "originals.npy",
            Identity = new SourceIdentity("memory.faiss", 1, default, "originals"),
        };
        originals.Vector(3)[1] = 77;
        await Run(codes, Options);
        (await Run(originals, Options)).Error.ShouldNotBeNull().ErrorId.ShouldBe("JournalDiffers");
        (await Run(originals, Options with { OnChanged = onChanged })).ExitCode.ShouldBe(0);
        store.Points[PointId.FromNumber(3)].Vector[1].ShouldBe(77);
        (await Run(originals, Options)).Counts.Skipped.ShouldBe(20);

        MigrationError error = (await Run(codes, Options with { OnChanged = onChanged })).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("JournalDiffers");
        error.Message.ShouldContain("original vectors (-OriginalVectors): yes in the journal, no now");
        store.Points[PointId.FromNumber(3)].Vector[1].ShouldBe(77);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fields_that_a_merge_replaces_are_counted_and_told(bool hasVector)
    {
        store.Add("c", 4, Distance.Euclid, "title");
        if (hasVector)
        {
            AddVector("body");
        }
        else
        {
            store.Version = "1.18.0";
        }

        var source = new MemorySource(20);
        for (int i = 0; i < 20; i++)
        {
            store.Points[PointId.FromNumber((ulong)i)] = (source.Vector(i).ToArray(), i < 5 ? """{"text":"theirs","n":1}""" : """{"n":1}""");
        }

        string rows = Path.Combine(folder.Path, "rows.jsonl");
        await File.WriteAllLinesAsync(rows, Enumerable.Range(0, 20).Select(static i => $$"""{"text":"ours {{i}}"}"""));
        MigrationOptions merge = Options with
        {
            VectorName = "body",
            OnExisting = ExistingPoints.Merge,
            MergePayload = true,
            Verification = VerificationMode.None,
        };
        using IPayloadSource payload = JsonLinesPayloadSource.Open(rows, merge.PayloadRules, folder.Path);
        foreach (bool dryRun in (bool[])[true, false])
        {
            MigrationResult result = await Run(source, merge with { DryRun = dryRun }, payload);
            result.Error.ShouldBeNull();
            (result.Plan!.Existing!.ReplacedFields, result.Plan.Existing.PointsWithReplacedFields).ShouldBe((5L, 5L));
            result.Warnings.ShouldContain(static text => text.StartsWith("5 fields of 5 points have other values", StringComparison.Ordinal));
        }

        store.Points[PointId.FromNumber(3)].Payload.ShouldBe("""{"text":"ours 3","n":1}""");
    }

    [Fact]
    public async Task Points_that_an_overwrite_replaces_with_their_other_vectors_are_counted_and_told()
    {
        store.Add("c", 4, Distance.Euclid, "text");
        AddVector("image");
        var source = new MemorySource(20);
        store.Points[PointId.FromNumber(3)] = ([1, 2, 3, 4], null);
        store.Points[PointId.FromNumber(99)] = ([1, 2, 3, 4], null);
        MigrationOptions options = Options with { VectorName = "text", OnExisting = ExistingPoints.Overwrite };
        MigrationResult plan = await Run(source, options with { DryRun = true });
        plan.Warnings.ShouldContain(static text => text.Contains("replaces 1 existing point whole: the other vectors (image)", StringComparison.Ordinal));
        PlanText.Existing(plan.Plan!).ShouldNotBeNull().ShouldContain("replaced whole");
        MigrationResult result = await Run(source, options);
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Warnings.ShouldContain(static text => text.Contains("(image)", StringComparison.Ordinal));
    }

    private void AddVector(string name) => store.Collections["c"] = store.Collections["c"] with
    {
        Vectors = [.. store.Collections["c"].Vectors, new CollectionVector(name, 4, Distance.Euclid, VectorDatatype.Default, false)],
    };

    private Task<MigrationResult> Run(MemorySource source, MigrationOptions options, IPayloadSource? payload = null) =>
        new Migration(source, payload, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);

    private async Task Pipe(MemorySource source, MigrationOptions options, Func<InputVector, InputVector>? change = null)
    {
        await using PipelineRun run = new(store, new FixedRetryPolicy(), options with { Verification = VerificationMode.None }, new Recorder());
        for (int i = 0; i < (int)source.Description.Count; i++)
        {
            InputVector vector = new(i, i, PointId.FromNumber((ulong)i), source.Vector(i).ToArray(), default, source.Description);
            vector = change?.Invoke(vector) ?? vector;
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
