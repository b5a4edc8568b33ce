using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.Qdrant.Tests;

/// <summary>The store against a real server.</summary>
public abstract class StoreTests(QdrantServerFixture fixture, QdrantProtocol protocol) : IClassFixture<QdrantServerFixture>, IDisposable
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
    public async Task The_server_says_title_and_version()
    {
        ServerInfo info = await store.GetServerAsync(None);
        info.Title.ShouldContain("qdrant");
        info.Version.ShouldBe("1.16.3");
        store.Version.ShouldBe(new ServerVersion(1, 16, 3));
        store.Endpoint.ShouldBe(fixture.Server.UriOf(protocol).ToString().TrimEnd('/'));
        info.Protocol.ShouldBe(protocol);
        info.ProtocolWarning.ShouldBeNull();
    }

    [Fact]
    public async Task A_collection_is_created_described_listed_changed_and_deleted()
    {
        CollectionSettings settings = new()
        {
            Dimension = 7,
            Distance = Distance.Manhattan,
            HnswM = 24,
            HnswEfConstruction = 123,
            OnDisk = true,
            Datatype = VectorDatatype.Float32,
            ShardNumber = 2,
            Optimizer = new OptimizerSettings { IndexingThreshold = 300, DefaultSegmentNumber = 3, MaxSegmentSize = 40_000 },
            Metadata = new Dictionary<string, string> { ["run"] = "a0", ["ünï"] = "çödé" },
        };
        await store.CreateCollectionAsync("control", settings, None);
        CollectionDescription there = (await store.GetCollectionAsync("control", None)).ShouldNotBeNull();
        there.Vectors.ShouldBe([new CollectionVector("", 7, Distance.Manhattan, VectorDatatype.Float32, false) { OnDisk = true }]);
        there.HnswM.ShouldBe(24ul);
        there.HnswEfConstruction.ShouldBe(123ul);
        there.ShardNumber.ShouldBe(2u);
        there.Optimizer.ShouldBe(settings.Optimizer);
        there.OptimizerError.ShouldBeNull();
        there.PointsCount.ShouldBe(0ul);
        there.Status.ShouldBe("green");
        there.Metadata.ShouldBe(settings.Metadata, ignoreOrder: true);
        (await store.ListCollectionsAsync(None)).ShouldContain("control");
        (await store.CollectionExistsAsync("control", None)).ShouldBeTrue();

        await store.UpdateCollectionAsync("control", new CollectionChange
        {
            HnswM = 8,
            IndexingThreshold = 5,
            Metadata = new Dictionary<string, string> { ["more"] = "1" },
            RemovedKeys = ["run"]
        }, None);
        CollectionDescription changed = (await store.GetCollectionAsync("control", None)).ShouldNotBeNull();
        changed.HnswM.ShouldBe(8ul);
        changed.Optimizer.ShouldBe(settings.Optimizer with { IndexingThreshold = 5 });
        changed.Metadata.Keys.ShouldBe(["ünï", "more"], ignoreOrder: true);
        await store.UpdateCollectionAsync("control", new CollectionChange(), None);
        (await store.GetCollectionAsync("control", None)).ShouldNotBeNull().Optimizer.ShouldBe(changed.Optimizer);

        MigrationException twice = await Should.ThrowAsync<MigrationException>(() => store.CreateCollectionAsync("control", settings, None));
        twice.ErrorId.ShouldBe("CollectionExists");
        twice.Message.ShouldContain("already exists");
        twice.Target.ShouldBe("control");

        (await store.DeleteCollectionAsync("control", None)).ShouldBeTrue();
        (await store.DeleteCollectionAsync("control", None)).ShouldBeFalse();
        (await store.GetCollectionAsync("control", None)).ShouldBeNull();
        (await store.CollectionExistsAsync("control", None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Named_vectors_and_datatypes_are_described()
    {
        await store.CreateCollectionAsync("named", new CollectionSettings
        {
            Dimension = 3,
            Distance = Distance.Cosine,
            VectorName = "text",
            Datatype = VectorDatatype.Float16
        }, None);
        CollectionDescription there = (await store.GetCollectionAsync("named", None)).ShouldNotBeNull();
        there.Vectors.ShouldBe([new CollectionVector("text", 3, Distance.Cosine, VectorDatatype.Float16, false)]);
    }

    [Fact]
    public async Task Aliases_are_switched_in_one_step()
    {
        await store.CreateCollectionAsync("blue", new CollectionSettings { Dimension = 2, Distance = Distance.Dot }, None);
        await store.CreateCollectionAsync("green", new CollectionSettings { Dimension = 3, Distance = Distance.Dot }, None);
        await store.SetAliasAsync("live", "blue", None);
        await store.SetAliasAsync("live", "green", None);
        (await store.ListAliasesAsync(None))["live"].ShouldBe("green");
        (await store.GetCollectionAsync("live", None))!.Vectors[0].Dimension.ShouldBe(3);
        await store.DeleteAliasAsync("live", None);
        await store.DeleteAliasAsync("live", None);
        (await store.ListAliasesAsync(None)).ContainsKey("live").ShouldBeFalse();
        (await Should.ThrowAsync<MigrationException>(() => store.SetAliasAsync("other", "nowhere", None))).ErrorId.ShouldBe("CollectionMissing");
    }

    [Theory]
    [InlineData("", "InvalidCollectionName")]
    [InlineData("a/b", "InvalidCollectionName")]
    public async Task A_name_that_the_server_would_refuse_is_told_with_what_one_is(string name, string errorId)
    {
        MigrationException refused = await Should.ThrowAsync<MigrationException>(
            () => store.CreateCollectionAsync(name, new CollectionSettings { Dimension = 2, Distance = Distance.Dot }, None));
        refused.ErrorId.ShouldBe(errorId);
        refused.Message.ShouldContain("collection");
        refused.RecommendedAction.ShouldContain("255");
    }

    [Fact]
    public async Task A_dimension_out_of_range_is_refused()
    {
        (await Should.ThrowAsync<MigrationException>(() => store.CreateCollectionAsync(
            "big", new CollectionSettings { Dimension = 65_537, Distance = Distance.Dot }, None)))
            .Message.ShouldContain("65536");
        (await Should.ThrowAsync<MigrationException>(() => store.CreateCollectionAsync(
            "none", new CollectionSettings { Dimension = 0, Distance = Distance.Dot }, None)))
            .ErrorId.ShouldBe("InvalidCollectionSettings");
    }

    [Fact]
    public async Task Ids_that_have_a_point_are_told_from_those_that_have_none()
    {
        await store.CreateCollectionAsync("ids", new CollectionSettings { Dimension = 2, Distance = Distance.Dot }, None);
        PointId[] there = [PointId.FromNumber(7), PointId.Parse("f47ac10b-58cc-4372-a567-0e02b2c3d479")];
        using (VectorBatch batch = VectorBatch.Create(SourceIdentity.Objects, 0, 2, new long[2], new float[4], null, there))
        using (IPreparedBatch prepared = store.OpenTarget("ids", null).Prepare(batch, TimeSpan.FromSeconds(10), 1 << 20))
        {
            (await prepared.SendAsync(None)).Outcome.ShouldBe(WriteOutcome.Ok);
        }

        PointId[] asked = [PointId.FromNumber(6), there[1], PointId.FromNumber(ulong.MaxValue), there[0], there[0]];
        (await store.ContainAsync("ids", asked, None)).ShouldBe([false, true, false, true, true]);
        (await store.ContainAsync("ids", ReadOnlyMemory<PointId>.Empty, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Points_come_back_bit_for_bit()
    {
        await store.CreateCollectionAsync("exact", new CollectionSettings { Dimension = 4, Distance = Distance.Euclid }, None);
        PointId[] ids =
        [
            PointId.FromNumber(0), PointId.FromNumber(5), PointId.FromNumber((1ul << 53) + 1), PointId.FromNumber(ulong.MaxValue),
            PointId.Parse("f47ac10b-58cc-4372-a567-0e02b2c3d479"),
        ];
        float[] components =
        [
            -0f, 0f, float.Epsilon, -float.Epsilon,
            float.MaxValue, float.MinValue, 1.17549435E-38f, 1.17549421E-38f,
            1f, -1f, 0.1f, 1f / 3,
            MathF.PI, MathF.E, 1e-30f, 1e30f,
            1.0000001f, 0.99999994f, 16_777_217f, -2f,
        ];
        using VectorBatch batch = Samples.Batch(ids, components);
        WriteAnswer answer = await store.OpenTarget("exact", null).UpsertAsync(batch, Attempt, None);
        answer.Outcome.ShouldBe(WriteOutcome.Ok, answer.Reason);
        (await store.CountAsync("exact", None)).ShouldBe(5ul);

        // Reversed, with one that is not there and one asked for twice.
        PointId[] asked = [.. ids.Reverse(), PointId.FromNumber(77), ids[1]];
        using RetrievedPoints back = await store.RetrieveAsync("exact", null, asked, 4, withPayload: true, None);
        back.Count.ShouldBe(7);
        back.Found(5).ShouldBeFalse();
        back.Found(6).ShouldBeTrue();
        Bits(back.Vector(6)).ShouldBe(Bits(components.AsSpan(4, 4)));
        for (int row = 0; row < 5; row++)
        {
            back.Found(row).ShouldBeTrue();
            back.Problem(row).ShouldBeNull();
            back.Payload(row).ShouldBeNull();
            Bits(back.Vector(row)).ShouldBe(Bits(components.AsSpan((4 - row) * 4, 4)));
        }

        (IReadOnlyList<PointId> page, PointId? next) = await store.ScrollAsync("exact", null, 3, None);
        page.ShouldBe(ids[..3]);
        (IReadOnlyList<PointId> rest, PointId? end) = await store.ScrollAsync("exact", next, 3, None);
        rest.ShouldBe(ids[3..]);
        end.ShouldBeNull();
        await store.DeletePointsAsync("exact", ids.AsMemory(3), None);
        (await store.CountAsync("exact", None)).ShouldBe(3ul);
    }

    [Fact]
    public async Task Named_vectors_and_payloads_come_back()
    {
        await store.CreateCollectionAsync("payloads", new CollectionSettings { Dimension = 2, Distance = Distance.Euclid, VectorName = "wörter" }, None);
        string[] rows =
        [
            """{"word":"Straße \u00fc \"quoted\" \\ \n","n":9007199254740993,"min":-9223372036854775808,"d":0.1,"one":1.0,"e":1e300}""",
            "",
            """{"nested":{"list":[1,2.5,"x",null,true,false,[],{}],"empty":{}},"null":null,"twice":1,"twice":2,"😀":"🎉"}""",
            "{}",
        ];
        using VectorBatch batch = Samples.Batch(Samples.Numbers(4), Samples.Floats(8, 3), Samples.Payloads(rows));
        WriteAnswer answer = await store.OpenTarget("payloads", "wörter").UpsertAsync(batch, Attempt, None);
        answer.Outcome.ShouldBe(WriteOutcome.Ok, answer.Reason);
        using RetrievedPoints back = await store.RetrieveAsync("payloads", "wörter", Samples.Numbers(4), 2, withPayload: true, None);
        for (int row = 0; row < 4; row++)
        {
            Bits(back.Vector(row)).ShouldBe(Bits(batch.Vector(row)));
        }

        back.Payload(1).ShouldBeNull();
        back.Payload(3).ShouldBeNull();
        JsonElement.DeepEquals(JsonDocument.Parse(back.Payload(0)!).RootElement, JsonDocument.Parse(rows[0]).RootElement).ShouldBeTrue(back.Payload(0));
        JsonElement.DeepEquals(JsonDocument.Parse(back.Payload(2)!).RootElement, JsonDocument.Parse(rows[2].Replace("\"twice\":1,", "")).RootElement)
            .ShouldBeTrue(back.Payload(2));
        back.Payload(0)!.ShouldContain("\"one\":1.0");

        using RetrievedPoints other = await store.RetrieveAsync("payloads", "wörter", Samples.Numbers(1), 3, withPayload: false, None);
        other.Problem(0)!.ShouldContain("2 components, expected 3");
        MigrationException unknown = await Should.ThrowAsync<MigrationException>(
            () => store.RetrieveAsync("payloads", "other", Samples.Numbers(1), 2, false, None));
        unknown.ErrorId.ShouldBe("VectorNameMissing");
    }

    [Theory]
    [InlineData(34, 0)]
    [InlineData(1, 49)]
    public async Task The_deepest_payload_that_is_sent_is_taken(int objects, int arrays)
    {
        string name = $"deep{objects}";
        await store.CreateCollectionAsync(name, new CollectionSettings { Dimension = 1, Distance = Distance.Dot }, None);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1], Samples.Payloads(Samples.Nested(objects, arrays)));
        WriteAnswer answer = await store.OpenTarget(name, null).UpsertAsync(batch, Attempt, None);
        answer.Outcome.ShouldBe(WriteOutcome.Ok, answer.Reason);
        using RetrievedPoints back = await store.RetrieveAsync(name, null, Samples.Numbers(1), 1, withPayload: true, None);
        back.Payload(0).ShouldBe(Samples.Nested(objects, arrays));
    }

    [Fact]
    public async Task The_nearest_points_come_with_score_and_payload()
    {
        await store.CreateCollectionAsync("search", new CollectionSettings { Dimension = 2, Distance = Distance.Euclid }, None);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(3), [0, 0, 3, 4, 6, 8], Samples.Payloads("{\"w\":\"a\"}", "{\"w\":\"b\",\"n\":[1]}", ""));
        (await store.OpenTarget("search", null).UpsertAsync(batch, Attempt, None)).Outcome.ShouldBe(WriteOutcome.Ok);
        await store.CreateFieldIndexAsync("search", "w", PayloadFieldType.Keyword, None);
        IReadOnlyList<ScoredPoint> found = await store.QueryAsync("search", null, new float[] { 3, 4 }, 3, exact: true, withPayload: true, None);
        found.Select(static point => point.Id.Number).Order().ToArray().ShouldBe([0ul, 1, 2]);
        found[0].ShouldBe(new ScoredPoint(PointId.FromNumber(1), 0, found[0].Payload));
        JsonDocument.Parse(found[0].Payload!).RootElement.GetProperty("n")[0].GetInt32().ShouldBe(1);
        found[1].Score.ShouldBe(5);
        found.Single(static point => point.Id.Number == 2).Payload.ShouldBeNull();
    }

    [Fact]
    public async Task Reading_back_crosses_chunks()
    {
        const int count = 700;
        const int dimension = 2_000;
        await store.CreateCollectionAsync("chunks", new CollectionSettings { Dimension = dimension, Distance = Distance.Dot }, None);
        float[] components = Samples.Floats(count * dimension, 9);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(count), components);
        IPointTarget target = store.OpenTarget("chunks", null);
        using IPreparedBatch prepared = target.Prepare(batch, Attempt, long.MaxValue);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            WriteAnswer answer = await prepared.SendAsync(None);
            answer.Outcome.ShouldBe(WriteOutcome.Ok, answer.Reason);
            answer.Bytes.ShouldBe(prepared.Bytes);
        }

        using RetrievedPoints back = await store.RetrieveAsync("chunks", null, Samples.Numbers(count + 1), dimension, withPayload: false, None);
        for (int row = 0; row < count; row++)
        {
            back.Vector(row).SequenceEqual(components.AsSpan(row * dimension, dimension)).ShouldBeTrue();
        }

        back.Found(count).ShouldBeFalse();
    }

    [Fact]
    public async Task Upserts_that_the_collection_refuses_are_classified()
    {
        await store.CreateCollectionAsync("refusing", new CollectionSettings { Dimension = 2, Distance = Distance.Dot }, None);
        using VectorBatch wide = Samples.Batch(Samples.Numbers(2), Samples.Floats(6, 1));
        WriteAnswer dimension = await store.OpenTarget("refusing", null).UpsertAsync(wide, Attempt, None);
        (dimension.Outcome, dimension.ErrorId).ShouldBe((WriteOutcome.Stop, "DimensionMismatch"));
        dimension.Reason.ShouldContain("expected dim: 2, got 3");

        using VectorBatch right = Samples.Batch(Samples.Numbers(2), Samples.Floats(4, 1));
        WriteAnswer name = await store.OpenTarget("refusing", "text").UpsertAsync(right, Attempt, None);
        (name.Outcome, name.ErrorId).ShouldBe((WriteOutcome.Stop, "VectorNameMissing"));

        WriteAnswer missing = await store.OpenTarget("nowhere", null).UpsertAsync(right, Attempt, None);
        (missing.Outcome, missing.ErrorId).ShouldBe((WriteOutcome.Stop, "CollectionMissing"));

        using VectorBatch broken = Samples.Batch(Samples.Numbers(2), Samples.Floats(4, 1), Samples.Payloads("{}", "{\"a\":"));
        WriteAnswer payload = await store.OpenTarget("refusing", null).UpsertAsync(broken, Attempt, None);
        (payload.Outcome, payload.ErrorId).ShouldBe((WriteOutcome.Reject, "InvalidPayload"));
        payload.Rows.ShouldNotBeNull().Single().ShouldBe(1);
        (await store.CountAsync("refusing", None)).ShouldBe(0ul);
        (await Should.ThrowAsync<MigrationException>(() => store.CountAsync("nowhere", None))).ErrorId.ShouldBe("CollectionMissing");
    }

    private static uint[] Bits(ReadOnlySpan<float> floats)
    {
        uint[] bits = new uint[floats.Length];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = BitConverter.SingleToUInt32Bits(floats[i]);
        }

        return bits;
    }
}
