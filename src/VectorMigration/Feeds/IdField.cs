using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>The field in which a payload keeps the id that became a UUID.</summary>
internal static class IdField
{
    /// <summary>Its name, unless another one is asked for.</summary>
    public const string Default = "faiss_id";

    /// <summary>Its name where ids come from a store.</summary>
    public const string OfStore = "store_id";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds the ids at the end of every payload.</summary>
    public static PayloadBlock AddTo(PayloadBlock? rows, ReadOnlySpan<long> ids, string? name)
    {
        byte[] field = Name(name);
        int[] offsets = new int[ids.Length + 1];
        var bytes = new ArrayBufferWriter<byte>(ids.Length * 32);
        Span<byte> number = stackalloc byte[20];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i].TryFormat(number, out int length, provider: CultureInfo.InvariantCulture);
            Append(bytes, rows is null ? default : rows[i].Span, field, number[..length]);
            offsets[i + 1] = bytes.WrittenCount;
        }

        return new PayloadBlock(bytes.WrittenMemory, offsets);
    }

    /// <summary>Adds the ids of a store at the end of every payload.</summary>
    public static PayloadBlock AddTo(PayloadBlock? rows, ReadOnlySpan<long> ids, PointIdTable store, string? name)
    {
        byte[] field = Name(name ?? OfStore);
        int[] offsets = new int[ids.Length + 1];
        var bytes = new ArrayBufferWriter<byte>(ids.Length * 64);
        for (int i = 0; i < ids.Length; i++)
        {
            Append(bytes, rows is null ? default : rows[i].Span, field, Quoted(store.TextOf(ids[i])));
            offsets[i + 1] = bytes.WrittenCount;
        }

        return new PayloadBlock(bytes.WrittenMemory, offsets);
    }

    /// <summary>Adds an id to a payload: a number, or a text as it was given.</summary>
    public static ReadOnlyMemory<byte> AddTo(ReadOnlyMemory<byte> payload, long id, string? text, string? name)
    {
        var bytes = new ArrayBufferWriter<byte>(payload.Length + 64);
        Append(bytes, payload.Span, Name(name), text is null ? Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture)) : Quoted(text));
        return bytes.WrittenMemory;
    }

    private static void Append(ArrayBufferWriter<byte> bytes, ReadOnlySpan<byte> row, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        int close = row.LastIndexOf((byte)'}');
        ReadOnlySpan<byte> body = close < 0 ? "{"u8 : row[..close];
        bytes.Write(body);
        bytes.Write(body.TrimEnd(" \t\r\n"u8).EndsWith("{"u8) ? default : ","u8);
        bytes.Write(field);
        bytes.Write(":"u8);
        bytes.Write(value);
        bytes.Write("}"u8);
    }

    private static byte[] Name(string? name) => Quoted(name ?? Default);

    /// <summary>A text as JSON has it.</summary>
    internal static byte[] Quoted(string text)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes, Options);
        writer.WriteStringValue(text);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
