using System.Text.Json.Nodes;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.Jobs;

/// <summary>How a job is divided into slices, and what is accepted as a plan.</summary>
public sealed class SlicePlanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string File => Path.Combine(folder.Path, "plan.json");

    public void Dispose() => folder.Dispose();

    private SlicePlan Plan(int slices, params long[] counts) => new()
    {
        PlanId = Guid.NewGuid(),
        JobId = Guid.NewGuid(),
        Collection = "c",
        Options = new SlicePlanOptions { IdMapping = IdMapping.Uuid5, PayloadFields = ["a"], Distance = Distance.Dot },
        Path = File,
        Parts = [.. counts.Select(static (count, at) => new SlicePlanPart
        {
            Path = $"part-{at + 1}.faiss", Kind = "Flat", Fingerprint = "abc", Length = 100, Count = count, Dimension = 4,
        })],
        Slices = SlicePlanner.Divide([.. counts.Select(static (count, at) => new SliceRange(at + 1, 0, count)).Where(static range => range.Count > 0)], slices),
    };

    private MigrationException Refused(string content)
    {
        System.IO.File.WriteAllText(File, content);
        MigrationException refused = Should.Throw<MigrationException>(() => SlicePlan.Read(File));
        refused.ErrorId.ShouldBe(ErrorIds.PlanInvalid);
        refused.Target.ShouldBe(File);
        refused.Message.ShouldNotContain("VectorMigration.");
        refused.Message.ShouldNotContain("BytePosition");
        return refused;
    }

    private string Text(int slices = 2, params long[] counts)
    {
        Plan(slices, counts.Length == 0 ? [10, 10] : counts).Write(File, replaces: true);
        return System.IO.File.ReadAllText(File);
    }

    private static string Changed(string plan, Action<JsonNode> change)
    {
        JsonNode node = JsonNode.Parse(plan)!;
        change(node);
        return node.ToJsonString();
    }

    [Fact]
    public void Slices_have_every_vector_once_and_differ_by_one_at_most()
    {
        Random random = new(7);
        for (int i = 0; i < 500; i++)
        {
            SliceRange[] ranges = [.. Enumerable.Range(1, random.Next(1, 6)).Select(part => new SliceRange(part, random.Next(3), random.Next(1, 40)))];
            int slices = random.Next(1, 60);
            IReadOnlyList<PlannedSlice> divided = SlicePlanner.Divide(ranges, slices);
            divided.Count.ShouldBe(slices);
            long[] sizes = [.. divided.Select(static slice => slice.Ranges.Sum(static range => range.Count))];
            (sizes.Max() - sizes.Min()).ShouldBeInRange(0, 1);
            divided.SelectMany(static slice => slice.Ranges).SelectMany(Ordinals).ShouldBe(ranges.SelectMany(Ordinals));
        }
    }

    private static IEnumerable<(int Part, long Ordinal)> Ordinals(SliceRange range) =>
        Enumerable.Range(0, (int)range.Count).Select(i => (range.Part, range.Offset + i));

    [Fact]
    public void The_largest_numbers_divide_without_overflow()
    {
        IReadOnlyList<PlannedSlice> divided = SlicePlanner.Divide([new SliceRange(1, 0, long.MaxValue - 5), new SliceRange(2, 0, 5)], SliceNumber.Most);
        divided.Count.ShouldBe(SliceNumber.Most);
        divided.Sum(static slice => slice.Ranges.Sum(static range => range.Count)).ShouldBe(long.MaxValue);
        divided[^1].Ranges[^1].ShouldBe(new SliceRange(2, 0, 5));
    }

    [Fact]
    public void More_slices_than_vectors_leave_some_without_any()
    {
        SlicePlanner.Divide([new SliceRange(1, 0, 2)], 5).Select(static slice => slice.Ranges.Sum(static range => range.Count)).ShouldBe([0, 0, 1, 0, 1]);
        SlicePlanner.Divide([], 3).ShouldAllBe(static slice => slice.Ranges.Count == 0);
    }

    [Fact]
    public void A_plan_is_read_as_it_was_written()
    {
        SlicePlan plan = Plan(7, 10, 0, 3) with { CollectionRun = "run", CreatedAt = DateTimeOffset.UnixEpoch };
        plan.Write(File, replaces: false);
        SlicePlan read = SlicePlan.Read(File);
        System.Text.Json.JsonSerializer.Serialize(read).ShouldBe(System.Text.Json.JsonSerializer.Serialize(plan));
        read.Count.ShouldBe(13);
        Should.Throw<MigrationException>(() => plan.Write(File, replaces: false)).ErrorId.ShouldBe(ErrorIds.PlanExists);
        Directory.GetFiles(folder.Path).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_plan_that_is_cut_off_anywhere_is_refused()
    {
        string text = Text();
        for (int length = 0; length < text.TrimEnd().Length; length += 7)
        {
            Refused(text[..length]);
        }
    }

    [Theory]
    [InlineData("", "cannot be used")]
    [InlineData("null", "no plan of slices")]
    [InlineData("[1]", "no plan of slices")]
    [InlineData("{\"formatVersion\":\"1\"}", "cannot be used")]
    [InlineData("{\"formatVersion\":0}", "no plan of slices")]
    [InlineData("{\"formatVersion\":99999999999}", "no plan of slices")]
    [InlineData("{\"formatVersion\":2}", "format version 2")]
    [InlineData("{\"formatVersion\":1}", "keys are missing in the plan")]
    [InlineData("IxMp", "not valid JSON in line 1")]
    public void What_is_no_plan_is_refused(string content, string expected) => Refused(content).Message.ShouldContain(expected);

    [Fact]
    public void Keys_and_values_that_do_not_exist_are_refused()
    {
        string text = Text();
        Refused(Changed(text, static plan => plan["url"] = "http://x")).Message.ShouldContain("url");
        Refused(Changed(text, static plan => plan["options"]!["apiKey"] = "x")).Message.ShouldContain("apiKey");
        Refused(Changed(text, static plan => plan["parts"]![0]!["hook"] = "x")).Message.ShouldContain("hook");
        Refused(Changed(text, static plan => plan["options"]!["idMapping"] = 9)).Message.ShouldContain("idMapping");
        Refused(Changed(text, static plan => plan["options"]!["distance"] = "Hamming")).Message.ShouldContain("the value of 'options.distance' cannot be read");
        Refused(Changed(text, static plan => plan["options"]!["payloadFields"] = new JsonArray((JsonNode?)null))).Message.ShouldContain("payload fields");
        Refused(Changed(text, static plan => plan["options"] = null));
        Refused(Changed(text, static plan => plan["collection"] = ""));
        Refused(Changed(text, static plan => plan["planId"] = Guid.Empty.ToString()));
        Refused(Changed(text, static plan => plan["parts"] = new JsonArray()));
        Refused(Changed(text, static plan => plan["parts"]![0] = null));
        Refused(Changed(text, static plan => plan["slices"] = new JsonArray()));
        Refused(Changed(text, static plan => plan["slices"]![0] = null)).Message.ShouldContain("no ranges");
        Refused(Changed(text, static plan => plan["slices"]![0]!["ranges"] = null)).Message.ShouldContain("no ranges");
        Refused(Changed(text, static plan => plan["slices"]![0]!["ranges"]![0] = null)).Message.ShouldContain("no ranges");

        // Lists that are left out, or null, are empty.
        System.IO.File.WriteAllText(File, Changed(text, static plan => plan["options"]!["payloadFields"] = null));
        SlicePlan.Read(File).Options.Options("c").PayloadMapping.ShouldBeNull();
    }

    [Theory]
    [InlineData("../part.faiss", "leaves its folder")]
    [InlineData("a/../../part.faiss", "leaves its folder")]
    [InlineData("a\\..\\part.faiss", "leaves its folder")]
    [InlineData("\\\\host\\share\\part.faiss", "network share")]
    [InlineData("//host/share/part.faiss", "network share")]
    [InlineData("\\\\.\\pipe\\x", "network share")]
    [InlineData("\\\\?\\C:\\part.faiss", "network share")]
    [InlineData("https://host/part.faiss", "is an address")]
    [InlineData("s3://bucket/part.faiss", "is an address")]
    [InlineData("file:///part.faiss", "is an address")]
    [InlineData("a\nb", "control character")]
    [InlineData("a\0b", "control character")]
    [InlineData("", "is empty")]
    public void Paths_that_leave_the_folder_or_the_machine_are_refused(string path, string fault)
    {
        string text = Text();
        foreach (string property in (string[])["path", "store", "payloadFile"])
        {
            Refused(Changed(text, plan => plan["parts"]![1]![property] = path)).Message.ShouldContain(fault);
        }
    }

    [Fact]
    public void Ranges_that_overlap_leave_vectors_out_or_are_no_ranges_are_refused()
    {
        string text = Text();
        void Spoilt(string name, JsonNode value, string fault) =>
            Refused(Changed(text, plan => plan["slices"]![1]!["ranges"]![0]![name] = value)).Message.ShouldContain(fault);
        Refused(Changed(Text(4), static plan => plan["slices"]![1]!["ranges"]![0]!["offset"] = 4)).Message.ShouldContain("two slices have the same vector");
        Spoilt("offset", -1, "does not have");
        Spoilt("offset", 1, "does not have");
        Spoilt("offset", long.MaxValue, "does not have");
        Spoilt("count", 0, "does not have");
        Spoilt("count", -5, "does not have");
        Spoilt("count", long.MaxValue, "does not have");
        Spoilt("count", 9, "its slices have 9 vectors of the 10 of part 2");
        Spoilt("part", 0, "part 0, which does not exist");
        Spoilt("part", -1, "does not exist");
        Spoilt("part", 3, "does not exist");
        Spoilt("part", 1, "two slices have the same vector");
        Refused(Changed(text, static plan => plan["slices"]![1]!["ranges"] = new JsonArray())).Message.ShouldContain("its slices have 0 vectors");
        Refused(Changed(text, static plan => plan["parts"]![1]!["count"] = -1)).Message.ShouldContain("negative number");
        Refused(Changed(text, static plan => plan["parts"]![1]!["idOffset"] = -1)).Message.ShouldContain("negative number");
        Refused(Changed(text, static plan => plan["parts"]![1]!["acknowledged"] = 1)).Message.ShouldContain("recorded as acknowledged before");
        Refused(Changed(text, static plan => plan["parts"]![0]!["count"] = long.MaxValue)).Message.ShouldContain("more vectors than can be counted");
    }

    [Theory]
    [InlineData("3/8", 3, 8)]
    [InlineData("1/1", 1, 1)]
    [InlineData("100000/100000", 100_000, 100_000)]
    public void A_slice_is_a_number_from_1_and_the_number_of_slices(string text, int number, int of)
    {
        SliceNumber.Parse(text).ShouldBe(new SliceNumber(number, of));
        SliceNumber.Parse(text).ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("0/8")]
    [InlineData("9/8")]
    [InlineData("1/")]
    [InlineData("/8")]
    [InlineData("1/8/2")]
    [InlineData("-1/8")]
    [InlineData("+1/8")]
    [InlineData(" 1/8")]
    [InlineData("1/ 8")]
    [InlineData("1.0/8")]
    [InlineData("1/0")]
    [InlineData("1/100001")]
    [InlineData("99999999999/99999999999")]
    [InlineData("١/٨")]
    public void What_is_no_slice_is_refused(string? text) =>
        Should.Throw<MigrationException>(() => SliceNumber.Parse(text)).ErrorId.ShouldBe(ErrorIds.SliceUnknown);

    [Fact]
    public void A_slice_of_another_number_of_slices_is_refused()
    {
        SlicePlan plan = Plan(8, 100);
        plan.Slice(new SliceNumber(8, 8)).Ranges.Single().ShouldBe(new SliceRange(1, 87, 13));
        Should.Throw<MigrationException>(() => plan.Slice(new SliceNumber(1, 7))).ErrorId.ShouldBe(ErrorIds.SliceUnknown);
    }

    [Fact]
    public void Options_that_slices_cannot_have_are_refused()
    {
        MigrationOptions options = new() { Collection = "c" };
        SlicePlanner.Refuse(options);
        SlicePlan plan = Plan(2, 10);
        void Refuses(MigrationOptions asked) => Should.Throw<MigrationException>(() => SlicePlanner.Refuse(asked)).ErrorId.ShouldBe(ErrorIds.NotForSlices);
        void Slices(MigrationOptions asked) =>
            Should.Throw<MigrationException>(() => SliceJob.Options(plan, asked, journalGiven: false)).ErrorId.ShouldBe(ErrorIds.NotForSlices);
        Refuses(options with { AllowDuplicateIds = true });
        Refuses(options with { Limit = 5 });
        Refuses(options with { Offset = 5 });
        Refuses(options with { IdFrom = IdOrigin.StoreId });
        Slices(options with { Recreate = true });
        Slices(options with { OnChanged = ChangedSource.Sync });
        Slices(options with { OnChanged = ChangedSource.Restart });
        Slices(options with { Prune = true });
        Slices(options with { Indexing = new IndexingOptions { Wait = true } });
        Should.Throw<MigrationException>(() => SliceJob.Options(plan, options, journalGiven: true)).ErrorId.ShouldBe(ErrorIds.NotForSlices);
        SliceJob.Options(plan, options, journalGiven: false).Indexing.OnlyDefers.ShouldBeTrue();
    }
}
