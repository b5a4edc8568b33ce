using System.Buffers.Binary;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles;

/// <summary>Vectors that are kept as bytes: float32, float64 or float16, the lowest byte first, or a NumPy array of them.</summary>
internal static class VectorBytes
{
    /// <summary>Components of embeddings are far below this, and few of them tiny; hashes and other bytes that are read as numbers rarely are so.</summary>
    private const float Greatest = 1e4f, GreatestHalf = 100f, Tiny = 1e-8f;

    private const int Base64Digits = 4, Base64Bytes = 3;

    private static readonly string[] Types = ["<f4", "<f8", "<f2"];

    /// <summary>Reads a vector of as many components as there is room for; false where the bytes are none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, Span<float> components)
    {
        ReadOnlySpan<byte> data = DataOf(bytes, out string? type);
        foreach (string candidate in type is null ? Types : [type])
        {
            if (ComponentType.OfNumpy(candidate) is ComponentType found && data.Length == (long)components.Length * found.Width)
            {
                found.Convert(data, components);
                return AreComponents(components, found.Width == 2 && type is null ? GreatestHalf : Greatest);
            }
        }

        return false;
    }

    /// <summary>Reads a vector whose bytes stand as Base64 in a text.</summary>
    public static bool TryReadBase64(ReadOnlySpan<char> text, Span<float> components)
    {
        // Python's encodebytes breaks lines.
        long most = (((long)components.Length * sizeof(double)) + 512) / Base64Bytes * Base64Digits * 79 / 76;
        long least = (long)components.Length * 2 / Base64Bytes * Base64Digits;
        if (text.Length < least || text.Length > most + Base64Digits)
        {
            return false;
        }

        byte[] bytes = new byte[text.Length];
        return System.Convert.TryFromBase64Chars(text, bytes, out int length) && TryRead(bytes.AsSpan(0, length), components);
    }

    /// <summary>The components of an array that NumPy saved with its type; other bytes are all data.</summary>
    private static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> bytes, out string? type)
    {
        type = null;
        if (bytes.Length < 12 || bytes[0] != 0x93 || !bytes[1..].StartsWith("NUMPY"u8))
        {
            return bytes;
        }

        int start = bytes[6] == 1 ? 10 : 12;
        long length = bytes[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (start + length > bytes.Length)
        {
            return bytes;
        }

        ReadOnlySpan<byte> header = bytes.Slice(start, (int)length);
        foreach (string candidate in Types)
        {
            if (header.IndexOf(System.Text.Encoding.ASCII.GetBytes(candidate)) >= 0)
            {
                type = candidate;
            }
        }

        return bytes[(int)(start + length)..];
    }

    private static bool AreComponents(ReadOnlySpan<float> components, float greatest)
    {
        int tiny = 0;
        foreach (float component in components)
        {
            if (!(Math.Abs(component) <= greatest))
            {
                return false;
            }

            tiny += component != 0 && Math.Abs(component) < Tiny ? 1 : 0;
        }

        return tiny <= components.Length / 2;
    }
}
