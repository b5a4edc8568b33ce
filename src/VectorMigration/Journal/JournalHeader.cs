using System.Text.Json;
using System.Text.Json.Serialization;

namespace VectorMigration.Journal;

/// <summary>The first line of a journal: what it belongs to.</summary>
/// <param name="Key">Index, mapping and target.</param>
/// <param name="CollectionRun">The run id in the collection's metadata when the journal was begun; null where the collection has none (servers before 1.16,
/// or a collection made by hand).</param>
/// <param name="BegunAt">When it was begun, UTC.</param>
/// <param name="IndexPath">Where the index was then; told in messages, never compared.</param>
/// <param name="IndexWrittenAt">Last write to the index, UTC; a difference is warned of.</param>
internal sealed record JournalHeader(JournalKey Key, string? CollectionRun, DateTimeOffset BegunAt, string IndexPath, DateTime IndexWrittenAt)
{
    /// <summary>The line's text.</summary>
    public string ToText() => $"{JournalLine.Magic} {JournalLine.Version} {JsonSerializer.Serialize(this, JournalJson.Default.JournalHeader)}";

    /// <summary>The header that a text tells; null when it tells none.</summary>
    public static JournalHeader? Parse(string text)
    {
        string opening = $"{JournalLine.Magic} {JournalLine.Version} ";
        try
        {
            return text.StartsWith(opening, StringComparison.Ordinal)
                && JsonSerializer.Deserialize(text.AsSpan(opening.Length), JournalJson.Default.JournalHeader) is { Key: not null } header
                ? header
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>JSON of a journal's header.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalHeader))]
internal sealed partial class JournalJson : JsonSerializerContext;
