using VectorMigration.Qdrant;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>A collection that somebody deletes while a run is about to use it.</summary>
[Collection(SharedServer.Name)]
public sealed class DisappearingCollectionTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Theory]
    [InlineData("upload", 0, "CollectionMissing")]
    [InlineData("verify", 300, "CollectionReplaced")]
    public async Task It_is_one_clear_error_and_nothing_is_claimed(string phase, long sent, string errorId)
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(300, 4, seed: 7));
        using QdrantConnection connection = new(new QdrantConnectionOptions { Uri = Server.GrpcUri });
        using IVectorStore store = QdrantStore.Open(connection);
        using IVectorSource source = FaissIndex.Open(path);
        MigrationOptions options = new() { Collection = Collection };
        DelegateObserver deletes = new(e =>
        {
            if (e is PhaseStarted started && started.Phase == phase)
            {
                store.DeleteCollectionAsync(Collection, CancellationToken.None).GetAwaiter().GetResult().ShouldBeTrue();
            }
        });
        MigrationResult result = await new Migration(source, null, store, new PollyRetryPolicy(), options, deletes).RunAsync(CancellationToken.None);

        MigrationError error = result.Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe(errorId);
        error.Message.ShouldContain(Collection);
        error.RecommendedAction.ShouldNotBeNullOrEmpty();
        result.Counts.Sent.ShouldBe(sent);
        result.ExitCode.ShouldBeOneOf(ExitCodes.Failed, ExitCodes.Interrupted);
        (result.Verification is { Passed: true }).ShouldBeFalse();
    }
}
