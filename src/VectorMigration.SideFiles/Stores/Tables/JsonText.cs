using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>Writes texts as JSON.</summary>
internal static class JsonText
{
    /// <summary>As all payloads are written: letters as they are.</summary>
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = 256,
    };

    /// <summary>An object of one field.</summary>
    public static void WriteField(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        using Utf8JsonWriter writer = new(output, Options);
        writer.WriteStartObject();
        writer.WriteString(name, text);
        writer.WriteEndObject();
        writer.Flush();
    }
}
