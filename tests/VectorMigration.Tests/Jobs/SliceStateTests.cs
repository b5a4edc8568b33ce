using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.Jobs;

/// <summary>What slices left in their log folders, and what is divided anew after that.</summary>
public sealed class SliceStateTests : IDisposable
{
    private const int Slices = 4;
    private readonly TemporaryFolder folder = new();
    private readonly SlicePlan plan;

    public SliceStateTests()
    {
        long[] counts = [10, 0, 30];
        plan = new SlicePlan
        {
            PlanId = Guid.NewGuid(),
            JobId = Guid.NewGuid(),
            Collection = "c",
            Options = new SlicePlanOptions(),
            Path = Path.Combine(folder.Path, "plan.json"),
            Parts = [.. counts.Select(static (count, at) => new SlicePlanPart
            {
                Path = $"part-{at + 1}.faiss", Kind = "Flat", Fingerprint = $"f{at + 1}", Length = 100, Count = count, Dimension = 4, IdOffset = at * 100,
            })],
            Slices = SlicePlanner.Divide([new SliceRange(1, 0, 10), new SliceRange(3, 0, 30)], Slices),
        };
    }

    public void Dispose() => folder.Dispose();

    private string Logs(string name = "logs") => Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName;

    private static SliceNumber Number(int slice) => new(slice, Slices);

    private void Acknowledge(SlicePlan of, int slice, int range, OrdinalRange ordinals, string logs = "logs", string run = "run", string? fingerprint = null)
    {
        SlicePlanPart part = of.Parts[of.Slices[slice - 1].Ranges[range - 1].Part - 1];
        JournalKey key = new(JournalKey.IndexOf(part.Length, fingerprint ?? part.Fingerprint), part.Count, "none", IdMapping.Keep, "e", "c", string.Empty)
        {
            IdOffset = part.IdOffset,
        };
        string path = SliceState.JournalOf(of, new SliceNumber(slice, of.Slices.Count), range, Logs(logs));
        using MigrationJournal journal = MigrationJournal.Open(path, restart: false, TimeProvider.System);
        if (journal.Header is null)
        {
            journal.Begin(new JournalHeader(key, run, DateTimeOffset.UnixEpoch, "part", DateTime.UnixEpoch));
        }
        else
        {
            journal.Resume();
        }

        journal.Append(ordinals);
        journal.Complete();
    }

    private void End(int slice, MigrationStatus? status, string logs = "logs", Guid? of = null) => new SliceRecord
    {
        PlanId = of ?? plan.PlanId,
        Slice = slice,
        Status = status,
        At = DateTimeOffset.UtcNow,
    }.Write(SliceState.RecordOf(plan, Number(slice), Logs(logs)));

    private IReadOnlyList<SliceState> Gather(params string[] logs) => SliceState.Gather(plan, [.. logs.Select(name => Path.Combine(folder.Path, name))]);

    private MigrationException Refused(params string[] logs) => Should.Throw<MigrationException>(() => Gather(logs));

    private SlicePlan Cut(int slices, params string[] logs) =>
        SlicePlanner.Cut(plan, Gather(logs), slices, Path.Combine(folder.Path, "rest.json"), DateTimeOffset.UnixEpoch);

    [Fact]
    public void Slices_without_a_trace_are_missing_also_where_the_folder_is()
    {
        Gather("logs", "absent").ShouldAllBe(static state => state.IsMissing && !state.HasEnded && state.Acknowledged == 0);
        SliceState.Absent([Path.Combine(folder.Path, "absent"), folder.Path]).ShouldBe([Path.Combine(folder.Path, "absent")]);
        Directory.Exists(Path.Combine(folder.Path, "absent")).ShouldBeFalse();
    }

    [Fact]
    public void Journals_and_records_of_several_folders_are_added()
    {
        Acknowledge(plan, 1, 1, new OrdinalRange(0, 4));
        Acknowledge(plan, 1, 1, new OrdinalRange(3, 8), "logs2");
        End(1, null, "logs2");
        End(2, MigrationStatus.Completed);
        End(2, MigrationStatus.Interrupted, "logs2");
        End(3, MigrationStatus.Incomplete);
        IReadOnlyList<SliceState> states = Gather("logs", "logs2");
        states.Select(static state => state.Acknowledged).ShouldBe([9, 0, 0, 0]);
        states.Select(static state => state.HasEnded).ShouldBe([false, true, true, false]);
        states.Select(static state => state.IsMissing).ShouldBe([false, false, false, true]);
        MigrationException unfinished = SliceErrors.Unfinished(plan.Path, "c", states, ["/gone"]);
        unfinished.ErrorId.ShouldBe(ErrorIds.SlicesUnfinished);
        unfinished.Message.ShouldContain("1 slice has not begun: 4/4. 1 slice has begun and not ended: 1/4 (9 of 10 vectors acknowledged)");
        unfinished.Message.ShouldContain("1 log folder does not exist: '/gone'");
    }

    [Fact]
    public void Records_of_other_plans_and_broken_ones_count_for_nothing()
    {
        End(1, MigrationStatus.Completed, of: Guid.NewGuid());
        File.WriteAllText(SliceState.RecordOf(plan, Number(2), Logs()), "{\"version\":1,");
        File.WriteAllText(SliceState.RecordOf(plan, Number(3), Logs()), "{\"version\":2}");
        Gather("logs").ShouldAllBe(static state => !state.HasEnded);
    }

    [Fact]
    public void A_slice_without_vectors_has_ended()
    {
        SlicePlan many = plan with { Slices = SlicePlanner.Divide([new SliceRange(1, 0, 2)], Slices) };
        SliceState.Gather(many, [Logs()]).Select(static state => state.HasEnded).ShouldBe([true, false, true, false]);
    }

    [Fact]
    public void Journals_of_two_collections_or_of_another_index_are_refused()
    {
        Acknowledge(plan, 1, 1, new OrdinalRange(0, 4));
        Acknowledge(plan, 2, 1, new OrdinalRange(0, 4), run: "other");
        Refused("logs").ErrorId.ShouldBe(ErrorIds.PlanOutdated);
        Refused("logs").Message.ShouldContain("do not belong to one collection");

        Acknowledge(plan, 3, 1, new OrdinalRange(10, 14), "foreign", fingerprint: "changed");
        Refused("foreign").Message.ShouldContain("of another index");

        // A journal of another slice under this one's name is one of the same index, and says nothing of this range.
        File.Copy(SliceState.JournalOf(plan, Number(1), 1, Logs()), SliceState.JournalOf(plan, Number(1), 1, Logs("copy")));
        Gather("copy").Sum(static state => state.Acknowledged).ShouldBe(5);
    }

    [Fact]
    public void What_is_left_is_divided_and_nothing_that_was_not_acknowledged_is_left_out()
    {
        Acknowledge(plan, 1, 1, new OrdinalRange(2, 3));
        Acknowledge(plan, 1, 1, new OrdinalRange(6, 7));
        Acknowledge(plan, 4, 1, new OrdinalRange(20, 29));
        SlicePlan rest = Cut(3, "logs");
        rest.JobId.ShouldBe(plan.JobId);
        rest.PlanId.ShouldNotBe(plan.PlanId);
        rest.CollectionRun.ShouldBe("run");
        rest.Parts.Select(static part => part.Acknowledged).ShouldBe([4, 0, 10]);
        rest.Slices.SelectMany(static slice => slice.Ranges).ShouldBe(
            [new(1, 0, 2), new(1, 4, 2), new(1, 8, 2), new(3, 0, 2), new(3, 2, 9), new(3, 11, 9)]);
        rest.Write(rest.Path, replaces: false);
        SlicePlan.Read(rest.Path).Count.ShouldBe(26);

        // A plan of that plan adds what its own slices have done, and holds to the collection.
        Acknowledge(rest, 1, 1, new OrdinalRange(0, 1), "rest");
        SlicePlan last = SlicePlanner.Cut(rest, SliceState.Gather(rest, [Logs("rest")]), 2, Path.Combine(folder.Path, "last.json"), DateTimeOffset.UnixEpoch);
        last.Parts.Select(static part => part.Acknowledged).ShouldBe([6, 0, 10]);
        last.Count.ShouldBe(24);
        Acknowledge(rest, 2, 1, new OrdinalRange(3, 4), "rest", run: "other");
        Should.Throw<MigrationException>(() => SliceState.Gather(rest, [Logs("rest")])).ErrorId.ShouldBe(ErrorIds.PlanOutdated);
    }

    [Fact]
    public void A_wrong_log_folder_leaves_nothing_out()
    {
        Acknowledge(plan, 1, 1, new OrdinalRange(0, 9));
        Cut(3, "elsewhere").Count.ShouldBe(40);
        Cut(3, "elsewhere").CollectionRun.ShouldBeNull();
        Cut(2, "logs").Count.ShouldBe(30);
    }

    [Fact]
    public void When_all_is_acknowledged_the_new_plan_has_empty_slices()
    {
        Acknowledge(plan, 1, 1, new OrdinalRange(0, 9));
        for (int slice = 2; slice <= Slices; slice++)
        {
            Acknowledge(plan, slice, 1, new OrdinalRange((slice - 2) * 10, ((slice - 1) * 10) - 1));
        }

        SlicePlan rest = Cut(2, "logs");
        rest.Write(rest.Path, replaces: false);
        SliceState.Gather(SlicePlan.Read(rest.Path), [Logs()]).ShouldAllBe(static state => state.HasEnded);
    }
}
