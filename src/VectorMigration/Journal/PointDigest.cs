using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>
/// A point in two numbers: its id, and a digest of its vector and payload. One of 2⁶³ other points goes unnoticed by accident; not made against forgery.
/// </summary>
/// <param name="Id">The id, or both halves of its UUID in one.</param>
/// <param name="Content">Start of the SHA-256 of its components and of its payload, in whatever order its keys are; never 0.</param>
internal readonly record struct PointDigest(ulong Id, ulong Content)
{
    [ThreadStatic]
    private static IncrementalHash? hash;

    /// <summary>The digest of a point.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="components">Its vector as it came, float32.</param>
    /// <param name="payload">Its payload as bytes; empty for none.</param>
    public static PointDigest Of(PointId id, ReadOnlySpan<float> components, ReadOnlySpan<byte> payload)
    {
        hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(components));
        Span<byte> sum = stackalloc byte[PayloadDigest.Length];
        PayloadDigest.Of(payload, sum);
        hash.AppendData(sum);
        hash.GetHashAndReset(sum);
        return new PointDigest(IdOf(id), BinaryPrimitives.ReadUInt64LittleEndian(sum) | 1);
    }

    /// <summary>The number of an id alone.</summary>
    public static ulong IdOf(PointId id)
    {
        if (!id.IsGuid)
        {
            return id.Number;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.Guid.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ ulong.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), 29);
    }
}
