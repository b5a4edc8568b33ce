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
    /// <summary>The record of written ids beside the journal; null for journals that have none: of pipelines, and of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Guid? Record { get; init; }

    /// <summary>The record beside the journal of what a pipeline sent; null for journals that have none: of the one command, and of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Guid? Sent { get; init; }

    /// <summary>Some of what was acknowledged is not in that record: it was begun when the journal had been written to without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SentIsPartial { get; init; }

    /// <summary>Name of the file of the payloads, without folders; null without payloads, for pipelines, and in journals of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? PayloadFile { get; init; }

    /// <summary>Last write to that file, UTC; a difference is warned of. Null for folders, and in journals of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTime? PayloadWrittenAt { get; init; }

    /// <summary>Version of the format that it was read from.</summary>
    [JsonIgnore]
    public int Version { get; init; } = JournalLine.Version;

    /// <summary>The line's text.</summary>
    public string ToText() => $"{Opening(JournalLine.Version)}{JsonSerializer.Serialize(this, JournalJson.Default.JournalHeader)}";

    private static string Opening(int version) => $"{JournalLine.Magic} {version} ";

    /// <summary>The header that a text tells; null when it tells none.</summary>
    public static JournalHeader? Parse(string text)
    {
        int version = Enumerable.Range(JournalLine.OldestVersion, JournalLine.Version - JournalLine.OldestVersion + 1)
            .FirstOrDefault(known => text.StartsWith(Opening(known), StringComparison.Ordinal));
        try
        {
            return version > 0
                && JsonSerializer.Deserialize(text.AsSpan(Opening(version).Length), JournalJson.Default.JournalHeader) is { Key: not null } header
                ? header with { Version = version }
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
