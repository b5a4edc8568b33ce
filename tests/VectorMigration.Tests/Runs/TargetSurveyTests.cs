using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace VectorMigration.Tests;

/// <summary>What a plan asks a server, side by side, and the step of a run that creates the collection meanwhile.</summary>
public sealed class TargetSurveyTests
{
    private const string Name = "c";
    private static readonly string Ours = Guid.NewGuid().ToString();
    private static readonly CollectionSettings Settings = new()
    {
        Dimension = 4,
        Distance = Distance.Euclid,
        Metadata = CollectionFit.Metadata(Guid.Parse(Ours))
    };
    private readonly IVectorStore store = Substitute.For<IVectorStore>();

    public TargetSurveyTests()
    {
        store.GetServerAsync(default).ReturnsForAnyArgs(new ServerInfo("qdrant", "1.16.3"));
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs((CollectionDescription?)null);
        store.CountAsync(Name, default).ThrowsAsyncForAnyArgs(Error("CollectionMissing"));
    }

    [Fact]
    public async Task All_is_asked_before_anything_is_answered()
    {
        var server = new TaskCompletionSource<ServerInfo>();
        var collection = new TaskCompletionSource<CollectionDescription?>();
        store.GetServerAsync(default).ReturnsForAnyArgs(server.Task);
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs(collection.Task);

        CollectionStep step = Step();
        Task<TargetFindings> asking = step.AskAndCreateAsync(Survey().AskAsync, Settings, default);
        await store.Received().GetCollectionAsync(Name, Arg.Any<CancellationToken>());
        await store.Received().CountAsync(Name, Arg.Any<CancellationToken>());
        await store.Received().CreateCollectionAsync(Name, Settings, Arg.Any<CancellationToken>());

        server.SetResult(new ServerInfo("qdrant", "1.16.3"));
        collection.SetResult(null);
        TargetFindings found = await asking;
        step.IsDone.ShouldBeTrue();
        found.Existing.ShouldBeNull();
    }

    [Fact]
    public async Task A_survey_creates_nothing()
    {
        TargetFindings found = await Survey().AskAsync(default);
        found.Existing.ShouldBeNull();
        await store.DidNotReceiveWithAnyArgs().CreateCollectionAsync(Name, Settings, default);
    }

    [Fact]
    public async Task What_was_just_created_is_not_taken_for_something_that_was_there()
    {
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs(Collection(Ours));
        store.CountAsync(Name, default).ReturnsForAnyArgs(0ul);
        CollectionStep step = Step();
        TargetFindings found = await step.AskAndCreateAsync(Survey().AskAsync, Settings, default);
        step.IsDone.ShouldBeTrue();
        found.Existing.ShouldBeNull();
    }

    [Fact]
    public async Task A_collection_that_was_there_is_found_and_its_points_counted()
    {
        store.CreateCollectionAsync(Name, Settings, default).ThrowsAsyncForAnyArgs(Error("CollectionExists"));
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs(Collection("another"));
        store.CountAsync(Name, default).ReturnsForAnyArgs(7ul);
        CollectionStep step = Step();
        TargetFindings found = await step.AskAndCreateAsync(Survey().AskAsync, Settings, default);
        step.IsDone.ShouldBeFalse();
        found.Existing.ShouldNotBeNull();
        found.Present.ShouldBe(7);
    }

    [Fact]
    public async Task A_collection_that_somebody_creates_between_look_and_creation_is_looked_at_again()
    {
        store.CreateCollectionAsync(Name, Settings, default).ThrowsAsyncForAnyArgs(Error("CollectionExists"));
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs((CollectionDescription?)null, Collection("another"));
        store.CountAsync(Name, default).ReturnsForAnyArgs(7ul);
        CollectionStep step = Step();
        TargetFindings found = await step.AskAndCreateAsync(Survey().AskAsync, Settings, default);
        step.IsDone.ShouldBeFalse();
        JournalTarget.RunOf(found.Existing).ShouldBe("another");
        found.Present.ShouldBe(7);
    }

    [Fact]
    public async Task A_refusal_to_create_is_told_where_there_is_no_collection()
    {
        store.CreateCollectionAsync(Name, Settings, default).ThrowsAsyncForAnyArgs(Error("PermissionDenied"));
        MigrationException refused = await Should.ThrowAsync<MigrationException>(() => Step().AskAndCreateAsync(Survey().AskAsync, Settings, default));
        refused.ErrorId.ShouldBe("PermissionDenied");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_once_and_nothing_stays_under_way()
    {
        var cancelled = new TaskCompletionSource();
        store.GetServerAsync(default).ThrowsAsyncForAnyArgs(Error("NoServer"));
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs(call => UntilCancelledAsync(call.Arg<CancellationToken>()));
        (await Should.ThrowAsync<MigrationException>(() => Survey().AskAsync(default))).ErrorId.ShouldBe("NoServer");
        cancelled.Task.IsCompleted.ShouldBeTrue();

        async Task<CollectionDescription?> UntilCancelledAsync(CancellationToken cancellationToken)
        {
            using CancellationTokenRegistration registration = cancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
            throw new OperationCanceledException(cancellationToken);
        }
    }

    [Theory]
    [InlineData("1.15.5", false)]
    [InlineData("1.16.0", true)]
    [InlineData("1.16.0-rc.1", true)]
    [InlineData("2.0.0", true)]
    [InlineData("unknown", false)]
    public void Servers_from_1_16_on_keep_metadata(string version, bool keeps) => new ServerInfo("qdrant", version).KeepsMetadata.ShouldBe(keeps);

    private CollectionStep Step() => new(store, Name, Guid.Parse(Ours), new RunMarks(store, Name, static () => null, givesWay: true, TimeProvider.System));

    private TargetSurvey Survey() => new(store, Name, lanes: 4);

    private static MigrationException Error(string id) => new(id, ErrorKind.Conflict, id, "Do something.");

    private static CollectionDescription Collection(string run) => new()
    {
        Name = Name,
        Status = "green",
        Vectors = [new CollectionVector(string.Empty, 4, Distance.Euclid, VectorDatatype.Default, false)],
        Metadata = new Dictionary<string, string> { [CollectionFit.RunKey] = run },
    };
}
