using VectorMigration.TestSupport;

namespace VectorMigration.Qdrant.Tests;

/// <summary>Reads that are cut to what an answer may weigh and to what the collection takes, against a real server.</summary>
public abstract class ReadingTests(QdrantServerFixture fixture, QdrantProtocol protocol) : IClassFixture<QdrantServerFixture>, IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(30);
    private readonly QdrantStore store = Samples.Store(fixture.Server, protocol: protocol);

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Light_points_and_then_heavy_ones_are_read_though_together_they_are_more_than_an_answer_may_be()
    {
        const int light = 600;
        const int heavy = 40;
        await store.CreateCollectionAsync("weights", new CollectionSettings { Dimension = 2, Distance = Distance.Euclid }, None);
        await FillAsync("weights", light, 0, static i => $$"""{"i":{{i}}}""");
        string text = new('x', 600_000);
        for (int i = 0; i < heavy; i += 10)
        {
            await FillAsync("weights", 10, light + i, n => $$"""{"i":{{n}},"t":"{{text}}"}""");
        }

        // 40 points of 600 KB are 24 MB, and by the light ones 512 would be asked for at once.
        using RetrievedPoints back = await store.RetrieveAsync("weights", null, Samples.Numbers(light + heavy), 2, withPayload: true, None);
        for (int row = 0; row < light + heavy; row++)
        {
            back.Found(row).ShouldBeTrue();
            back.Payload(row).ShouldNotBeNull().Length.ShouldBeGreaterThan(row < light ? 6 : 600_000);
            back.Payload(row).ShouldNotBeNull().ShouldStartWith("{");
        }

        store.PointsAtOnce("weights", 2, withPayload: true).ShouldBe(1);
        store.PointsAtOnce("weights", 2, withPayload: false).ShouldBeGreaterThan(1_000);
    }

    [Fact]
    public async Task Reads_over_the_read_limit_are_split_and_wait()
    {
        await CreateLimitedAsync("limited", 1_200);
        await FillAsync("limited", 1_300, 0, null);
        store.SetPatience(new CallPatience(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2)));
        using RetrievedPoints back = await store.RetrieveAsync("limited", null, Samples.Numbers(1_300), 2, withPayload: false, None);
        Enumerable.Range(0, 1_300).ShouldAllBe(row => back.Found(row));
        store.PointsAtOnce("limited", 2, withPayload: false).ShouldBeLessThanOrEqualTo(1_200);
    }

    [Fact]
    public async Task A_page_of_ids_over_the_read_limit_is_split()
    {
        await CreateLimitedAsync("pages", 6_000);
        await FillAsync("pages", 30, 0, null);
        (IReadOnlyList<PointId> ids, PointId? next) = await store.ScrollAsync("pages", null, 10_000, None);
        ids.Count.ShouldBe(30);
        next.ShouldBeNull();
    }

    [Fact]
    public async Task A_read_limit_is_told_by_its_own_name()
    {
        await CreateLimitedAsync("named", 10);
        await FillAsync("named", 10, 0, null);
        using (await store.RetrieveAsync("named", null, Samples.Numbers(10), 2, withPayload: false, None))
        {
        }

        store.SetPatience(new CallPatience(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        MigrationException error = await Should.ThrowAsync<MigrationException>(async () =>
        {
            using RetrievedPoints never = await store.RetrieveAsync("named", null, Samples.Numbers(10), 2, withPayload: false, None);
        });
        error.ErrorId.ShouldBe("RateLimited");
        error.Resumable.ShouldBeTrue();
        error.RecommendedAction.ShouldContain("read_rate_limit");
        error.RecommendedAction.ShouldNotContain("write_rate_limit");
    }

    private async Task CreateLimitedAsync(string name, uint perMinute)
    {
        CollectionSettings settings = new() { Dimension = 2, Distance = Distance.Euclid };
        Protocol.CreateCollection request = CollectionMapping.ToCreate(name, settings);
        request.StrictModeConfig = new Protocol.StrictModeConfig { Enabled = true, ReadRateLimit = perMinute };
        await store.CreateCollectionAsync(request, settings, None);
    }

    private async Task FillAsync(string name, int count, int first, Func<int, string>? payload)
    {
        PayloadBlock? rows = payload is null ? null : Samples.Payloads([.. Enumerable.Range(first, count).Select(payload)]);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(count, (ulong)first), Samples.Floats(2 * count, first + 1), rows);
        WriteAnswer answer = await store.OpenTarget(name, null).UpsertAsync(batch, Attempt, None);
        answer.Outcome.ShouldBe(WriteOutcome.Ok, answer.Reason);
    }
}
