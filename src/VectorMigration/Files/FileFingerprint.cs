using System.Buffers.Binary;
using System.Security.Cryptography;

namespace VectorMigration.Files;

/// <summary>
/// Digest of files that does not read all of them: of each the length, the first and last 64 KiB, and sixteen
/// blocks of 4 KiB spread evenly between. Never the path.
/// </summary>
public static class FileFingerprint
{
    private const int Edge = 64 << 10;
    private const int Sample = 4 << 10;
    private const int Samples = 16;

    /// <summary>SHA-256, lower-case hexadecimal.</summary>
    public static string Of(IEnumerable<IPositionalFile> files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[Edge];
        foreach (IPositionalFile file in files)
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer, file.Length);
            hash.AppendData(buffer, 0, sizeof(long));
            foreach ((long offset, int length) in Blocks(file.Length))
            {
                file.ReadExactly(offset, buffer.AsSpan(0, length));
                hash.AppendData(buffer, 0, length);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The same of one file that is read as far as it goes.</summary>
    public static string Of(FileBytes bytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[Edge];
        BinaryPrimitives.WriteInt64LittleEndian(buffer, bytes.Length);
        hash.AppendData(buffer, 0, sizeof(long));
        foreach ((long offset, int length) in Blocks(bytes.Length))
        {
            hash.AppendData(buffer, 0, bytes.Read(offset, buffer.AsSpan(0, length)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<(long Offset, int Length)> Blocks(long length)
    {
        yield return (0, (int)Math.Min(Edge, length));
        for (int i = 1; i <= Samples; i++)
        {
            long offset = (long)((Int128)length * i / (Samples + 1));
            yield return (offset, (int)Math.Min(Sample, length - offset));
        }

        long last = Math.Max(0, length - Edge);
        yield return (last, (int)Math.Min(Edge, length - last));
    }
}
