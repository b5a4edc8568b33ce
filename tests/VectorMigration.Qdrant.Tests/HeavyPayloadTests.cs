using System.Buffers.Binary;
using System.Text;

namespace VectorMigration.Qdrant.Tests;

/// <summary>Payloads of many megabytes: written to the connection piece by piece, and compared in the answer that brings them.</summary>
public sealed class HeavyPayloadTests
{
    private const int Field = 3;

    [Theory]
    [InlineData("""{}""", "", true)]
    [InlineData("""{"a":"x"}""", """{ "a" : "x" }""", true)]
    [InlineData("""{"a":"x","b":1}""", """{"b":1,"a":"x"}""", true)]
    [InlineData("""{"a":"\u00e4\n\"\\\/\ud83d\ude00\t"}""", """{"a":"ä\n\u0022\u005c/😀\u0009"}""", true)]
    [InlineData("""{"a":[1,"two",{"b":null,"c":[true,false]}]}""", """{"a":[1,"two",{"c":[true,false],"b":null}]}""", true)]
    [InlineData("""{"a":1.5,"b":-1e300}""", """{"a":15e-1,"b":-1.0e300}""", true)]
    [InlineData("""{"a":"x"}""", """{"a":"y"}""", false)]
    [InlineData("""{"a":"x"}""", """{"a":"xx"}""", false)]
    [InlineData("""{"a":"xx"}""", """{"a":"x"}""", false)]
    [InlineData("""{"a":"\u00e4"}""", """{"a":"\u00e5"}""", false)]
    [InlineData("""{"a":"x"}""", """{"b":"x"}""", false)]
    [InlineData("""{"a":"x"}""", """{"a":"x","b":1}""", false)]
    [InlineData("""{"a":"x","b":1}""", """{"a":"x"}""", false)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"a":1}""", """{"a":true}""", false)]
    [InlineData("""{"a":true}""", """{"a":false}""", false)]
    [InlineData("""{"a":null}""", """{"a":false}""", false)]
    [InlineData("""{"a":1.5}""", """{"a":1.5000000000000002}""", false)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"a":[1,2]}""", """{"a":[1]}""", false)]
    [InlineData("""{"a":[1]}""", """{"a":[1,2]}""", false)]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"b":1,"c":2}}""", false)]
    public void A_payload_on_the_wire_is_compared_as_it_is(string stored, string asked, bool same) => IsCertain(stored, asked).ShouldBe(same);

    /// <summary>What is not said to be the same here is left to the comparison of JSON.</summary>
    [Theory]
    [InlineData("""{"a":1.0}""", """{"a":1}""")]
    [InlineData("""{"a":9007199254740993.0}""", """{"a":9007199254740993}""")]
    [InlineData("""{"a":1}""", """{"a":1,"a":1}""")]
    [InlineData("""{"a":"x"}""", """{"a":"\ud800"}""")]
    [InlineData("""{"a":"x"}""", """{"a":"x" """)]
    [InlineData("""{"a":"x"}""", "[1]")]
    public void Nothing_doubtful_is_called_the_same(string stored, string asked) => IsCertain(stored, asked).ShouldBeFalse();

    [Fact]
    public void Bytes_that_are_no_payload_are_never_the_same()
    {
        byte[] stored = Encode("""{"a":"text","b":[1,2.5,{"c":null}]}""");
        const string asked = """{"a":"text","b":[1,2.5,{"c":null}]}""";
        WireEquality.IsCertain(stored, Field, Encoding.UTF8.GetBytes(asked)).ShouldBeTrue();
        for (int cut = 0; cut < stored.Length; cut++)
        {
            WireEquality.IsCertain(stored.AsSpan(0, cut), Field, Encoding.UTF8.GetBytes(asked)).ShouldBeFalse($"{cut} bytes");
        }
    }

    [Theory]
    [InlineData(1, 3_000_000)]
    [InlineData(3, 1_500_000)]
    [InlineData(40, 100_000)]
    public async Task Pieces_make_the_message_that_is_written_at_once(int rows, int weight)
    {
        PointId[] ids = [.. Enumerable.Range(0, rows).Select(static i => i % 2 == 0 ? PointId.FromNumber((ulong)i << 20) : PointId.FromGuid(Guid.NewGuid()))];
        string[] payloads = [.. Enumerable.Range(0, rows).Select(i => i % 7 == 3 ? "{}" : $$"""{"n":{{i}},"t":"{{new string('x', weight + i)}}"}""")];
        const int dimension = 20_000;
        using VectorBatch batch = Samples.Batch(ids, Samples.Floats(rows * dimension, 3), Samples.Payloads(payloads));
        using UpsertEncoder encoder = new(
            batch, new UpsertForm { Collection = "docs"u8.ToArray(), VectorName = "text"u8.ToArray(), TimeoutSeconds = 300, InsertsOnly = true });
        encoder.IsLarge.ShouldBeTrue();
        byte[] whole = new byte[encoder.Length];
        encoder.Write(whole);
        using MemoryStream written = new();
        await encoder.WriteToAsync(written, CancellationToken.None);
        written.ToArray().AsSpan(HotCalls.PrefixLength).SequenceEqual(whole).ShouldBeTrue();
        written.GetBuffer()[0].ShouldBe((byte)0);
        BinaryPrimitives.ReadUInt32BigEndian(written.GetBuffer().AsSpan(1)).ShouldBe((uint)whole.Length);
    }

    [Fact]
    public async Task A_request_whose_owner_has_given_it_back_is_not_written()
    {
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1], Samples.Payloads($$"""{"t":"{{new string('x', 2_000_000)}}"}"""));
        UpsertEncoder encoder = new(batch, new UpsertForm { Collection = "docs"u8.ToArray() });
        encoder.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(() => encoder.WriteToAsync(Stream.Null, CancellationToken.None));
    }

    [Fact]
    public async Task A_large_message_is_taken_out_of_the_body_and_the_rest_stays()
    {
        byte[] message = new byte[2_000_000];
        new Random(1).NextBytes(message);
        using LargeAnswer taker = new(largest: 3_000_000);
        using Stream body = taker.Answer(Framed(message));
        byte[] seen = new byte[64];
        int count = await body.ReadAtLeastAsync(seen, seen.Length, throwOnEndOfStream: false);
        seen.AsSpan(0, count).ToArray().ShouldBe(new byte[HotCalls.PrefixLength]);
        using RawAnswer taken = taker.Take().ShouldNotBeNull();
        taken.Body.SequenceEqual(message).ShouldBeTrue();
        taker.Take().ShouldBeNull();
    }

    [Theory]
    [InlineData(1_000, 3_000_000)]
    [InlineData(2_000_000, 1_500_000)]
    public async Task Other_messages_go_on_as_they_come(int length, int largest)
    {
        byte[] message = new byte[length];
        new Random(2).NextBytes(message);
        using LargeAnswer taker = new(largest);
        using Stream body = taker.Answer(Framed(message));
        using MemoryStream seen = new();
        await body.CopyToAsync(seen);
        seen.ToArray().AsSpan(HotCalls.PrefixLength).SequenceEqual(message).ShouldBeTrue();
        taker.Take().ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_a_broken_connection()
    {
        using LargeAnswer taker = new(largest: 3_000_000);
        MemoryStream cut = Framed(new byte[2_000_000]);
        cut.SetLength(1_500_000);
        using Stream body = taker.Answer(cut);
        await Should.ThrowAsync<HttpRequestException>(async () => await body.ReadExactlyAsync(new byte[HotCalls.PrefixLength]));
        taker.Take().ShouldBeNull();
    }

    private static MemoryStream Framed(byte[] message)
    {
        byte[] framed = new byte[HotCalls.PrefixLength + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, HotCalls.PrefixLength);
        MemoryStream stream = new();
        stream.Write(framed);
        stream.Position = 0;
        return stream;
    }

    private static bool IsCertain(string stored, string asked) => WireEquality.IsCertain(Encode(stored), Field, Encoding.UTF8.GetBytes(asked));

    private static byte[] Encode(string json)
    {
        using PayloadEncoder encoder = new();
        encoder.Append(Encoding.UTF8.GetBytes(json));
        return encoder.Written.ToArray();
    }
}
