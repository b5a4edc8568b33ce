using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VectorMigration.Vectors;

/// <summary>
/// UUIDs of ids that belong to a part: <c>uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_OID, part), str(id))</c> in Python, so that two parts that both count their
/// ids from 0 have no UUID in common.
/// </summary>
internal static class NamedUuid
{
    private static readonly Guid OidNamespace = new("6ba7b812-9dad-11d1-80b4-00c04fd430c8");

    /// <summary>The namespace of a part.</summary>
    public static Guid OfPart(string part) => Of(OidNamespace, Encoding.UTF8.GetBytes(part));

    /// <summary>The UUID of an id within a namespace.</summary>
    public static Guid OfId(Guid space, Int128 id)
    {
        Span<byte> digits = stackalloc byte[40];
        id.TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture);
        return Of(space, digits[..length]);
    }

    /// <summary>The UUID of an id that is a text within a namespace.</summary>
    public static Guid OfText(Guid space, string id) => Of(space, Encoding.UTF8.GetBytes(id));

    // RFC 9562, 5.5
    private static Guid Of(Guid space, ReadOnlySpan<byte> name)
    {
        byte[] input = new byte[16 + name.Length];
        space.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input.AsSpan(16));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 9562 fixes SHA-1 for version 5; nothing here is secret.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((BinaryPrimitives.ReadUInt16BigEndian(hash[6..]) & 0x0FFF) | 0x5000));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
