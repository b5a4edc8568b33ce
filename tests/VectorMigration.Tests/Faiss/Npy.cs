using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace VectorMigration.Tests.Faiss;

/// <summary>Reads the three kinds of NumPy arrays that the fixtures hold.</summary>
internal static class Npy
{
    public static long[] Int64(string path) => MemoryMarshal.Cast<byte, long>(Data(path, "<i8")).ToArray();

    public static float[] Float32(string path) => MemoryMarshal.Cast<byte, float>(Data(path, "<f4")).ToArray();

    public static byte[] Bytes(string path) => Data(path, "|u1");

    private static byte[] Data(string path, string type)
    {
        byte[] file = File.ReadAllBytes(path);
        int header = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        string text = Encoding.ASCII.GetString(file, 10, header);
        text.ShouldContain($"'descr': '{type}'");
        text.ShouldContain("'fortran_order': False");
        return file[(10 + header)..];
    }
}
