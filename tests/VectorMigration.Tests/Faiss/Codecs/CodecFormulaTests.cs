using System.Runtime.InteropServices;

namespace VectorMigration.Tests.Faiss.Codecs;

/// <summary>Every decoder against the plain formula of the format, on random codes, at all lengths that leave a rest.</summary>
public sealed class CodecFormulaTests
{
    /// <summary>Up to three of the widest vectors and a rest, and more than is spread at once.</summary>
    private static readonly int[] Dimensions = [.. Enumerable.Range(1, 100), 1023, 1024, 1025, 2051];

    public static TheoryData<int> ScalarTypes => [.. Enumerable.Range(0, 9), 10, 11, 12, 13, 14, .. Enumerable.Range(19, 8)];

    [Theory]
    [MemberData(nameof(ScalarTypes))]
    public void Scalar_quantizers_follow_their_formula_bit_for_bit(int type)
    {
        var random = new Random(type);
        foreach (int dimension in Dimensions)
        {
            float[] trained = Differences.Numbers(random, ScalarCodecs.TrainedLength(type, dimension));
            VectorCodec codec = ScalarCodecs.Create(type, dimension, trained);
            byte[] codes = Bytes(random, 3 * codec.CodeSize);
            float[] truth = new float[3 * dimension];
            for (int i = 0; i < truth.Length; i++)
            {
                truth[i] = Scalar(type, codes.AsSpan(i / dimension * codec.CodeSize), i % dimension, dimension, trained);
            }

            Decoded(codec, codes).ShouldBe(Bits(truth), $"{dimension}");
        }
    }

    [Fact]
    public void Every_half_is_its_float()
    {
        byte[] codes = new byte[2 * 65536];
        for (int i = 0; i < 65536; i++)
        {
            MemoryMarshal.Write(codes.AsSpan(2 * i), (ushort)i);
        }

        float[] vectors = new float[65536];
        new HalfCodec(65536).Decode(codes, vectors);
        for (int i = 0; i < 65536; i++)
        {
            float truth = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            BitConverter.SingleToUInt32Bits(HalfCodec.ToSingle((ushort)i)).ShouldBe(BitConverter.SingleToUInt32Bits(vectors[i]));
            if (float.IsNaN(truth))
            {
                float.IsNaN(vectors[i]).ShouldBeTrue();
            }
            else
            {
                BitConverter.SingleToUInt32Bits(vectors[i]).ShouldBe(BitConverter.SingleToUInt32Bits(truth));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(13)]
    public void Product_quantizers_take_the_entries_of_their_fields(int bits)
    {
        var random = new Random(bits);
        foreach (int parts in new[] { 1, 2, 3, 7, 48, 255, 256, 257 })
        {
            foreach (int width in new[] { 1, 2, 3, 4, 6, 8, 12, 16, 24 })
            {
                if ((long)parts * width << bits > 3_000_000)
                {
                    continue;
                }

                float[] tables = Differences.Numbers(random, parts * width << bits);
                var codec = new ProductCodec(parts * width, parts, bits, tables);
                byte[] codes = Bytes(random, 2 * codec.CodeSize);
                float[] truth = new float[2 * codec.Dimension];
                for (int i = 0; i < truth.Length; i++)
                {
                    (int row, int component) = int.DivRem(i, codec.Dimension);
                    int field = Field(codes.AsSpan(row * codec.CodeSize), component / width * bits, bits);
                    truth[i] = tables[((((component / width) << bits) + field) * width) + (component % width)];
                }

                Decoded(codec, codes).ShouldBe(Bits(truth), $"{parts} {width}");
            }
        }
    }

    /// <summary>Sixteen bits have a path of their own, and so have fields that no byte begins with.</summary>
    [Theory]
    [InlineData(16, 3)]
    [InlineData(17, 2)]
    [InlineData(20, 1)]
    public void Wide_fields_are_read_whole(int bits, int parts)
    {
        var random = new Random(bits);
        float[] tables = Differences.Numbers(random, parts << bits);
        var codec = new ProductCodec(parts, parts, bits, tables);
        byte[] codes = Bytes(random, 5 * codec.CodeSize);
        float[] truth = new float[5 * parts];
        for (int i = 0; i < truth.Length; i++)
        {
            truth[i] = tables[(i % parts << bits) + Field(codes.AsSpan(i / parts * codec.CodeSize), i % parts * bits, bits)];
        }

        Decoded(codec, codes).ShouldBe(Bits(truth));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Additive_quantizers_add_entries_in_order(int parts)
    {
        var random = new Random(parts);
        foreach (int[] widths in new int[][] { [5], [4, 4, 4], [8, 4, 4], [1, 9, 0, 3], [11, 7] })
        {
            foreach (int partWidth in new[] { 1, 4, 7, 16, 37 })
            {
                int[] all = [.. Enumerable.Repeat(widths, parts).SelectMany(static each => each)];
                int bits = all.Sum();
                float[] books = Differences.Numbers(random, all.Sum(static width => 1 << width) * partWidth);
                var codec = new AdditiveCodec("RQ", parts * partWidth, parts, all, books, ((bits + 7) / 8) + 2);
                byte[] codes = Bytes(random, 4 * codec.CodeSize);
                float[] truth = new float[4 * codec.Dimension];
                for (int i = 0; i < truth.Length; i++)
                {
                    (int row, int component) = int.DivRem(i, codec.Dimension);
                    truth[i] = Sum(codes.AsSpan(row * codec.CodeSize), all, component / partWidth * widths.Length, widths.Length, books, partWidth,
                        component % partWidth);
                }

                Decoded(codec, codes).ShouldBe(Bits(truth), $"{widths.Length} {partWidth}");
            }
        }
    }

    [Fact]
    public void Lengths_that_do_not_belong_together_are_refused()
    {
        var codec = new RangeCodec("SQ8", 8, new float[4], new float[4]);
        Should.Throw<ArgumentException>(() => codec.Decode(new byte[8], new float[4]));
        Should.Throw<ArgumentException>(() => codec.Decode(new byte[4], new float[5]));
        Should.Throw<ArgumentException>(() => new EmptyCodec(3).Decode(new byte[1], new float[3]));
        Should.Throw<ArgumentException>(() => ScalarCodecs.Create(27, 4, new float[100]));
        Should.Throw<ArgumentException>(() => ScalarCodecs.Create(0, 4, new float[7]));
        Should.Throw<ArgumentException>(() => new ProductCodec(5, 2, 4, new float[80]));
        Should.Throw<ArgumentException>(() => new AdditiveCodec("RQ", 4, 1, [4], new float[63], 1));
        Should.Throw<ArgumentException>(() => new AdditiveCodec("RQ", 4, 1, [9], new float[2048], 1));
        Should.Throw<ArgumentException>(() => new RaBitQCodec(9, 9, []));
        Should.Throw<ArgumentException>(() => new EdenCodec(8, 9, 100, []));
        Should.Throw<ArgumentException>(() => new LshCodec(8, 9, [], null, 1));
    }

    [Fact]
    public void Codes_without_bytes_are_zeros()
    {
        float[] vectors = [1, 2, 3, 4, 5, 6];
        ScalarCodecs.Create(9, 3, []).Decode([], vectors);
        vectors.ShouldBe(new float[6]);
    }

    private static float Scalar(int type, Span<byte> code, int component, int dimension, float[] trained)
    {
        switch (type)
        {
            case 0 or 1 or 6:
                int bits = type == 0 ? 8 : type == 1 ? 4 : 6;
                return trained[component] + (((Field(code, component * bits, bits) + 0.5f) / ((1 << bits) - 1)) * trained[dimension + component]);
            case 2 or 3:
                int uniform = type == 2 ? 8 : 4;
                return trained[0] + (((Field(code, component * uniform, uniform) + 0.5f) / ((1 << uniform) - 1)) * trained[1]);
            case 4:
                return HalfCodec.ToSingle((ushort)Field(code, component * 16, 16));
            case 5:
                return code[component];
            case 7:
                return BitConverter.UInt32BitsToSingle((uint)Field(code, component * 16, 16) << 16);
            case 8:
                return code[component] - 128f;
            default:
                int width = type == 14 ? 8 : type >= 19 ? type - 18 : type - 9;
                return trained[Field(code, component * width, width)];
        }
    }

    private static float Sum(ReadOnlySpan<byte> code, int[] widths, int first, int count, float[] books, int partWidth, int component)
    {
        float sum = 0;
        for (int field = first; field < first + count; field++)
        {
            int entry = widths.Take(field).Sum(static width => 1 << width) + Field(code, widths.Take(field).Sum(), widths[field]);
            float value = books[(entry * partWidth) + component];
            sum = field == first ? value : sum + value;
        }

        return sum;
    }

    /// <summary>Bit by bit, as the format says it.</summary>
    private static int Field(ReadOnlySpan<byte> code, int bit, int width)
    {
        int field = 0;
        for (int i = 0; i < width; i++)
        {
            field |= ((code[(bit + i) / 8] >> ((bit + i) % 8)) & 1) << i;
        }

        return field;
    }

    private static uint[] Decoded(VectorCodec codec, byte[] codes)
    {
        float[] vectors = new float[codes.Length / codec.CodeSize * codec.Dimension];
        codec.Decode(codes, vectors);
        return Bits(vectors);
    }

    private static uint[] Bits(float[] vectors) => MemoryMarshal.Cast<float, uint>(vectors).ToArray();

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
