namespace VectorMigration.Qdrant.Tests;

/// <summary>
/// Servers of other versions, as stubs of the protocol after the published source (reference/qdrant.md §1.4, §2.3): the real one here is 1.16.3.
/// </summary>
public sealed class OtherVersionTests
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("1.12.1", false, 0)]
    [InlineData("1.12.2", true, 0)]
    [InlineData("1.16.3", true, 0)]
    [InlineData("1.17.0", true, 20)]
    [InlineData("1.19.0-dev", true, 20)]
    [InlineData("unheard of", true, 0)]
    public async Task An_upsert_says_only_what_the_server_understands(string version, bool dense, ulong timeout)
    {
        await using StubServer server = await StubServer.StartVersionAsync(version, Protocol.UpdateStatus.Completed);
        using QdrantStore store = Samples.Store(server.Uri);
        IPointTarget target = store.OpenTarget("c", null);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1, 2]);
        WriteAnswer answer = await target.UpsertAsync(batch, Attempt, default);
        answer.Outcome.ShouldBe(WriteOutcome.Ok, answer.Reason);
        await target.UpsertAsync(batch, Attempt, default);
        server.Calls.Select(static call => call.Path).ShouldBe(["/qdrant.Qdrant/HealthCheck", "/qdrant.Points/Upsert", "/qdrant.Points/Upsert"]);
        Protocol.UpsertPoints sent = Protocol.UpsertPoints.Parser.ParseFrom(server.Calls[1].Message);
        Protocol.Vector vector = sent.Points.ShouldHaveSingleItem().Vectors.Vector;
        (vector.VectorCase == Protocol.Vector.VectorOneofCase.Dense ? vector.Dense.Data : vector.Data).ShouldBe([1f, 2f]);
        (vector.VectorCase == Protocol.Vector.VectorOneofCase.Dense).ShouldBe(dense);
        sent.Timeout.ShouldBe(timeout);
        sent.Wait.ShouldBeTrue();
    }

    [Theory]
    [InlineData("1.16.3", Protocol.UpdateMode.Upsert)]
    [InlineData("1.17.0", Protocol.UpdateMode.InsertOnly)]
    public async Task Points_are_inserted_only_where_the_server_knows_that(string version, object mode)
    {
        await using StubServer server = await StubServer.StartVersionAsync(version, Protocol.UpdateStatus.Completed);
        using QdrantStore store = Samples.Store(server.Uri);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1, 2]);
        (await store.OpenInsertTarget("c", null).UpsertAsync(batch, Attempt, default)).Outcome.ShouldBe(WriteOutcome.Ok);
        (await store.OpenTarget("c", null).UpsertAsync(batch, Attempt, default)).Outcome.ShouldBe(WriteOutcome.Ok);
        Protocol.UpdateMode[] sent = [.. server.Calls.Skip(1).Select(static call => Protocol.UpsertPoints.Parser.ParseFrom(call.Message).UpdateMode)];
        sent.ShouldBe([(Protocol.UpdateMode)mode, Protocol.UpdateMode.Upsert]);
    }

    /// <summary>CreateVectorName is of 1.18.</summary>
    [Fact]
    public async Task A_named_vector_is_added_to_a_collection_with_dimension_and_distance()
    {
        await using StubServer server = await StubServer.StartVersionAsync("1.18.0", Protocol.UpdateStatus.Completed);
        using QdrantStore store = Samples.Store(server.Uri);
        await store.AddVectorAsync("c", new CollectionSettings { Dimension = 6, Distance = Distance.Dot, VectorName = "body" }, default);
        server.Calls[^1].Path.ShouldBe("/qdrant.Points/CreateVectorName");
        Protocol.CreateVectorNameRequest sent = Protocol.CreateVectorNameRequest.Parser.ParseFrom(server.Calls[^1].Message);
        (sent.CollectionName, sent.VectorName, sent.Wait).ShouldBe(("c", "body", true));
        (sent.DenseConfig.Size, sent.DenseConfig.Distance).ShouldBe((6UL, Protocol.Distance.Dot));
    }

    [Theory]
    [InlineData(1, "UpdateNotApplied")]
    [InlineData(3, "UpdateRejected")]
    [InlineData(4, "UpdateNotApplied")]
    public async Task An_upsert_that_is_not_completed_is_to_be_retried(int status, string errorId)
    {
        await using StubServer server = await StubServer.StartVersionAsync("1.18.0", (Protocol.UpdateStatus)status);
        using QdrantStore store = Samples.Store(server.Uri);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1, 2]);
        WriteAnswer answer = await store.OpenTarget("c", null).UpsertAsync(batch, Attempt, default);
        (answer.Outcome, answer.ErrorId).ShouldBe((WriteOutcome.Retry, errorId));
    }

    [Theory]
    [InlineData(false, "/qdrant.Points/Upsert")]
    [InlineData(true, "/qdrant.Points/UpdateVectors")]
    public async Task A_write_that_is_not_waited_for_is_taken_when_it_is_in_the_servers_log(bool vectorsOnly, string path)
    {
        await using StubServer server = await StubServer.StartVersionAsync("1.18.0", Protocol.UpdateStatus.Acknowledged);
        using QdrantStore store = Samples.Store(server.Uri);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1, 2]);
        WriteAnswer answer = await store.OpenUnwaitedTarget("c", null, vectorsOnly).UpsertAsync(batch, Attempt, default);
        answer.Outcome.ShouldBe(WriteOutcome.Ok, answer.Reason);
        server.Calls[^1].Path.ShouldBe(path);
        Protocol.UpsertPoints.Parser.ParseFrom(server.Calls[^1].Message).Wait.ShouldBeFalse();
    }

    [Fact]
    public async Task The_update_queue_of_a_1_17_server_and_the_words_of_its_optimiser_are_read()
    {
        await using StubServer server = await StubServer.StartAsync((context, message) => StubServer.OkAsync(context, new Protocol.GetCollectionInfoResponse
        {
            Result = new Protocol.CollectionInfo
            {
                Status = Protocol.CollectionStatus.Red,
                OptimizerStatus = new Protocol.OptimizerStatus { Ok = false, Error = "No space left on device" },
                UpdateQueue = new Protocol.UpdateQueueInfo { Length = 7 },
            },
        }));
        using QdrantStore store = Samples.Store(server.Uri);
        CollectionDescription found = (await store.GetCollectionAsync("c", default)).ShouldNotBeNull();
        found.UpdateQueueLength.ShouldBe(7ul);
        found.OptimizerError.ShouldBe("No space left on device");
        new IndexingView(found).IsGreen.ShouldBeFalse();
    }

    [Fact]
    public async Task Hidden_points_custom_sharding_and_the_time_of_creation_are_read()
    {
        DateTimeOffset created = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
        await using StubServer server = await StubServer.StartAsync((context, message) => StubServer.OkAsync(context, new Protocol.GetCollectionInfoResponse
        {
            Result = new Protocol.CollectionInfo
            {
                UpdateQueue = new Protocol.UpdateQueueInfo { Length = 0, DeferredPoints = 9 },
                CreatedAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(created),
                Config = new Protocol.CollectionConfig
                {
                    OptimizerConfig = new Protocol.OptimizersConfigDiff { PreventUnoptimized = true },
                    Params = new Protocol.CollectionParams { ShardingMethod = Protocol.ShardingMethod.Custom },
                },
            },
        }));
        using QdrantStore store = Samples.Store(server.Uri);
        CollectionDescription found = (await store.GetCollectionAsync("c", default)).ShouldNotBeNull();
        (found.DeferredPoints, found.HidesUnoptimized, found.WantsShardKey, found.CreatedAt).ShouldBe((9ul, true, true, created));
    }

    [Fact]
    public void Datatypes_have_the_protocol_s_names_and_numbers() =>
        Enum.GetValues<VectorDatatype>().Select(static type => (type.ToString(), (int)type))
            .ShouldBe(Enum.GetValues<Protocol.Datatype>().Select(static type => (type.ToString(), (int)type)));

    [Fact]
    public async Task Points_of_a_1_17_server_are_read_back()
    {
        float[] components = Samples.Floats(6, 1);
        await using StubServer server = await StubServer.StartAsync((context, message) =>
        {
            Protocol.GetPoints asked = Protocol.GetPoints.Parser.ParseFrom(message);
            asked.WithVectors.Include.Names.ShouldBe(["text"]);
            asked.WithPayload.Enable.ShouldBeFalse();
            Protocol.GetResponse response = new();
            foreach (Protocol.PointId id in asked.Ids)
            {
                Protocol.VectorOutput vector = new() { Dense = new Protocol.DenseVector { Data = { components[(int)(id.Num * 2)..(int)((id.Num * 2) + 2)] } } };
                var named = new Protocol.NamedVectorsOutput { Vectors = { ["text"] = vector } };
                response.Result.Add(new Protocol.RetrievedPoint { Id = id, Vectors = new Protocol.VectorsOutput { Vectors = named } });
            }

            return StubServer.OkAsync(context, response);
        });
        using QdrantStore store = Samples.Store(server.Uri);
        using RetrievedPoints back = await store.RetrieveAsync("c", "text", Samples.Numbers(3), 2, withPayload: false, default);
        for (int row = 0; row < 3; row++)
        {
            back.Vector(row).ToArray().ShouldBe(components[(row * 2)..((row * 2) + 2)]);
        }
    }

    [Fact]
    public async Task Control_calls_are_retried_where_it_helps_and_honour_the_announced_wait()
    {
        int asked = 0;
        await using StubServer server = await StubServer.StartAsync((context, _) => ++asked switch
        {
            1 => StubServer.FailAsync(context, 14, "not yet"),
            2 => StubServer.FailAsync(context, 8, "slow down", ("retry-after", "0")),
            _ => StubServer.OkAsync(context, new Protocol.CountResponse { Result = new Protocol.CountResult { Count = 5 } }),
        });
        using QdrantStore store = Samples.Store(server.Uri);
        (await store.CountAsync("c", default)).ShouldBe(5ul);
        asked.ShouldBe(3);
    }

    [Fact]
    public async Task Control_calls_are_not_retried_where_it_cannot_help_nor_beyond_their_time()
    {
        int asked = 0;
        await using StubServer server = await StubServer.StartAsync((context, _) => ++asked switch
        {
            1 => StubServer.FailAsync(context, 7, "Forbidden: Global manage access is required"),
            _ => StubServer.FailAsync(context, 8, "slow down", ("retry-after", "3600")),
        });
        using QdrantStore store = Samples.Store(server.Uri);
        (await Should.ThrowAsync<MigrationException>(() => store.CountAsync("c", default))).ErrorId.ShouldBe("ReadOnlyKey");
        (await Should.ThrowAsync<MigrationException>(() => store.CountAsync("c", default))).ErrorId.ShouldBe("RateLimited");
        asked.ShouldBe(2);
    }

    [Fact]
    public async Task A_collection_that_an_unanswered_attempt_created_is_not_an_error()
    {
        int created = 0;
        await using StubServer server = await StubServer.StartAsync((context, _) => context.Request.Path.Value switch
        {
            "/qdrant.Collections/Create" when ++created == 1 => StubServer.FailAsync(context, 14, "lost"),
            "/qdrant.Collections/Create" => StubServer.FailAsync(context, 6, "Wrong input: Collection `c` already exists!"),
            _ => StubServer.OkAsync(context, Described(2)),
        });
        using QdrantStore store = Samples.Store(server.Uri);
        await store.CreateCollectionAsync("c", new CollectionSettings { Dimension = 2, Distance = Distance.Dot }, default);
        created = 0;
        (await Should.ThrowAsync<MigrationException>(() => store.CreateCollectionAsync(
            "c", new CollectionSettings { Dimension = 3, Distance = Distance.Dot }, default))).ErrorId.ShouldBe("CollectionExists");
    }

    [Fact]
    public async Task A_collection_that_an_unanswered_attempt_deleted_counts_as_deleted()
    {
        int asked = 0;
        await using StubServer server = await StubServer.StartAsync((context, _) => ++asked == 1
            ? StubServer.FailAsync(context, 14, "lost")
            : StubServer.OkAsync(context, new Protocol.CollectionOperationResponse { Result = false }));
        using QdrantStore store = Samples.Store(server.Uri);
        (await store.DeleteCollectionAsync("c", default)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_answer_that_is_no_message_is_told()
    {
        await using StubServer server = await StubServer.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(StubServer.Frame([0xFF, 0xFF]));
            Microsoft.AspNetCore.Http.ResponseTrailerExtensions.AppendTrailer(context.Response, "grpc-status", "0");
        });
        using QdrantStore store = Samples.Store(server.Uri);
        (await Should.ThrowAsync<MigrationException>(() => store.CountAsync("c", default))).ErrorId.ShouldBe("MalformedAnswer");
        (await Should.ThrowAsync<MigrationException>(() => store.RetrieveAsync("c", null, Samples.Numbers(1), 1, false, default)))
            .ErrorId.ShouldBe("MalformedAnswer");
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1]);
        (await store.OpenTarget("c", null).UpsertAsync(batch, Attempt, default)).ErrorId.ShouldBe("MalformedAnswer");
    }

    private static Protocol.GetCollectionInfoResponse Described(ulong dimension) => new()
    {
        Result = new Protocol.CollectionInfo
        {
            Config = new Protocol.CollectionConfig
            {
                Params = new Protocol.CollectionParams
                {
                    VectorsConfig = new Protocol.VectorsConfig
                    {
                        Params = new Protocol.VectorParams
                        {
                            Size = dimension,
                            Distance = Protocol.Distance.Dot
                        }
                    }
                },
            },
        },
    };
}
