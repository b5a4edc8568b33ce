using Microsoft.AspNetCore.Http;

namespace VectorMigration.Qdrant.Tests;

/// <summary>A stub that would answer anything is asked nothing.</summary>
public sealed class CollectionNameTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<string> Impossible => new() { ".", "..", "a/b", "a:b", "a\u0001" };

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task No_call_of_the_store_sends_a_name_that_is_none(string name)
    {
        await using StubServer server = await StubServer.StartAsync(static (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return Task.CompletedTask;
        });
        using QdrantStore store = Samples.Store(server.Uri);
        CollectionSettings settings = new() { Dimension = 2, Distance = Distance.Dot };
        PointId[] ids = [PointId.FromNumber(1)];
        Func<Task>[] calls =
        [
            () => store.GetCollectionAsync(name, None),
            () => store.CollectionExistsAsync(name, None),
            () => store.CreateCollectionAsync(name, settings, None),
            () => store.UpdateCollectionAsync(name, new CollectionChange(), None),
            () => store.DeleteCollectionAsync(name, None),
            () => store.CountAsync(name, None),
            () => store.RetrieveAsync(name, null, ids, 2, false, None),
            () => store.ContainAsync(name, ids, None),
            () => store.QueryAsync(name, null, new float[2], 1, false, false, None),
            () => store.ScrollAsync(name, null, 1, None),
            () => store.DeletePointsAsync(name, ids, None),
            () => store.CreateFieldIndexAsync(name, "a", PayloadFieldType.Keyword, None),
            () => store.SetAliasAsync(name, "words", None),
            () => store.SetAliasAsync("live", name, None),
            () => store.DeleteAliasAsync(name, None),
            () => Task.FromResult(store.OpenTarget(name, null)),
            () => Task.FromResult(store.OpenInsertTarget(name, null)),
            () => Task.FromResult(store.OpenVectorTarget(name, null)),
        ];
        foreach (Func<Task> call in calls)
        {
            (await Should.ThrowAsync<MigrationException>(call)).ErrorId.ShouldBe("InvalidCollectionName");
        }

        server.Calls.ShouldBeEmpty();
    }
}
