using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>
/// A point in two numbers: its id, and a digest of its vector and payload. One of 2⁶³ other points goes unnoticed by accident; not made against forgery.
/// </summary>
/// <param name="Id">The id, or both halves of its UUID in one.</param>
/// <param name="Content">Start of the SHA-256 of the SHA-256 of its components and of its payload's digest, in whatever order its keys are; never 0.</param>
internal readonly record struct PointDigest(ulong Id, ulong Content)
{
    /// <summary>The digest of a point.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="components">Its vector as it came, float32.</param>
    /// <param name="payload">Its payload as bytes; empty for none.</param>
    public static PointDigest Of(PointId id, ReadOnlySpan<float> components, ReadOnlySpan<byte> payload)
    {
        Span<byte> both = stackalloc byte[SHA256.HashSizeInBytes + PayloadDigest.Length];
        SHA256.HashData(MemoryMarshal.AsBytes(components), both);
        PayloadDigest.Of(payload, both[SHA256.HashSizeInBytes..]);
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(both, sum);
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
