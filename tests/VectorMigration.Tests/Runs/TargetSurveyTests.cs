using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace VectorMigration.Tests;

/// <summary>What a plan asks a server, side by side, and when a collection is created on the way.</summary>
public sealed class TargetSurveyTests
{
    private const string Name = "c";
    private static readonly string Ours = Guid.NewGuid().ToString();
    private static readonly CollectionSettings Settings = new() { Dimension = 4, Distance = Distance.Euclid, Metadata = CollectionFit.Metadata(Guid.Parse(Ours)) };
    private readonly IVectorStore store = Substitute.For<IVectorStore>();

    public TargetSurveyTests()
    {
        store.GetServerAsync(default).ReturnsForAnyArgs(new ServerInfo("qdrant", "1.16.3"));
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs((CollectionDescription?)null);
        store.CountAsync(Name, default).ThrowsAsyncForAnyArgs(Error("CollectionMissing"));
    }

    [Fact]
    public async Task AllIsAskedBeforeAnythingIsAnswered()
    {
        var server = new TaskCompletionSource<ServerInfo>();
        var collection = new TaskCompletionSource<CollectionDescription?>();
        store.GetServerAsync(default).ReturnsForAnyArgs(server.Task);
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs(collection.Task);

        Task<TargetFindings> asking = Survey().AskAsync(Settings, Ours, default);
        await store.Received().GetCollectionAsync(Name, Arg.Any<CancellationToken>());
        await store.Received().CountAsync(Name, Arg.Any<CancellationToken>());
        await store.Received().CreateCollectionAsync(Name, Settings, Arg.Any<CancellationToken>());

        server.SetResult(new ServerInfo("qdrant", "1.16.3"));
        collection.SetResult(null);
        TargetFindings found = await asking;
        found.Created.ShouldBeTrue();
        found.Existing.ShouldBeNull();
    }

    [Fact]
    public async Task NothingIsCreatedWhereThatWasNotAsked()
    {
        TargetFindings found = await Survey().AskAsync(null, Ours, default);
        found.Created.ShouldBeFalse();
        await store.DidNotReceiveWithAnyArgs().CreateCollectionAsync(Name, Settings, default);
    }

    [Fact]
    public async Task WhatWasJustCreatedIsNotTakenForSomethingThatWasThere()
    {
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs(Collection(Ours));
        store.CountAsync(Name, default).ReturnsForAnyArgs(0ul);
        TargetFindings found = await Survey().AskAsync(Settings, Ours, default);
        found.Created.ShouldBeTrue();
        found.Existing.ShouldBeNull();
    }

    [Fact]
    public async Task ACollectionThatWasThereIsFoundAndItsPointsCounted()
    {
        store.CreateCollectionAsync(Name, Settings, default).ThrowsAsyncForAnyArgs(Error("CollectionExists"));
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs(Collection("another"));
        store.CountAsync(Name, default).ReturnsForAnyArgs(7ul);
        TargetFindings found = await Survey().AskAsync(Settings, Ours, default);
        found.Created.ShouldBeFalse();
        found.Existing.ShouldNotBeNull();
        found.Present.ShouldBe(7);
    }

    [Fact]
    public async Task ARefusalToCreateIsToldWhereThereIsNoCollection()
    {
        store.CreateCollectionAsync(Name, Settings, default).ThrowsAsyncForAnyArgs(Error("PermissionDenied"));
        (await Should.ThrowAsync<MigrationException>(() => Survey().AskAsync(Settings, Ours, default))).ErrorId.ShouldBe("PermissionDenied");
    }

    [Fact]
    public async Task AServerThatIsNotThereIsToldOnceAndNothingStaysUnderWay()
    {
        var cancelled = new TaskCompletionSource();
        store.GetServerAsync(default).ThrowsAsyncForAnyArgs(Error("NoServer"));
        store.GetCollectionAsync(Name, default).ReturnsForAnyArgs(call => UntilCancelledAsync(call.Arg<CancellationToken>()));
        (await Should.ThrowAsync<MigrationException>(() => Survey().AskAsync(null, Ours, default))).ErrorId.ShouldBe("NoServer");
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
    public void ServersFrom116OnKeepMetadata(string version, bool keeps) => new ServerInfo("qdrant", version).KeepsMetadata.ShouldBe(keeps);

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
