using System.Reflection;

namespace VectorMigration.Tests.Jobs;

/// <summary>What a job plans, and what it refuses.</summary>
public sealed class JobPlanTests : IDisposable
{
    private const string Positions = "sequential";
    private readonly string folder = Directory.CreateTempSubdirectory("vm-jobs-").FullName;
    private readonly Dictionary<string, Func<MemorySource>> files = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private MigrationOptions Options => new() { Collection = "c", LogDirectory = folder };

    private void Add(string name, int count, Func<int, long>? id = null, string idSource = "id map", int dimension = 4, string? fingerprint = null) =>
        files[name] = () =>
        {
            MemorySource source = new(count, dimension, id, idSource);
            source.Description = source.Description with { Path = name, Identity = new SourceIdentity(name, count, default, fingerprint ?? name) };
            return source;
        };

    private OpenedPart Open(JobPart part, MigrationOptions options) => files.TryGetValue(part.Path, out Func<MemorySource>? file)
        ? new OpenedPart(file(), null, options)
        : throw new MigrationException("IndexTruncated", ErrorKind.InvalidData, $"{part.Path} is cut off.", "Copy it again.", part.Path);

    private JobPlan Plan(MigrationOptions? options = null, BadPart bad = BadPart.Fail, params JobPart[] parts) =>
        new MigrationJob(parts, options ?? Options, Open, bad).Plan(default);

    private string Refusal(MigrationOptions? options = null, BadPart bad = BadPart.Fail, params JobPart[] parts) =>
        Should.Throw<MigrationException>(() => Plan(options, bad, parts)).ErrorId;

    private static JobPart[] Parts(params string[] names) => [.. names.Select(static name => new JobPart(name))];

    [Fact]
    public void Positions_begin_where_the_part_before_ends_and_stored_ids_stay()
    {
        Add("p1", 10, idSource: Positions);
        Add("p2", 5, static i => 1_000 + i);
        Add("p3", 7, idSource: Positions);
        JobPlan plan = Plan(null, BadPart.Fail, Parts("p1", "p2", "p3"));
        plan.Parts.Select(static part => part.IdOffset).ShouldBe([0L, 0L, 15L]);
        plan.Parts.Select(static part => part.Ids).ShouldBe(["positions from 0", "stored ids", "positions from 15"]);
        plan.Count.ShouldBe(22);
        Plan(Options with { IdOffset = 100 }, BadPart.Fail, Parts("p1", "p2", "p3")).Parts.Select(static part => part.IdOffset).ShouldBe([100L, 100L, 115L]);
        Plan(null, BadPart.Fail, new JobPart("p1"), new JobPart("p3") { IdOffset = 50 }).Parts[1].IdOffset.ShouldBe(50);
    }

    [Fact]
    public void Progress_counts_the_parts_that_have_ended_and_what_earlier_runs_sent()
    {
        Add("p1", 10, idSource: Positions);
        Add("p2", 30, idSource: Positions);
        JobPlan plan = Plan(null, BadPart.Fail, Parts("p1", "p2"));
        JobProgress progress = new(plan, JobProgress.Verify);
        progress.Now.ShouldBe(new JobPlace(0, 2, 0, 40, string.Empty));
        progress.Begin(plan.Parts[0]);
        progress.HasNext.ShouldBeTrue();
        progress.OnEvent(new PhaseStarted(Guid.Empty, default, "count", 10));
        progress.OnEvent(new PhaseAdvanced(Guid.Empty, default, "count", 7, 10));
        progress.Now.Done.ShouldBe(0, "only one phase counts");
        progress.OnEvent(new PhaseStarted(Guid.Empty, default, "verify", 10));
        progress.OnEvent(new PhaseAdvanced(Guid.Empty, default, "verify", 7, 10));
        progress.Now.ShouldBe(new JobPlace(1, 2, 7, 40, "part 1 of 2"));
        progress.Begin(plan.Parts[1]);
        progress.HasNext.ShouldBeFalse();
        progress.Now.ShouldBe(new JobPlace(2, 2, 10, 40, "part 2 of 2"));
        progress.OnEvent(new PhaseStarted(Guid.Empty, default, "verify", 30));
        progress.OnEvent(new PhaseAdvanced(Guid.Empty, default, "verify", 15, 30));
        progress.Now.JobText.ShouldBe("job: 25 of 40 (62 %)");
        progress.OnEvent(new PhaseStarted(Guid.Empty, default, "index", 0));
        progress.Now.Done.ShouldBe(25, "what follows takes nothing back");
    }

    [Fact]
    public void Ids_that_two_parts_have_are_refused_with_count_and_first_ids()
    {
        Add("p1", 10, static i => i * 3);
        Add("p2", 10, static i => i * 2);
        MigrationException refused = Should.Throw<MigrationException>(() => Plan(null, BadPart.Fail, Parts("p1", "p2")));
        refused.ErrorId.ShouldBe("PartIdsOverlap");
        refused.Message.ShouldContain("4 ids are in more than one part");
        refused.Message.ShouldContain("0 (parts 1 and 2), 6 (parts 1 and 2), 12 (parts 1 and 2), 18 (parts 1 and 2)");

        // Ranges that meet are no overlap by themselves.
        Add("p3", 10, static i => (i * 2) + 1);
        Plan(null, BadPart.Fail, Parts("p2", "p3")).Count.ShouldBe(20);

        // UUIDs by part have nothing in common; without a name they would.
        MigrationOptions uuids = Options with { IdMapping = IdMapping.Uuid5 };
        Refusal(uuids, BadPart.Fail, Parts("p1", "p2")).ShouldBe("PartIdsOverlap");
        Plan(uuids with { IdNamespace = "set" }, BadPart.Fail, Parts("p1", "p2")).Parts.Select(static part => part.IdNamespace).ShouldBe(["set.p1", "set.p2"]);
    }

    [Fact]
    public void Parts_of_another_dimension_or_named_twice_are_refused()
    {
        Add("p1", 10, idSource: Positions);
        Add("p2", 10, idSource: Positions, dimension: 8);
        Refusal(null, BadPart.Fail, Parts("p1", "p2")).ShouldBe("PartsDiffer");
        Refusal(null, BadPart.Fail, Parts("p1", "p1")).ShouldBe("PartRepeated");
        Refusal(Options with { Limit = 5 }, BadPart.Fail, Parts("p1")).ShouldBe("NotForSeveralParts");
    }

    [Fact]
    public void A_part_that_cannot_be_read_is_refused_or_skipped_as_asked()
    {
        Add("p1", 10, static i => i);
        Add("p3", 10, static i => 100 + i);
        Refusal(null, BadPart.Fail, Parts("p1", "p2", "p3")).ShouldBe("IndexTruncated");
        JobPlan plan = Plan(null, BadPart.Skip, Parts("p1", "p2", "p3"));
        plan.Skipped.Select(static part => part.Path).ShouldBe(["p2"]);
        plan.Count.ShouldBe(20);
        Refusal(null, BadPart.Skip, Parts("p2")).ShouldBe("IndexTruncated");

        // How many vectors it has is unknown, so that positions after it would be a guess.
        Add("p4", 10, idSource: Positions);
        Refusal(null, BadPart.Skip, Parts("p1", "p2", "p4")).ShouldBe("PartOffsetUnknown");
        Plan(null, BadPart.Skip, new JobPart("p1"), new JobPart("p2"), new JobPart("p4") { IdOffset = 500 }).Parts[2].IdOffset.ShouldBe(500);

        // What is wrong with ids is no damage.
        Add("p5", 10, static i => -1 - i);
        Refusal(null, BadPart.Skip, Parts("p1", "p5")).ShouldBe("NegativeIds");
    }

    [Fact]
    public void A_later_run_may_only_be_longer()
    {
        foreach (string name in (string[])["p1", "p2", "p3", "p4"])
        {
            Add(name, 10, idSource: Positions);
        }

        JobPlan first = Plan(null, BadPart.Fail, Parts("p1", "p2", "p3"));
        JobRecord.Of(first, null).Write(first.RecordPath!);

        // As long as no run has a journal, nothing depends on the record.
        Plan(null, BadPart.Fail, Parts("p2")).Count.ShouldBe(10);
        File.WriteAllText(JournalPaths.OfPart(folder, "c", null, "p1"), string.Empty);
        Plan(null, BadPart.Fail, Parts("p1", "p2", "p3")).Count.ShouldBe(30);
        Plan(null, BadPart.Fail, Parts("p1", "p2", "p3", "p4")).Parts[3].IdOffset.ShouldBe(30);

        string Message(params string[] names) => Should.Throw<MigrationException>(() => Plan(null, BadPart.Fail, Parts(names))).Message;
        Message("p1", "p3", "p2").ShouldContain("Part 2, 'p2', is now part 3.");
        Message("p1", "p2").ShouldContain("Part 3, 'p3', is missing.");
        Message("p1", "p2", "p4").ShouldContain("Part 3, 'p3', is missing. In its place is 'p4'.");
        Add("p2", 11, idSource: Positions, fingerprint: "other");
        Message("p1", "p2", "p3").ShouldContain("Part 2, 'p2', has another content than in the earlier run.");
        Refusal(null, BadPart.Fail, Parts("p1", "p2", "p3")).ShouldBe("PartsChanged");
        Plan(Options with { Restart = true }, BadPart.Fail, Parts("p1", "p2", "p3")).Parts[2].IdOffset.ShouldBe(21);
    }

    [Fact]
    public void The_total_of_a_job_adds_every_count()
    {
        Add("p1", 10, static i => i);
        Add("p2", 10, static i => 100 + i);
        JobPlan plan = Plan(null, BadPart.Fail, Parts("p1", "p2"));
        MigrationCounts counts = new();
        PropertyInfo[] numbers = [.. typeof(MigrationCounts).GetProperties().Where(static one => one.PropertyType == typeof(long))];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i].SetValue(counts, (long)i + 1);
        }

        MigrationResult part = new()
        {
            RunId = Guid.NewGuid(),
            Status = MigrationStatus.Completed,
            Path = "p",
            Endpoint = "e",
            Collection = "c",
            Counts = counts,
        };
        MigrationCounts total = JobTotal.Of(Guid.NewGuid(), plan, new Dictionary<int, MigrationResult> { [1] = part, [2] = part }).Counts;
        total.Source.ShouldBe(20);
        total.PresentBefore.ShouldBe(counts.PresentBefore);
        foreach (PropertyInfo number in numbers.Where(static one => one.Name is not (nameof(MigrationCounts.Source) or nameof(MigrationCounts.PresentBefore))))
        {
            number.GetValue(total).ShouldBe(2 * (long)number.GetValue(counts)!, number.Name);
        }
    }

    [Theory]
    [InlineData("If it holds the texts, name it with -PayloadPath.", "If it holds the texts, name it in the column payload of a manifest.")]
    [InlineData("Use -StorePath only for a store.", "Use the column store of a manifest only for a store.")]
    [InlineData("use -PayloadPath, with -PayloadPath", "use the column payload of a manifest, in the column payload of a manifest")]
    [InlineData("use -PayloadPaths, with -PayloadPath-key", "use -PayloadPaths, with -PayloadPath-key")]
    public void Advice_for_the_files_of_a_part_names_columns_of_a_manifest(string told, string part)
    {
        PartNotes.ForManifest(told).ShouldBe(part);
    }
}
