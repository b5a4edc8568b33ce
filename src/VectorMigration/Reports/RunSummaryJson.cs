using System.Text.Json;
using System.Text.Json.Serialization;

namespace VectorMigration.Reports;

/// <summary>The JSON of run summaries: camelCase names, enums as text, durations as seconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    MaxDepth = 16,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class RunSummaryJson : JsonSerializerContext;

/// <summary>A duration as seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        double seconds = reader.GetDouble();
        return Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds ? ToTimeSpan(seconds) : throw new JsonException("A duration is out of range.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);

    /// <summary>The nearest tick: <see cref="TimeSpan.FromSeconds(double)"/> cuts, and would lose one where the seconds are not exact in binary.</summary>
    public static TimeSpan ToTimeSpan(double seconds) => new((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
}
