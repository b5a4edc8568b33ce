namespace VectorMigration.Tests;

/// <summary>Runs that write the same ids of one collection at the same time: the second one is refused, whichever way they meet.</summary>
public sealed class RunMarkTests : IDisposable
{
    private static readonly Guid Lower = Guid.Empty;
    private static readonly Guid Higher = Guid.Parse("ffffffff-ffff-ffff-ffff-ffffffffffff");

    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();
    private readonly string folder = Directory.CreateTempSubdirectory("marks").FullName;

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_is_marked_while_it_is_under_way(bool exists)
    {
        if (exists)
        {
            Create();
        }

        IReadOnlyList<RunMark> during = [];
        store.Answer = _ =>
        {
            during = RunMark.Of(store.Collections["c"]);
            return WriteAnswer.Ok(1);
        };
        MigrationResult result = await Run(new MigrationOptions { Collection = "c", IdOffset = 1_000 });
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        RunMark mark = during.ShouldHaveSingleItem();
        (mark.Run, mark.Source, mark.Space, mark.First, mark.Last).ShouldBe((result.RunId, "memory.faiss", "number", 1_000, 1_049));
        RunMark.Of(store.Collections["c"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_fails_takes_its_mark_out_too()
    {
        store.Answer = static _ => WriteAnswer.Stop("DiskFull", ErrorKind.ResourceUnavailable, "disk full", resumable: true, "Free some.");
        MigrationResult result = await Run(new MigrationOptions { Collection = "c" });
        result.Status.ShouldBe(MigrationStatus.Interrupted);
        RunMark.Of(store.Collections["c"]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_another_run_writes_the_same_ids_a_run_is_refused(bool dryRun)
    {
        Create(Mark(Higher) with { First = 49, Last = 70 });
        MigrationResult result = await Run(new MigrationOptions { Collection = "c", DryRun = dryRun });
        result.ExitCode.ShouldBe(2);
        MigrationError error = result.Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("ConcurrentRun");
        error.Message.ShouldContain("ids 49 to 70");
        error.Message.ShouldContain("other.faiss");
        error.RecommendedAction.ShouldNotContain("verwrite");
        store.Upserted.ShouldBeEmpty();
        store.MarkChanges.ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_ids_other_spaces_ended_and_silent_runs_are_no_reason()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Create(
            Mark(Guid.NewGuid()) with { First = 50, Last = 99 },
            Mark(Guid.NewGuid()) with { Space = "uuid5:a" },
            Mark(Guid.NewGuid()) with { First = null, Last = null },
            Mark(Guid.NewGuid()) with { Ended = true },
            Mark(Guid.NewGuid()) with { Seen = now - RunMark.Lease });
        MigrationResult result = await Run(new MigrationOptions { Collection = "c" });
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        // Whoever is under way learns that this run was there, and the silent one is cleared away.
        RunMark.Of(store.Collections["c"]).Single(mark => mark.Run == result.RunId).Ended.ShouldBeTrue();
        RunMark.Of(store.Collections["c"]).Count.ShouldBe(5);
    }

    [Fact]
    public async Task Overwrite_gives_way_to_nobody()
    {
        Create(Mark(Higher));
        (await Run(new MigrationOptions { Collection = "c", OnExisting = ExistingPoints.Overwrite })).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Fact]
    public async Task A_killed_run_of_the_same_journal_is_no_rival()
    {
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal") };
        Create(RunMark.For(options, Guid.NewGuid(), "memory.faiss", DateTimeOffset.UtcNow) with { First = 0, Last = 49 });
        MigrationResult result = await Run(options);
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        RunMark.Of(store.Collections["c"]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_that_place_their_marks_at_once_one_goes_on(bool otherGivesWay)
    {
        Create();
        RunMark other = Mark(otherGivesWay ? Higher : Lower);
        store.OnChange = change =>
        {
            if (change.Metadata.Keys.Any(key => key.StartsWith("vector_migration_live_", StringComparison.Ordinal)))
            {
                store.OnChange = static _ => { };
                Put(other);
            }
        };
        int looks = 0;
        store.OnLook = collection => otherGivesWay && RunMark.Of(collection).Any(mark => mark.Run == Higher) && ++looks > 1
            ? collection with { Metadata = collection.Metadata.Where(pair => pair.Key != other.Key).ToDictionary() }
            : collection;
        MigrationResult result = await Run(new MigrationOptions { Collection = "c" });
        if (otherGivesWay)
        {
            result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
            return;
        }

        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("ConcurrentRun");
        store.Upserted.ShouldBeEmpty();
        RunMark.Of(store.Collections["c"]).ShouldHaveSingleItem().Run.ShouldBe(Lower);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(50, true)]
    public async Task Two_parts_that_run_at_once_are_told_apart_by_their_ids(int offset, bool bothPass)
    {
        MigrationResult? second = null;
        int begun = 0;
        store.Answer = _ =>
        {
            // Batches come side by side; the other run begins once.
            if (Interlocked.Exchange(ref begun, 1) == 0)
            {
                store.Answer = null;
                second = Run(new MigrationOptions { Collection = "c", IdOffset = offset }).GetAwaiter().GetResult();
            }

            return WriteAnswer.Ok(1);
        };
        MigrationResult first = await Run(new MigrationOptions { Collection = "c" });
        first.Status.ShouldBe(MigrationStatus.Completed, first.Error?.Message);
        if (bothPass)
        {
            second.ShouldNotBeNull().Status.ShouldBe(MigrationStatus.Completed, second?.Error?.Message);
            store.Points.Count.ShouldBe(100);
        }
        else
        {
            second.ShouldNotBeNull().Error.ShouldNotBeNull().ErrorId.ShouldBe("ConcurrentRun");
            store.Points.Count.ShouldBe(50);
        }
    }

    [Fact]
    public async Task A_collection_that_others_write_to_is_not_deleted()
    {
        Create(Mark(Higher) with { First = null, Last = null });
        MigrationResult result = await Run(new MigrationOptions { Collection = "c", Recreate = true });
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("ConcurrentRun");
        store.Deleted.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_metadata_cannot_be_written_a_run_goes_on_without_a_mark()
    {
        Create();
        store.OnChange = static _ => throw new MigrationException("ReadOnlyKey", ErrorKind.Authentication, "Forbidden", "Use another key.", "c");
        (await Run(new MigrationOptions { Collection = "c" })).Status.ShouldBe(MigrationStatus.Completed);
        store.OnChange = static _ => { };
        store.Version = "1.15.5";
        store.KeepsMetadata = false;
        (await Run(new MigrationOptions { Collection = "c", IdOffset = 50 })).Status.ShouldBe(MigrationStatus.Completed);
        store.MarkChanges.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_mark_is_passed_over()
    {
        Create();
        store.Collections["c"] = store.Collections["c"] with { Metadata = new Dictionary<string, string> { ["vector_migration_live_x"] = "{\"run\":" } };
        (await Run(new MigrationOptions { Collection = "c" })).Status.ShouldBe(MigrationStatus.Completed);
    }

    private static RunMark Mark(Guid run) => new()
    {
        Run = run,
        Source = "other.faiss",
        Space = "number",
        First = 0,
        Last = 9,
        Started = DateTimeOffset.UtcNow,
        Seen = DateTimeOffset.UtcNow,
    };

    private void Create(params RunMark[] marks)
    {
        store.Add("c", 4, Distance.Euclid);
        Array.ForEach(marks, Put);
    }

    private void Put(RunMark mark)
    {
        CollectionDescription now = store.Collections["c"];
        store.Collections["c"] = now with { Metadata = new Dictionary<string, string>([.. now.Metadata, mark.ToPair()]) };
    }

    private Task<MigrationResult> Run(MigrationOptions options) =>
        new Migration(new MemorySource(50), null, store, new FixedRetryPolicy(), options, recorder).RunAsync(default);
}
