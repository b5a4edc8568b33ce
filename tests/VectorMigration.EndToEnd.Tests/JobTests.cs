using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Parts of one job do not harm each other: what one deletes, replaces or counts is held against the others.</summary>
[Collection(SharedServer.Name)]
public sealed class JobTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private const int Dimension = 8;
    private static readonly string[] Sync = ["--on-changed", "sync", "--prune", "--yes"];
    private readonly float[] vectors = IndexFiles.Random(100, Dimension, seed: 5);

    private void Flat(int part, int first, int count) => IndexFiles.Flat(At($"part-{part}.faiss"), Dimension, Of(first, count));

    private void Mapped(int part, int first, int count) =>
        IndexFiles.IdMap(At($"part-{part}.faiss"), Dimension, Of(first, count), [.. Enumerable.Range(first, count).Select(static id => (long)id)]);

    private float[] Of(int first, int count) => vectors[(first * Dimension)..((first + count) * Dimension)];

    private Task<ToolResult> RunAsync(params string[] arguments) =>
        Tool.RunAsync(Folder, ["migrate", .. arguments, "--url", Url, "--collection", Collection]);

    private Task<ToolResult> AllAsync(params string[] arguments) => RunAsync(["part-*.faiss", .. arguments]);

    private Task<ToolResult> VerifyAsync(params string[] arguments) =>
        Tool.RunAsync(Folder, ["verify", "part-*.faiss", "--url", Url, "--collection", Collection, .. arguments]);

    private async Task<long[]> IdsAsync() => [.. (await Witness.ReadAllAsync(Collection)).Keys.Select(long.Parse).Order()];

    private static long Count(JsonElement result, string name) => result.GetProperty("counts").GetProperty(name).GetInt64();

    [Fact]
    public async Task A_prune_leaves_the_points_that_another_part_has_now()
    {
        Mapped(1, 0, 10);
        Mapped(2, 10, 10);
        (await AllAsync()).ShouldSucceed();

        // Ids 10 and 11 move to the first part, and 19 is in neither.
        Mapped(1, 0, 12);
        Mapped(2, 12, 7);
        (await AllAsync("--on-changed", "restart")).ShouldSucceed();
        JsonElement planned = (await AllAsync([.. Sync, "--dry-run", "--json"])).ShouldSucceed().Json();
        Count(planned, "vanished").ShouldBe(1);
        JsonElement pruned = (await AllAsync([.. Sync, "--json"])).ShouldSucceed().Json();
        Count(pruned, "vanished").ShouldBe(1);
        Count(pruned, "pruned").ShouldBe(1);
        (await IdsAsync()).ShouldBe(Enumerable.Range(0, 19).Select(static id => (long)id));
        (await VerifyAsync()).ShouldSucceed();

        // Once no part has them, they are pruned, although it was the second part that wrote them.
        Mapped(1, 0, 10);
        JsonElement later = (await AllAsync([.. Sync, "--json"])).ShouldSucceed().Json();
        Count(later, "pruned").ShouldBe(2);
        (await IdsAsync()).ShouldBe([.. Enumerable.Range(0, 10).Select(static id => (long)id), .. Enumerable.Range(12, 7).Select(static id => (long)id)]);

        // With a part that cannot be read, nobody knows which ids it has.
        byte[] whole = await File.ReadAllBytesAsync(At("part-1.faiss"));
        await File.WriteAllBytesAsync(At("part-1.faiss"), whole[..(whole.Length / 2)]);
        (await AllAsync([.. Sync, "--on-bad-part", "skip"])).ShouldEndWith(2, "--prune deletes points whose ids no part has", "part-1.faiss");
    }

    [Fact]
    public async Task A_job_that_prunes_completes_on_a_new_collection_and_with_a_part_that_is_new()
    {
        Flat(1, 0, 5);
        Flat(2, 5, 5);
        Count((await AllAsync([.. Sync, "--json"])).ShouldSucceed().Json(), "sent").ShouldBe(10);
        Count((await AllAsync([.. Sync, "--json"])).ShouldSucceed().Json(), "equal").ShouldBe(10);
        Flat(3, 10, 5);
        Count((await AllAsync([.. Sync, "--json"])).ShouldSucceed().Json(), "sent").ShouldBe(5);
        (await IdsAsync()).ShouldBe(Enumerable.Range(0, 15).Select(static id => (long)id));
    }

    [Fact]
    public async Task No_point_that_another_part_has_now_is_called_left_over()
    {
        Flat(1, 0, 10);
        Flat(2, 10, 10);
        (await AllAsync()).ShouldSucceed();
        Flat(1, 0, 15);
        Flat(2, 15, 4);
        string[] again = ["--restart", "--on-existing", "overwrite"];
        ToolResult less = (await AllAsync(again)).ShouldSucceed();
        less.Error.ShouldContain("1 point that earlier runs of the journal");
        less.Error.ShouldContain(": 19.");
        less.Output.ShouldContain("1 point of earlier runs stays under an id that this run does not write");
        await Witness.DeleteAsync(Collection, 19UL);
        Flat(2, 15, 10);
        ToolResult more = (await AllAsync(again)).ShouldSucceed();
        more.Error.ShouldNotContain("earlier runs of the journal");
        more.Output.ShouldNotContain("left behind");
        await Witness.UpsertAsync(Collection, """{"points":[{"id":900,"vector":[1,2,3,4,5,6,7,8]}]}""");
        (await VerifyAsync()).ShouldSucceed().Output.ShouldContain("1 point in the collection is not from this index\n");
    }

    [Fact]
    public async Task Lost_points_do_not_pass_whatever_the_verification_of_a_job()
    {
        Flat(1, 0, 20);
        Flat(2, 20, 20);
        ToolResult sampled = (await AllAsync("--verify", "sample", "--sample", "10", "--seed", "3")).ShouldSucceed();
        sampled.Output.ShouldContain("passed: a sample of 10 vectors of 40");
        sampled.Output.ShouldContain("With 95 % confidence");
        sampled.Output.ShouldContain("(seed 3)");
        await Witness.DeleteAsync(Collection, 3UL, 4UL, 5UL, 25UL);
        JsonElement counted = (await AllAsync("--verify", "count", "--json"))
            .ShouldEndWith(4, "has 36 points, but the parts make 40: 4 points are missing").Json();
        counted.GetProperty("verification").GetProperty("missing").GetInt64().ShouldBe(4);
        (await AllAsync("--verify", "sample", "--sample", "1")).ExitCode.ShouldBe(4);
        ToolResult verified = await VerifyAsync("--sample", "1");
        verified.ExitCode.ShouldBe(4);
        verified.Output.ShouldContain("exact count 36, but the parts make 40");
        (await VerifyAsync()).Error.ShouldContain("To send missing points again");
    }

    [Fact]
    public async Task A_merge_never_replaces_payload_fields_of_an_earlier_part()
    {
        await Witness.CreateAsync(Collection, """{"vectors":{"title":{"size":8,"distance":"Euclid"},"body":{"size":8,"distance":"Euclid"}}}""");
        Flat(1, 0, 3);
        Flat(2, 3, 3);
        async Task PayloadAsync(string name, string field) => await File.WriteAllLinesAsync(
            At(name), Enumerable.Range(0, 3).Select(i => $$"""{"url":"u{{i}}","{{field}}":"{{name}} {{i}}"}"""));
        await PayloadAsync("title.jsonl", "text");
        await PayloadAsync("body.jsonl", "text");
        await File.WriteAllLinesAsync(At("m.csv"),
            ["path,vectorName,idOffset,payload", "part-1.faiss,title,0,title.jsonl", "part-2.faiss,body,0,body.jsonl"]);
        string[] merge = ["--manifest", "m.csv", "--on-existing", "merge", "--merge-payload", "--add-absent"];
        foreach (string[] more in (string[][])[["--dry-run"], []])
        {
            ToolResult refused = await RunAsync([.. merge, .. more]);
            refused.ShouldEndWith(2, "part-2.faiss', would replace payload fields that part 1", "different values for 3 points: text (3 values).");
            refused.Error.ShouldContain("--rename-payload");
        }

        (await Witness.CountAsync(Collection)).ShouldBe(0);

        // Equal values are no conflict, and parts of other vectors share their points: three, not six.
        await PayloadAsync("body.jsonl", "body");
        (await RunAsync(merge)).ShouldSucceed();
        JsonElement payload = (await Witness.ReadAsync(Collection, 1)).GetProperty("payload");
        payload.GetProperty("text").GetString().ShouldBe("title.jsonl 1");
        payload.GetProperty("body").GetString().ShouldBe("body.jsonl 1");
        (await RunAsync([.. merge, "--verify", "count"])).ShouldSucceed().Output.ShouldContain("exact count 3, 3 expected");
        ToolResult verified = await Tool.RunAsync(
            Folder, ["verify", "--manifest", "m.csv", "--on-existing", "merge", "--merge-payload", "--url", Url, "--collection", Collection]);
        verified.ShouldSucceed().Output.ShouldContain($"compared with {At("title.jsonl")}, {At("body.jsonl")}");
    }
}
