using System.Text.Json;
using Google.Protobuf;

namespace VectorMigration.Qdrant.Tests;

/// <summary>
/// Reading back, from bytes made by Google.Protobuf. The <c>dense</c> form is that of servers from 1.17 on: none of them runs here,
/// so these are stubs of the protocol after the published source (reference/qdrant.md §1.4).
/// </summary>
public sealed class RetrievedReaderTests
{
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, "text")]
    [InlineData(true, "text")]
    public void Both_forms_of_vectors_are_read(bool dense, string? vectorName)
    {
        PointId[] ids = Samples.Numbers(20);
        float[] components = Samples.Floats(20 * 5, 4);
        Protocol.GetResponse response = new();
        foreach (int row in new Random(5).GetItems(Enumerable.Range(0, 20).ToArray(), 40).Distinct())
        {
            response.Result.Add(Point(ids[row], components.AsSpan(row * 5, 5).ToArray(), dense, vectorName));
        }

        using RetrievedPoints back = Read(response.ToByteArray(), ids, 5, vectorName);
        for (int row = 0; row < 20; row++)
        {
            back.Found(row).ShouldBe(response.Result.Any(point => point.Id.Num == (ulong)row));
            if (back.Found(row))
            {
                back.Problem(row).ShouldBeNull();
                back.Vector(row).SequenceEqual(components.AsSpan(row * 5, 5)).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void Floats_that_are_not_packed_are_read()
    {
        // Vector { data: 1.0 data: -2.0 } as two fixed32 fields: tag 0x0D.
        byte[] vector = [0x0D, 0, 0, 0x80, 0x3F, 0x0D, 0, 0, 0, 0xC0];
        byte[] response = Wrap(0x0A, [.. Wrap(0x0A, [0x08, 7]), .. Wrap(0x22, Wrap(0x0A, vector))]);
        using RetrievedPoints back = Read(response, [PointId.FromNumber(7)], 2, null);
        back.Vector(0).ToArray().ShouldBe([1f, -2f]);
    }

    [Fact]
    public void Repeated_unknown_and_missing_points_find_their_rows()
    {
        PointId[] ids = [PointId.FromNumber(1), PointId.FromNumber(2), PointId.FromNumber(1), PointId.FromNumber(3), PointId.FromNumber(1)];
        Protocol.GetResponse response = new()
        {
            Result = { Point(ids[0], [1], false, null), Point(PointId.FromNumber(99), [9], false, null),
            Point(ids[1], [2], false, null) }
        };
        using RetrievedPoints back = Read(response.ToByteArray(), ids, 1, null);
        Enumerable.Range(0, 5).Select(back.Found).ShouldBe([true, true, true, false, true]);
        back.Vector(2)[0].ShouldBe(1);
        back.Vector(4)[0].ShouldBe(1);
        back.Vector(1)[0].ShouldBe(2);
    }

    [Theory]
    [InlineData(3, null, null, "3 components, expected 2")]
    [InlineData(2, "other", "text", "no vector 'text'")]
    [InlineData(2, "other", null, "no unnamed vector")]
    public void A_vector_of_another_shape_is_a_problem_of_its_row(int components, string? there, string? asked, string problem)
    {
        Protocol.GetResponse response = new() { Result = { Point(PointId.FromNumber(1), new float[components], true, there) } };
        using RetrievedPoints back = Read(response.ToByteArray(), Samples.Numbers(1, 1), 2, asked);
        back.Found(0).ShouldBeTrue();
        back.Problem(0)!.ShouldContain(problem);
    }

    [Fact]
    public void A_sparse_vector_is_a_problem_of_its_row()
    {
        byte[] response = Wrap(0x0A, [.. Wrap(0x0A, [0x08, 7]), .. Wrap(0x22, Wrap(0x0A, [0xB2, 0x06, 0]))]);
        using RetrievedPoints back = Read(response, [PointId.FromNumber(7)], 2, null);
        back.Problem(0)!.ShouldContain("sparse");
    }

    [Fact]
    public void Payloads_become_json()
    {
        Protocol.RetrievedPoint point = Point(PointId.FromNumber(1), [1], true, null);
        point.Payload["d"] = new Protocol.Value { DoubleValue = 2 };
        point.Payload["nan"] = new Protocol.Value { DoubleValue = double.NaN };
        point.Payload["n"] = new Protocol.Value { IntegerValue = -3 };
        point.Payload["s"] = new Protocol.Value { StringValue = "é\"" };
        point.Payload["none"] = new Protocol.Value();
        point.Payload["l"] = new Protocol.Value
        {
            ListValue = new Protocol.ListValue
            {
                Values = { new Protocol.Value { BoolValue = true },
            new Protocol.Value { NullValue = 0 } }
            }
        };
        point.Payload["o"] = new Protocol.Value { StructValue = new Protocol.Struct { Fields = { ["x"] = new Protocol.Value { DoubleValue = 1e-7 } } } };
        using RetrievedPoints back = Read(new Protocol.GetResponse { Result = { point } }.ToByteArray(), Samples.Numbers(1, 1), 1, null, withPayload: true);
        const string expected = """{"d":2.0,"nan":"NaN","n":-3,"s":"é\"","none":null,"l":[true,null],"o":{"x":1E-07}}""";
        back.Payload(0).ShouldBe(expected);
        JsonDocument.Parse(back.Payload(0)!).RootElement.GetProperty("o").GetProperty("x").GetDouble().ShouldBe(1e-7);
    }

    [Fact]
    public void Bytes_cut_or_changed_anywhere_never_do_worse_than_a_format_error()
    {
        Protocol.RetrievedPoint point = Point(PointId.Parse("f47ac10b-58cc-4372-a567-0e02b2c3d479"), [1, 2, 3], true, "text");
        point.Payload["k"] = new Protocol.Value { StructValue = new Protocol.Struct { Fields = { ["x"] = new Protocol.Value { StringValue = "y" } } } };
        byte[] whole = new Protocol.GetResponse { Result = { point }, Time = 1 }.ToByteArray();
        for (int i = 0; i < whole.Length; i++)
        {
            ReadOrRefuse(whole[..i]);
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = (byte[])whole.Clone();
                changed[i] ^= (byte)(1 << bit);
                ReadOrRefuse(changed);
            }
        }
    }

    private static void ReadOrRefuse(byte[] response)
    {
        try
        {
            Read(response, Samples.Numbers(1), 3, "text", withPayload: true).Dispose();
        }
        catch (FormatException refused)
        {
            refused.Message.ShouldNotBeEmpty();
        }
    }

    private static RetrievedPoints Read(byte[] response, PointId[] ids, int dimension, string? vectorName, bool withPayload = false)
    {
        using PayloadJson? json = withPayload ? new PayloadJson() : null;
        RetrievedReader reader = new(ids, dimension, vectorName, BatchMemory.Rent(ids.Length, dimension), json);
        reader.Read(response, 0);
        return reader.ToPoints();
    }

    private static Protocol.RetrievedPoint Point(PointId id, float[] components, bool dense, string? vectorName)
    {
        Protocol.VectorOutput vector = dense
            ? new Protocol.VectorOutput { Dense = new Protocol.DenseVector { Data = { components } } }
            : new Protocol.VectorOutput { Data = { components } };
        return new Protocol.RetrievedPoint
        {
            Id = id.IsGuid ? new Protocol.PointId { Uuid = id.ToString() } : new Protocol.PointId { Num = id.Number },
            Vectors = vectorName is null
                ? new Protocol.VectorsOutput { Vector = vector }
                : new Protocol.VectorsOutput
                {
                    Vectors = new Protocol.NamedVectorsOutput
                    {
                        Vectors = { ["zzz"] = new Protocol.VectorOutput(),
                    [vectorName] = vector }
                    }
                },
        };
    }

    private static byte[] Wrap(byte tag, byte[] body) => [tag, (byte)body.Length, .. body];
}
