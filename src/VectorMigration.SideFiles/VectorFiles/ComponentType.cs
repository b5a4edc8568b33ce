using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>How the components of vectors lie in a file.</summary>
/// <param name="Name">NumPy's name of the type.</param>
/// <param name="Width">Bytes of one.</param>
/// <param name="IsBigEndian">The highest byte comes first.</param>
internal sealed record ComponentType(string Name, int Width, bool IsBigEndian)
{
    /// <summary>Floats of 32 bits, as most files have them.</summary>
    public static ComponentType Float32 { get; } = new("float32", sizeof(float), false);

    /// <summary>Bytes without a sign.</summary>
    public static ComponentType Byte { get; } = new("uint8", 1, false);

    /// <summary>Half of a float's exponent and mantissa do not hold it: it is rounded.</summary>
    public bool IsRounded => Name == "float64";

    /// <summary>The type that NumPy writes as <c>&lt;f4</c>; null where vectors do not have it.</summary>
    public static ComponentType? OfNumpy(string type) => type.TrimStart('<', '>', '|', '=') switch
    {
        "f2" => new("float16", 2, type[0] == '>'),
        "f4" => new("float32", 4, type[0] == '>'),
        "f8" => new("float64", 8, type[0] == '>'),
        "i1" => new("int8", 1, false),
        "u1" => Byte,
        _ => null,
    };

    /// <summary>Makes floats of bytes.</summary>
    public void Convert(ReadOnlySpan<byte> bytes, Span<float> components)
    {
        switch (Name)
        {
            case "float32" when !IsBigEndian:
                bytes.CopyTo(MemoryMarshal.AsBytes(components));
                break;
            case "float32":
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, int>(bytes), MemoryMarshal.Cast<float, int>(components));
                break;
            case "uint8":
                for (int i = 0; i < components.Length; i++)
                {
                    components[i] = bytes[i];
                }

                break;
            case "int8":
                for (int i = 0; i < components.Length; i++)
                {
                    components[i] = (sbyte)bytes[i];
                }

                break;
            case "float16":
                for (int i = 0; i < components.Length; i++)
                {
                    ReadOnlySpan<byte> one = bytes.Slice(i * 2, 2);
                    components[i] = (float)(IsBigEndian ? BinaryPrimitives.ReadHalfBigEndian(one) : BinaryPrimitives.ReadHalfLittleEndian(one));
                }

                break;
            default:
                for (int i = 0; i < components.Length; i++)
                {
                    ReadOnlySpan<byte> one = bytes.Slice(i * 8, 8);
                    components[i] = (float)(IsBigEndian ? BinaryPrimitives.ReadDoubleBigEndian(one) : BinaryPrimitives.ReadDoubleLittleEndian(one));
                }

                break;
        }
    }
}
