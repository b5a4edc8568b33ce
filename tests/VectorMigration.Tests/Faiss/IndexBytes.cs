using System.Text;

namespace VectorMigration.Tests.Faiss;

/// <summary>Writes index records byte by byte, as FAISS would or as nobody should.</summary>
internal sealed class IndexBytes
{
    private readonly List<byte> bytes = [];

    public static IndexBytes Flat(int dimension, float[] vectors, int metric = 1, float argument = 0, string code = "IxF2") =>
        new IndexBytes().Header(code, dimension, vectors.Length / dimension, metric, argument).Floats(vectors);

    public static IndexBytes Ivf(int dimension, long lists, long told) =>
        new IndexBytes().Header("IwFl", dimension, told).U64((ulong)lists).U64(1).Append(Flat(dimension, [])).U8(0).U64(0);

    public byte[] ToArray() => [.. bytes];

    public IndexBytes Header(string code, int dimension, long count, int metric = 1, float argument = 0)
    {
        Code(code).I32(dimension).I64(count).I64(1 << 20).I64(1 << 20).U8(1).I32(metric);
        return metric > 1 ? F32(argument) : this;
    }

    public IndexBytes Code(string code) => Bytes(Encoding.ASCII.GetBytes(code));

    public IndexBytes U8(byte value) => Bytes([value]);

    public IndexBytes I32(int value) => Bytes(BitConverter.GetBytes(value));

    public IndexBytes I64(long value) => Bytes(BitConverter.GetBytes(value));

    public IndexBytes U64(ulong value) => Bytes(BitConverter.GetBytes(value));

    public IndexBytes F32(float value) => Bytes(BitConverter.GetBytes(value));

    public IndexBytes Append(IndexBytes other) => Bytes(other.ToArray());

    public IndexBytes Bytes(byte[] more)
    {
        bytes.AddRange(more);
        return this;
    }

    /// <summary>A vector of floats: count, then components.</summary>
    public IndexBytes Floats(params float[] values)
    {
        U64((ulong)values.Length);
        Array.ForEach(values, value => F32(value));
        return this;
    }

    /// <summary>A vector of ids: count, then ids.</summary>
    public IndexBytes Ids(params long[] values) => U64((ulong)values.Length).Raw(values);

    /// <summary>Numbers without a count.</summary>
    public IndexBytes Raw(params long[] values)
    {
        Array.ForEach(values, value => I64(value));
        return this;
    }
}
