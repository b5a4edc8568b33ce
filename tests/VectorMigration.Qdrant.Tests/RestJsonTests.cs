using System.Text;
using Google.Protobuf;

namespace VectorMigration.Qdrant.Tests;

/// <summary>Each message as the request that Qdrant's REST interface documents, and each answer as the message that gRPC brings.</summary>
public sealed class RestJsonTests
{
    [Fact]
    public void Requests_have_the_documented_method_path_and_body()
    {
        Line("/qdrant.Qdrant/HealthCheck", new Protocol.HealthCheckRequest()).ShouldBe("GET / ");
        Line("/qdrant.Collections/List", new Protocol.ListCollectionsRequest()).ShouldBe("GET /collections ");
        Line("/qdrant.Collections/ListAliases", new Protocol.ListAliasesRequest()).ShouldBe("GET /aliases ");
        Line("/qdrant.Collections/Get", new Protocol.GetCollectionInfoRequest { CollectionName = "a b/ü" }).ShouldBe("GET /collections/a%20b%2F%C3%BC ");
        Line("/qdrant.Collections/CollectionExists", new Protocol.CollectionExistsRequest { CollectionName = "a" }).ShouldBe("GET /collections/a/exists ");
        Line("/qdrant.Collections/Delete", new Protocol.DeleteCollection { CollectionName = "a" }).ShouldBe("DELETE /collections/a ");
        Line("/qdrant.Points/Count", new Protocol.CountPoints { CollectionName = "a", Exact = true })
            .ShouldBe("""POST /collections/a/points/count {"exact":true}""");
        Line("/qdrant.Points/Scroll", new Protocol.ScrollPoints
        {
            CollectionName = "a",
            Limit = 3,
            Offset = new Protocol.PointId { Num = ulong.MaxValue },
            WithPayload = new Protocol.WithPayloadSelector(),
        }).ShouldBe("""POST /collections/a/points/scroll {"limit":3,"offset":18446744073709551615,"with_payload":false,"with_vector":false}""");
        Line("/qdrant.Points/Delete", new Protocol.DeletePoints
        {
            CollectionName = "a",
            Wait = true,
            Points = new Protocol.PointsSelector { Points = new Protocol.PointsIdsList { Ids = { Id(7), new Protocol.PointId { Uuid = "u" } } } },
        }).ShouldBe("""POST /collections/a/points/delete?wait=true {"points":[7,"u"]}""");
        Line("/qdrant.Points/Get", new Protocol.GetPoints
        {
            CollectionName = "a",
            Ids = { Id(9_007_199_254_740_993) },
            WithPayload = new Protocol.WithPayloadSelector { Enable = true },
            WithVectors = new Protocol.WithVectorsSelector { Include = new Protocol.VectorsSelector { Names = { "v" } } },
        }).ShouldBe("""POST /collections/a/points {"ids":[9007199254740993],"with_payload":true,"with_vector":["v"]}""");
        Line("/qdrant.Points/Query", new Protocol.QueryPoints
        {
            CollectionName = "a",
            Limit = 2,
            Using = "v",
            Params = new Protocol.SearchParams { Exact = true },
            Query = new Protocol.Query { Nearest = new Protocol.VectorInput { Dense = new Protocol.DenseVector { Data = { 0.1f, -2f } } } },
            WithPayload = new Protocol.WithPayloadSelector { Enable = false },
        }).ShouldBe("""POST /collections/a/points/query {"query":[0.1,-2],"limit":2,"using":"v","params":{"exact":true},"with_payload":false}""");
    }

    [Fact]
    public void Collections_are_created_and_changed_with_the_documented_settings()
    {
        CollectionSettings settings = new()
        {
            Dimension = 7,
            Distance = Distance.Manhattan,
            HnswM = 24,
            HnswEfConstruction = 123,
            OnDisk = true,
            Datatype = VectorDatatype.Float16,
            ShardNumber = 2,
            ReplicationFactor = 1,
            WriteConsistencyFactor = 1,
            OnDiskPayload = false,
            Quantization = new QuantizationSettings(QuantizationKind.Scalar) { Quantile = 0.99f, AlwaysRam = true },
            Optimizer = new OptimizerSettings { IndexingThreshold = 300, DefaultSegmentNumber = 3, MaxSegmentSize = 40_000 },
            Metadata = new Dictionary<string, string> { ["a"] = "b" },
        };
        Line("/qdrant.Collections/Create", CollectionMapping.ToCreate("c", settings)).ShouldBe("PUT /collections/c "
            + """{"vectors":{"size":7,"distance":"Manhattan","on_disk":true,"datatype":"float16"},"shard_number":2,"replication_factor":1,"""
            + "\"write_consistency_factor\":1,\"on_disk_payload\":false,\"quantization_config\":{\"scalar\":{\"type\":\"int8\",\"quantile\":0.99,"
            + "\"always_ram\":true}},\"hnsw_config\":{\"m\":24,\"ef_construct\":123},"
            + "\"optimizers_config\":{\"default_segment_number\":3,\"max_segment_size\":40000,\"indexing_threshold\":300},\"metadata\":{\"a\":\"b\"}}");
        Line("/qdrant.Collections/Create", CollectionMapping.ToCreate("c", new CollectionSettings
        {
            Dimension = 2,
            Distance = Distance.Dot,
            VectorName = "v",
            Quantization = new QuantizationSettings(QuantizationKind.Turbo) { Bits = TurboBits.Bits15 },
        })).ShouldBe("""PUT /collections/c {"vectors":{"v":{"size":2,"distance":"Dot"}},"quantization_config":{"turbo":{"bits":"bits1_5"}}}""");
        Line("/qdrant.Collections/Update", CollectionMapping.ToUpdate("c", new CollectionChange { IndexingThreshold = 5, RemovedKeys = ["a"] }))
            .ShouldBe("""PATCH /collections/c {"optimizers_config":{"indexing_threshold":5},"metadata":{"a":null}}""");
        Line("/qdrant.Points/CreateVectorName", CollectionMapping.ToAddVector("c", new CollectionSettings
        {
            Dimension = 2,
            Distance = Distance.Dot,
            VectorName = "v/1",
            Datatype = VectorDatatype.Uint8,
        })).ShouldBe("""PUT /collections/c/vectors/v%2F1?wait=true {"dense":{"size":2,"distance":"Dot","datatype":"uint8"}}""");
        Line("/qdrant.Points/CreateFieldIndex", PayloadIndexMapping.ToMessage("c", new PayloadIndexSettings("f", PayloadIndexType.Keyword), waits: true))
            .ShouldBe("""PUT /collections/c/index?wait=true {"field_name":"f","field_schema":"keyword"}""");
        Line("/qdrant.Points/CreateFieldIndex", PayloadIndexMapping.ToMessage(
            "c", new PayloadIndexSettings("f", PayloadIndexType.Integer) { IsPrincipal = true }, waits: false))
            .ShouldBe("PUT /collections/c/index?wait=false {\"field_name\":\"f\",\"field_schema\":{\"type\":\"integer\",\"is_principal\":true,"
                + "\"on_disk\":false,\"lookup\":true,\"range\":true}}");
    }

    [Fact]
    public void What_has_no_place_in_a_request_is_refused_and_never_left_out()
    {
        ForeignAnswerException refused = Should.Throw<ForeignAnswerException>(
            () => Line("/qdrant.Points/Count", new Protocol.CountPoints { CollectionName = "a", Filter = new Protocol.Filter() }));
        refused.Reply.Code.ShouldBe(GrpcCode.Unimplemented);
        Should.Throw<ForeignAnswerException>(() => Line("/qdrant.Collections/Create", new Protocol.CreateCollection
        {
            CollectionName = "a",
            WalConfig = new Protocol.WalConfigDiff(),
        }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Points_are_written_as_they_come_in_pieces_of_any_size(int piece)
    {
        PointId[] ids = [PointId.FromNumber(ulong.MaxValue), PointId.Parse("f47ac10b-58cc-4372-a567-0e02b2c3d479")];
        using VectorBatch batch = Samples.Batch(
            ids, [0.1f, -0f, float.Epsilon, -3.4028235E+38f],
            Samples.Payloads("""{"d":1.0,"i":-9223372036854775808,"t":"\u00fc\"\\","n":null,"l":[true,{}]}""", ""));
        Upsert(batch, new UpsertForm { Collection = "c"u8.ToArray(), TimeoutSeconds = 9, InsertsOnly = true }, piece, out PointsJson points).ShouldBe(
            "{\"points\":[{\"id\":18446744073709551615,\"payload\":{\"d\":1.0,"
            + "\"i\":-9223372036854775808,\"t\":\"ü\\\"\\\\\",\"n\":null,\"l\":[true,{}]},"
            + "\"vector\":[0.1,-0.0]},"
            + "{\"id\":\"f47ac10b-58cc-4372-a567-0e02b2c3d479\",\"vector\":[1E-45,-3.4028235E+38]}],\"update_mode\":\"insert_only\"}");
        (points.Collection, points.Waits, points.TimeoutSeconds).ShouldBe(("c", true, 9ul));
        UpsertForm named = new() { Collection = "c"u8.ToArray(), VectorName = "ü\"v"u8.ToArray(), Dense = false, ReplacesVectorsOnly = true };
        Upsert(batch, named, piece, out _)
            .ShouldStartWith("{\"points\":[{\"id\":18446744073709551615,\"vector\":{\"\\u00FC\\u0022v\":[0.1,-0.0]}}");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_component_that_is_no_number_is_refused(float component)
    {
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1, component]);
        Should.Throw<ForeignAnswerException>(() => Upsert(batch, new UpsertForm { Collection = "c"u8.ToArray() }, 64, out _))
            .Reply.Code.ShouldBe(GrpcCode.InvalidArgument);
    }

    [Fact]
    public void A_body_over_the_limit_is_refused_before_it_is_sent()
    {
        using JsonPieces pieces = new(most: 100_000);
        byte[] text = new byte[70_000];
        pieces.Append(text);
        ForeignAnswerException refused = Should.Throw<ForeignAnswerException>(() => pieces.Append(text));
        QdrantAnswers.Classify(refused.Reply, 1).Outcome.ShouldBe(WriteOutcome.Split);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(1 << 20)]
    public async Task Retrieved_points_are_the_message_that_gRPC_brings(int piece)
    {
        const string json = """
            {"usage":{"a":[1]},"result":[
              {"id":18446744073709551615,"payload":{"d":1.0,"i":-5,"t":"ü\u0022","big":123456789012345678901234567890},
               "vector":[0.1, -0.0 ,1e-45,null],"version":3},
              {"id":"f47ac10b-58cc-4372-a567-0e02b2c3d479","payload":null,
               "vector":{"a":[1.5],"s":{"indices":[1],"values":[2]},"m":[[1],[2]]},"shard_key":"k"},
              {"payload":{},"id":3}
            ],"status":"ok","time":0.1}
            """;
        using RetrievedJson reader = new(long.MaxValue);
        using MemoryStream body = new(Encoding.UTF8.GetBytes(json));
        await reader.ReadAsync(new Drip(body, piece), default);
        Protocol.GetResponse message = Protocol.GetResponse.Parser.ParseFrom(reader.Message.Written);
        message.Result.Count.ShouldBe(3);
        Protocol.RetrievedPoint first = message.Result[0];
        first.Id.Num.ShouldBe(ulong.MaxValue);
        first.Payload["d"].DoubleValue.ShouldBe(1.0);
        first.Payload["i"].IntegerValue.ShouldBe(-5);
        first.Payload["t"].StringValue.ShouldBe("ü\"");
        first.Payload["big"].DoubleValue.ShouldBe(123456789012345678901234567890d);
        using VectorsOf vectors = new(reader.Message.Written.ToArray());
        vectors.Read(PointId.FromNumber(ulong.MaxValue), 4, null).ShouldBe([0.1f, -0f, float.Epsilon, float.NaN]);
        float.IsNegative(vectors.Read(PointId.FromNumber(ulong.MaxValue), 4, null)[1]).ShouldBeTrue();
        vectors.Read(PointId.Parse("f47ac10b-58cc-4372-a567-0e02b2c3d479"), 1, "a").ShouldBe([1.5f]);
        message.Result[2].Id.Num.ShouldBe(3ul);
        message.Result[2].Payload.ShouldBeEmpty();
    }

    [Fact]
    public async Task More_than_is_wanted_is_refused()
    {
        using RetrievedJson reader = new(most: 20);
        using MemoryStream body = new("{\"result\":[{\"id\":1,\"vector\":[1,2,3,4,5,6]}]}"u8.ToArray());
        (await Should.ThrowAsync<ForeignAnswerException>(() => reader.ReadAsync(body, default))).Reply.Fault.ShouldBe(TransportFault.AnswerTooLarge);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"result\":{}}")]
    [InlineData("{\"result\":[1]}")]
    [InlineData("{\"result\":[{\"id\":-1}]}")]
    [InlineData("{\"result\":[{\"id\":1,\"vector\":[true]}]}")]
    public async Task What_is_no_list_of_points_is_never_taken_for_one(string json)
    {
        using RetrievedJson reader = new(long.MaxValue);
        using MemoryStream body = new(Encoding.UTF8.GetBytes(json));
        await Should.ThrowAsync<FormatException>(() => reader.ReadAsync(body, default));
    }

    private static Protocol.PointId Id(ulong number) => new() { Num = number };

    private static string Line(string name, IMessage message)
    {
        using RestCall call = RestCalls.Make(name, message.ToByteArray());
        return $"{call.Method} {call.Path} {call.Body}";
    }

    private static string Upsert(VectorBatch batch, UpsertForm form, int piece, out PointsJson points)
    {
        using UpsertEncoder encoder = new(batch, form);
        byte[] message = new byte[HotCalls.PrefixLength + encoder.Length];
        encoder.Write(message.AsSpan(HotCalls.PrefixLength));
        using JsonPieces json = new();
        points = new PointsJson(json, form.ReplacesVectorsOnly ? 2 : 4);
        using (points)
        {
            for (int at = 0; at < message.Length; at += piece)
            {
                points.Write(message.AsSpan(at, Math.Min(piece, message.Length - at)));
            }

            points.Complete();
            return json.ToString();
        }
    }

    /// <summary>Reads rows of a message as verification does.</summary>
    private sealed class VectorsOf(byte[] message) : IDisposable
    {
        private readonly List<RetrievedPoints> read = [];

        public float[] Read(PointId id, int dimension, string? name)
        {
            RetrievedReader reader = new(new[] { id }, dimension, name, BatchMemory.Rent(1, dimension), null);
            reader.Read(message, 0);
            RetrievedPoints points = reader.ToPoints();
            read.Add(points);
            points.Problem(0).ShouldBeNull();
            return points.Vector(0).ToArray();
        }

        public void Dispose() => read.ForEach(static points => points.Dispose());
    }

    /// <summary>A stream that gives a few bytes at a time.</summary>
    private sealed class Drip(Stream inner, int piece) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(piece, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
