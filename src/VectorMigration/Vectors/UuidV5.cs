using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VectorMigration.Vectors;

/// <summary>
/// UUID version 5 (RFC 9562, 5.5) of a FAISS id or another one: SHA-1 over the OID namespace and the id in decimal or as it stands, as
/// <c>uuid.uuid5(uuid.NAMESPACE_OID, str(id))</c> gives in Python.
/// </summary>
public static class UuidV5
{
    private const int MostOnStack = 64;

    private static readonly Guid OidNamespace = new("6ba7b812-9dad-11d1-80b4-00c04fd430c8");

    /// <summary>The UUID of a FAISS id.</summary>
    public static Guid OfFaissId(long id)
    {
        Span<byte> digits = stackalloc byte[20];
        id.TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture);
        return Of(digits[..length]);
    }

    /// <summary>The UUID of an id that is a text; that of a number's digits is the number's.</summary>
    public static Guid OfText(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Of(Encoding.UTF8.GetBytes(id));
    }

    private static Guid Of(ReadOnlySpan<byte> name)
    {
        byte[]? large = name.Length > MostOnStack ? new byte[16 + name.Length] : null;
        Span<byte> input = large ?? stackalloc byte[16 + MostOnStack];
        OidNamespace.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input[16..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 9562 fixes SHA-1 for version 5; nothing here is secret.
        SHA1.HashData(input[..(16 + name.Length)], hash);
#pragma warning restore CA5350
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((BinaryPrimitives.ReadUInt16BigEndian(hash[6..]) & 0x0FFF) | 0x5000));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
