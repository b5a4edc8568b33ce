using System.Buffers.Binary;
using System.Security.Cryptography;

namespace VectorMigration;

/// <summary>
/// Digest of an index that does not read all of it: of each of its files the length, the first and last 64 KiB, and sixteen
/// blocks of 4 KiB spread evenly between. Never the path.
/// </summary>
internal static class FileFingerprint
{
    private const int Edge = 64 << 10;
    private const int Sample = 4 << 10;
    private const int Samples = 16;

    /// <summary>SHA-256, lower-case hexadecimal.</summary>
    public static string Of(IEnumerable<FaissFile> files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[Edge];
        foreach (FaissFile file in files)
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer, file.Length);
            hash.AppendData(buffer, 0, sizeof(long));
            Append(hash, file, buffer, 0, Edge);
            for (int i = 1; i <= Samples; i++)
            {
                Append(hash, file, buffer, (long)((Int128)file.Length * i / (Samples + 1)), Sample);
            }

            Append(hash, file, buffer, Math.Max(0, file.Length - Edge), Edge);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, FaissFile file, byte[] buffer, long offset, int length)
    {
        int here = (int)Math.Min(length, file.Length - offset);
        file.ReadExactly(offset, buffer.AsSpan(0, here));
        hash.AppendData(buffer, 0, here);
    }
}
