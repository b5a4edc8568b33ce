using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace VectorMigration.Journal;

/// <summary>
/// A digest of a payload that does not depend on the order of its keys: a hashtable of a script has another order in each process. Nothing is copied, because
/// a payload may weigh many megabytes.
/// </summary>
internal static class PayloadDigest
{
    /// <summary>Bytes of a digest.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>Deeper than any payload that Qdrant takes.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000 };

    /// <summary>Writes the digest of a payload.</summary>
    /// <param name="json">One JSON object, UTF-8; empty for none.</param>
    /// <param name="digest">Takes <see cref="Length"/> bytes; zeros for no payload.</param>
    public static void Of(ReadOnlySpan<byte> json, Span<byte> digest)
    {
        if (json.IsEmpty)
        {
            digest.Clear();
            return;
        }

        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Utf8JsonReader reader = new(json, Options);
            reader.Read();
            Value(ref reader, hash, digest);
        }
        catch (JsonException)
        {
            // It is refused where it is encoded; until then its bytes are what it is.
            SHA256.HashData(json, digest);
        }
    }

    private static void Value(ref Utf8JsonReader reader, IncrementalHash hash, scoped Span<byte> digest)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Members(ref reader, hash, digest);
                break;
            case JsonTokenType.StartArray:
                Elements(ref reader, hash, digest);
                break;
            default:
                hash.AppendData([(byte)reader.TokenType]);
                hash.AppendData(reader.ValueSpan);
                hash.GetHashAndReset(digest);
                break;
        }
    }

    /// <summary>The sum of the members: it is the same in every order.</summary>
    private static void Members(ref Utf8JsonReader reader, IncrementalHash hash, scoped Span<byte> digest)
    {
        Span<byte> member = stackalloc byte[Length];
        Span<byte> sum = stackalloc byte[Length];
        sum.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = reader.ValueSpan;
            reader.Read();
            Value(ref reader, hash, member);

            // The digest of the value is of one length, so that the end of the name is told.
            hash.AppendData(name);
            hash.AppendData(member);
            hash.GetHashAndReset(member);
            for (int at = 0; at < Length; at += sizeof(ulong))
            {
                ulong lane = unchecked(BinaryPrimitives.ReadUInt64LittleEndian(sum[at..]) + BinaryPrimitives.ReadUInt64LittleEndian(member[at..]));
                BinaryPrimitives.WriteUInt64LittleEndian(sum[at..], lane);
            }
        }

        hash.AppendData([(byte)JsonTokenType.StartObject]);
        hash.AppendData(sum);
        hash.GetHashAndReset(digest);
    }

    private static void Elements(ref Utf8JsonReader reader, IncrementalHash hash, scoped Span<byte> digest)
    {
        Span<byte> element = stackalloc byte[Length];
        Span<byte> chain = stackalloc byte[Length];
        chain.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Value(ref reader, hash, element);
            hash.AppendData(chain);
            hash.AppendData(element);
            hash.GetHashAndReset(chain);
        }

        hash.AppendData([(byte)JsonTokenType.StartArray]);
        hash.AppendData(chain);
        hash.GetHashAndReset(digest);
    }
}
