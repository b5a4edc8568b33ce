using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;

namespace VectorMigration.Qdrant.Tests;

/// <summary>The hand-written upsert against Google.Protobuf's own bytes and reading.</summary>
public sealed class EncoderTests
{
    private static readonly byte[] Name = Encoding.UTF8.GetBytes("wörds");

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "")]
    [InlineData(true, "text")]
    [InlineData(false, "text")]
    public void Bytes_equal_those_of_the_generated_serialiser(bool dense, string vectorName)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            (VectorBatch batch, Protocol.UpsertPoints expected) = RandomBatch(random, dense, vectorName);
            using (batch)
            {
                UpsertForm form = new()
                {
                    Collection = Name,
                    VectorName = Encoding.UTF8.GetBytes(vectorName),
                    Dense = dense,
                    TimeoutSeconds = (uint)random.Next(2) * 300,
                    InsertsOnly = random.Next(2) == 0,
                };
                if (form.InsertsOnly)
                {
                    expected.UpdateMode = Protocol.UpdateMode.InsertOnly;
                }

                if (form.TimeoutSeconds > 0)
                {
                    expected.Timeout = form.TimeoutSeconds;
                }

                Encode(batch, form).ShouldBe(expected.ToByteArray(), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void The_size_is_known_before_a_byte_is_written()
    {
        UpsertForm form = new() { Collection = Name };
        for (int dimension = 1; dimension < 6_000; dimension = (dimension * 3) + 1)
        {
            PointId[] ids = [PointId.FromNumber(0), PointId.FromNumber(127), PointId.FromNumber(128), PointId.FromNumber(ulong.MaxValue),
                PointId.FromGuid(Guid.Empty)];
            using VectorBatch batch = Samples.Batch(ids, new float[ids.Length * dimension]);
            using UpsertEncoder encoder = new(batch, form);
            Protocol.UpsertPoints.Parser.ParseFrom(Encode(batch, form)).CalculateSize().ShouldBe(encoder.Length);
        }
    }

    /// <summary>Every id length, the dimensions around the width of a store, and those at which a length takes one byte more.</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Points_of_number_and_components_alone_equal_those_of_the_generated_serialiser(bool named, bool dense)
    {
        ulong[] numbers = [.. Enumerable.Range(0, 64).SelectMany(static bit => new[] { 1UL << bit, (1UL << bit) - 1 }), ulong.MaxValue];
        UpsertForm form = new() { Collection = Name, VectorName = named ? "text"u8.ToArray() : [], Dense = dense };
        Random random = new(7);
        foreach (int dimension in Enumerable.Range(1, 80).Concat([127, 128, 383, 384, 385, 768, 1_536, 4_090, 4_096, 65_536]))
        {
            PointId[] ids = [.. numbers.Take(dimension > 2_000 ? 3 : int.MaxValue).Select(PointId.FromNumber)];
            float[] components = [.. Enumerable.Range(0, ids.Length * dimension).Select(_ => random.NextSingle())];
            using VectorBatch batch = Samples.Batch(ids, components);
            Protocol.UpsertPoints expected = new() { CollectionName = "wörds", Wait = true };
            for (int row = 0; row < ids.Length; row++)
            {
                Protocol.Vector vector = new();
                (dense ? (vector.Dense = new Protocol.DenseVector()).Data : vector.Data).AddRange(batch.Vector(row).ToArray());
                Protocol.Vectors vectors = new();
                if (named)
                {
                    vectors.Vectors_ = new Protocol.NamedVectors { Vectors = { ["text"] = vector } };
                }
                else
                {
                    vectors.Vector = vector;
                }

                expected.Points.Add(new Protocol.PointStruct { Id = new Protocol.PointId { Num = ids[row].Number }, Vectors = vectors });
            }

            Encode(batch, form).AsSpan().SequenceEqual(expected.ToByteArray()).ShouldBeTrue($"{dimension} components");
        }
    }

    [Fact]
    public void A_vector_name_of_any_length_is_written()
    {
        string name = new('n', 5_000);
        UpsertForm form = new() { Collection = Name, VectorName = Encoding.UTF8.GetBytes(name) };
        using VectorBatch batch = Samples.Batch([PointId.FromNumber(1)], [1, 2]);
        Protocol.UpsertPoints.Parser.ParseFrom(Encode(batch, form)).Points[0].Vectors.Vectors_.Vectors[name].Dense.Data.ShouldBe([1f, 2f]);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", 2)]
    [InlineData("""{"a":9223372036854775807}""", long.MaxValue)]
    [InlineData("""{"a":-9223372036854775808}""", long.MinValue)]
    [InlineData("""{"a":0}""", 0)]
    public void Whole_numbers_stay_whole_and_the_last_of_a_repeated_name_counts(string json, long expected) =>
        Payload(json)["a"].IntegerValue.ShouldBe(expected);

    [Theory]
    [InlineData("""{"a":9223372036854775808}""", 9223372036854775808d)]
    [InlineData("""{"a":1.0}""", 1d)]
    [InlineData("""{"a":1e2}""", 100d)]
    [InlineData("""{"a":5e-324}""", double.Epsilon)]
    [InlineData("""{"a":0.1}""", 0.1)]
    public void Other_numbers_become_doubles(string json, double expected) => Payload(json)["a"].DoubleValue.ShouldBe(expected);

    [Fact]
    public void Texts_lose_their_escapes_and_nothing_else()
    {
        Google.Protobuf.Collections.MapField<string, Protocol.Value> payload = Payload("""{"\u00e4\n":"\ud83d\ude00 \"x\" ß","":"empty","plain":""}""");
        payload["ä\n"].StringValue.ShouldBe("😀 \"x\" ß");
        payload[""].StringValue.ShouldBe("empty");
        payload["plain"].StringValue.ShouldBe("");
    }

    // The limits were found by trying them on Qdrant 1.16.3; the store's tests try them again.
    [Theory]
    [InlineData(34, 0, true)]
    [InlineData(35, 0, false)]
    [InlineData(1, 49, true)]
    [InlineData(1, 50, false)]
    [InlineData(1, 90, false)]
    public void Nesting_goes_as_deep_as_the_server_reads(int objects, int arrays, bool fits)
    {
        string json = Samples.Nested(objects, arrays);
        if (fits)
        {
            Payload(json).ContainsKey("a").ShouldBeTrue();
        }
        else
        {
            Refusal(json).ShouldContain("nested more deeply");
        }
    }

    [Theory]
    [InlineData("[1]", "object")]
    [InlineData("1", "object")]
    [InlineData("{\"a\":", "invalid JSON")]
    [InlineData("{} {}", "JSON")]
    [InlineData("{\"a\":1e999}", "double")]
    [InlineData("{\"a\":\"\\ud800\"}", "Unicode")]
    [InlineData("{\"a\":NaN}", "invalid JSON")]
    public void What_is_no_payload_is_refused_with_its_row(string json, string reason) => Refusal(json).ShouldContain(reason);

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        byte[] json = [(byte)'{', (byte)'"', (byte)'a', (byte)'"', (byte)':', (byte)'"', 0xFF, (byte)'"', (byte)'}'];
        using VectorBatch batch = Samples.Batch([PointId.FromNumber(1)], [1], new PayloadBlock(json, [0, json.Length]));
        Should.Throw<PayloadFormatException>(() => Encode(batch, new UpsertForm { Collection = Name })).Message.ShouldContain("UTF-8");
    }

    [Fact]
    public void A_batch_without_point_ids_is_a_mistake_of_the_caller()
    {
        using VectorBatch batch = VectorBatch.Create(Samples.Source, 0, 1, new long[1], new float[1]);
        Should.Throw<ArgumentException>(() => Encode(batch, new UpsertForm { Collection = Name }));
    }

    /// <summary>An attempt that fails is followed by another, and a connection that is lost early is sent the same request again.</summary>
    [Fact]
    public void A_request_can_be_written_as_often_as_it_is_sent()
    {
        using VectorBatch batch = Samples.Batch(Samples.Numbers(3), Samples.Floats(6, 1), Samples.Payloads("""{"a":[1,{"b":"c"}]}""", "", """{"d":1.5}"""));
        using UpsertEncoder encoder = new(batch, new UpsertForm { Collection = Name });
        byte[] first = new byte[encoder.Length];
        encoder.Write(first);
        byte[] second = new byte[encoder.Length];
        encoder.Write(second);
        second.ShouldBe(first);

        encoder.Form = encoder.Form with { Dense = false, TimeoutSeconds = 300 };
        byte[] third = new byte[encoder.Length];
        encoder.Write(third);
        Protocol.UpsertPoints read = Protocol.UpsertPoints.Parser.ParseFrom(third);
        (read.Timeout, read.Points[2].Vectors.Vector.Data.Count, read.Points[2].Payload["d"].DoubleValue).ShouldBe((300ul, 2, 1.5));
    }

    /// <summary>A call can be abandoned while its request is being written; the memory must not be another batch's by then.</summary>
    [Fact]
    public void The_lease_on_the_vectors_outlasts_an_abandoned_call_that_is_still_written()
    {
        BatchMemory memory = BatchMemory.Rent(2, 3);
        VectorBatch batch = VectorBatch.Create(Samples.Source, 0, 3, memory.Ids.AsMemory(0, 2), memory.Components.AsMemory(0, 6), memory, Samples.Numbers(2));
        UpsertEncoder encoder = new(batch, new UpsertForm { Collection = Name });
        WritingContext context = new()
        {
            Meanwhile = () =>
            {
                encoder.Dispose();
                batch.Dispose();
                memory.Components.Length.ShouldBeGreaterThanOrEqualTo(6);
            },
        };
        encoder.Encode(context);
        (context.Length, context.IsComplete).ShouldBe((context.Written.Length, true));
        Protocol.UpsertPoints.Parser.ParseFrom(context.Written).Points.Count.ShouldBe(2);
        Should.Throw<ObjectDisposedException>(() => memory.Components);
        Should.Throw<ObjectDisposedException>(() => encoder.Encode(new WritingContext()));
    }

    [Theory]
    [InlineData(2, 4_000, true)]
    [InlineData(2, 3_000, false)]
    [InlineData(2, 100, false)]
    [InlineData(1, 100, true)]
    public void Payloads_of_a_batch_that_is_too_large_are_not_encoded_to_be_thrown_away(int rows, int most, bool whole)
    {
        string row = $$"""{"text":"{{new string('x', 1_800)}}"}""";
        using VectorBatch batch = Samples.Batch(Samples.Numbers(rows), new float[rows], Samples.Payloads([.. Enumerable.Repeat(row, rows)]));
        using UpsertEncoder encoder = new(batch, new UpsertForm { Collection = Name }, most);
        encoder.IsWhole.ShouldBe(whole);
        (encoder.Length > most).ShouldBe(!whole || rows == 1);
    }

    private static byte[] Encode(VectorBatch batch, UpsertForm form)
    {
        using UpsertEncoder encoder = new(batch, form);
        byte[] bytes = new byte[encoder.Length];
        encoder.Write(bytes);
        return bytes;
    }

    private static Google.Protobuf.Collections.MapField<string, Protocol.Value> Payload(string json)
    {
        using VectorBatch batch = Samples.Batch(Samples.Numbers(2), [1, 2], Samples.Payloads("{}", json));
        return Protocol.UpsertPoints.Parser.ParseFrom(Encode(batch, new UpsertForm { Collection = Name })).Points[1].Payload;
    }

    private static string Refusal(string json)
    {
        using VectorBatch batch = Samples.Batch(Samples.Numbers(2), [1, 2], Samples.Payloads("{}", json));
        PayloadFormatException refused = Should.Throw<PayloadFormatException>(() => Encode(batch, new UpsertForm { Collection = Name }));
        refused.Row.ShouldBe(1);
        return refused.Message;
    }

    private static (VectorBatch Batch, Protocol.UpsertPoints Expected) RandomBatch(Random random, bool dense, string vectorName)
    {
        int count = random.Next(1, 20);
        int dimension = random.Next(1, 300);
        float[] components = Samples.Floats(count * dimension, random.Next());
        PointId[] ids = new PointId[count];
        string[] payloads = new string[count];
        Protocol.UpsertPoints expected = new() { CollectionName = "wörds", Wait = true };
        for (int row = 0; row < count; row++)
        {
            byte[] bits = new byte[16];
            random.NextBytes(bits);
            ids[row] = random.Next(2) == 0 ? PointId.FromGuid(new Guid(bits)) : PointId.FromNumber(BitConverter.ToUInt64(bits) >> random.Next(64));
            Protocol.Struct payload = new();
            payloads[row] = random.Next(4) == 0 ? "" : RandomObject(random, payload, 0);
            expected.Points.Add(Point(ids[row], components.AsSpan(row * dimension, dimension).ToArray(), dense, vectorName, payload));
        }

        return (Samples.Batch(ids, components, random.Next(4) == 0 && ClearPayloads(expected) ? null : Samples.Payloads(payloads)), expected);
    }

    private static bool ClearPayloads(Protocol.UpsertPoints points)
    {
        foreach (Protocol.PointStruct point in points.Points)
        {
            point.Payload.Clear();
        }

        return true;
    }

    private static Protocol.PointStruct Point(PointId id, float[] components, bool dense, string vectorName, Protocol.Struct payload)
    {
        Protocol.Vector vector = new();
        if (dense)
        {
            vector.Dense = new Protocol.DenseVector { Data = { components } };
        }
        else
        {
            vector.Data.AddRange(components);
        }

        Protocol.PointStruct point = new()
        {
            Id = id.IsGuid ? new Protocol.PointId { Uuid = id.ToString() } : new Protocol.PointId { Num = id.Number },
            Vectors = vectorName.Length == 0
                ? new Protocol.Vectors { Vector = vector }
                : new Protocol.Vectors { Vectors_ = new Protocol.NamedVectors { Vectors = { [vectorName] = vector } } },
        };
        point.Payload.Add(payload.Fields);
        return point;
    }

    /// <summary>The same object as JSON text and as a message.</summary>
    private static string RandomObject(Random random, Protocol.Struct message, int depth)
    {
        List<string> members = [];
        for (int i = random.Next(5); i > 0; i--)
        {
            string key = $"k{i} é";
            Protocol.Value value = new();
            members.Add($"{JsonSerializer.Serialize(key)} : {RandomValue(random, value, depth + 1)}");
            message.Fields.Add(key, value);
        }

        return "{" + string.Join(" , ", members) + "}";
    }

    private static string RandomValue(Random random, Protocol.Value message, int depth)
    {
        switch (random.Next(depth > 4 ? 5 : 7))
        {
            case 0:
                message.NullValue = Protocol.NullValue.NullValue;
                return "null";
            case 1:
                message.BoolValue = random.Next(2) == 0;
                return message.BoolValue ? "true" : "false";
            case 2:
                message.IntegerValue = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
                return message.IntegerValue.ToString(CultureInfo.InvariantCulture);
            case 3:
                message.DoubleValue = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 300));
                string text = message.DoubleValue.ToString("R", CultureInfo.InvariantCulture);
                return text.Contains('.') || text.Contains('E') ? text : text + ".0";
            case 4:
                message.StringValue = new string([.. Enumerable.Range(0, random.Next(200)).Select(_ => "ab\"\\\n€ü"[random.Next(7)])]);
                return JsonSerializer.Serialize(message.StringValue);
            case 5:
                message.StructValue = new Protocol.Struct();
                return RandomObject(random, message.StructValue, depth);
            default:
                message.ListValue = new Protocol.ListValue();
                List<string> items = [];
                for (int i = random.Next(4); i > 0; i--)
                {
                    Protocol.Value item = new();
                    items.Add(RandomValue(random, item, depth + 1));
                    message.ListValue.Values.Add(item);
                }

                return "[" + string.Join(",", items) + "]";
        }
    }

    /// <summary>What gRPC gives a serialiser.</summary>
    private sealed class WritingContext : SerializationContext
    {
        private readonly ArrayBufferWriter<byte> buffer = new();

        public Action? Meanwhile { get; init; }

        public int Length { get; private set; }

        public bool IsComplete { get; private set; }

        public byte[] Written => buffer.WrittenSpan.ToArray();

        public override void SetPayloadLength(int payloadLength) => Length = payloadLength;

        public override IBufferWriter<byte> GetBufferWriter()
        {
            Meanwhile?.Invoke();
            return buffer;
        }

        public override void Complete() => IsComplete = true;
    }
}
