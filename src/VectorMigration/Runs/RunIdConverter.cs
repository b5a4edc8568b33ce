using System.Text.Json;
using System.Text.Json.Serialization;

namespace VectorMigration.Runs;

/// <summary>The id of a run in JSON: null where there was no run.</summary>
internal sealed class RunIdConverter : JsonConverter<Guid>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override Guid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? Guid.Empty : reader.GetGuid();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Guid value, JsonSerializerOptions options)
    {
        if (value == Guid.Empty)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }
}
