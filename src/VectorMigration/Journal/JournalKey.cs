using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>
/// What a journal belongs to: the index, how its ids and payloads become points, and where they go. Not the limit, so that a larger one goes on.
/// </summary>
/// <param name="Index">Length and fingerprint of the index, never its path: a moved file is still itself.</param>
/// <param name="Vectors">Vectors of the index.</param>
/// <param name="Payload">Length and fingerprint of the payload file; <c>none</c>, or <c>pipeline</c> for payloads that came with the vectors.</param>
/// <param name="IdMapping">How FAISS ids become point ids.</param>
/// <param name="Endpoint">Endpoint without secrets.</param>
/// <param name="Collection">Collection.</param>
/// <param name="VectorName">Name of the vector; empty for the unnamed one.</param>
internal sealed partial record JournalKey(
    string Index, long Vectors, string Payload, IdMapping IdMapping, string Endpoint, string Collection, string VectorName)
{
    /// <summary>Which ids become point ids.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IdOrigin IdFrom { get; init; }

    /// <summary>The vectors are the originals, under the ids of an index that holds codes of them. Not in journals of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasOriginals { get; init; }

    /// <summary>Added to every id; 0 in journals of version 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long IdOffset { get; init; }

    /// <summary>The part that UUIDs contain; null for none, and in journals of version 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? IdNamespace { get; init; }

    /// <summary>Field that keeps ids which became UUIDs; null for <c>faiss_id</c>, and in journals from before there was a choice.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? IdField { get; init; }

    /// <summary>Field of the payload that holds the FAISS id; null for payloads in the order of adding.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? PayloadKey { get; init; }

    /// <summary>That field is left out of the payload.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DropPayloadKey { get; init; }

    /// <summary>What became of vectors without a payload.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public MissingPayload OnMissingPayload { get; init; }

    /// <summary>What became of whole numbers beyond 64 bits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LargeInteger LargeInteger { get; init; }

    /// <summary>What becomes of the fields of payloads, in words; null where they stay what they are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? PayloadMapping { get; init; }

    /// <summary>Which of a framework's layouts payloads get.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public PayloadLayout PayloadLayout { get; init; }

    /// <summary>Key of the shards that points go to; null for none, and in journals of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? ShardKey { get; init; }

    /// <summary>Field of the payload that holds that key; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? ShardKeyField { get; init; }

    /// <summary>No payload.</summary>
    public const string NoPayload = "none";

    /// <summary>Payloads that came with the vectors through a pipeline.</summary>
    public const string PipelinePayload = "pipeline";

    /// <summary>The key of vectors of an index.</summary>
    public static JournalKey Of(IndexDescription index, string? payload, IdMapping idMapping, string endpoint, string collection, string? vectorName) => new(
        IndexOf(index.Identity.Length, index.Identity.Fingerprint), index.Count, payload ?? NoPayload, idMapping, endpoint, collection,
            vectorName ?? string.Empty)
    {
        HasOriginals = index.OriginalsPath is not null,
    };

    /// <summary>What a key has for the content of an index.</summary>
    /// <param name="indexLength">Length in bytes.</param>
    /// <param name="fingerprint">Its digest.</param>
    public static string IndexOf(long indexLength, string fingerprint) => $"{indexLength} bytes, {fingerprint}";

    /// <summary>The key of a part with ids of its own.</summary>
    public JournalKey WithPart(long idOffset, string? idNamespace) =>
        this with { IdOffset = idOffset, IdNamespace = string.IsNullOrEmpty(idNamespace) ? null : idNamespace };

    /// <summary>Whether both are about the same vectors under the same point ids of the same vector: then what one wrote is the other's too.</summary>
    public bool IsOfTheSamePoints(JournalKey other) => Index == other.Index && MapsIdsAs(other) && (IdFrom == IdOrigin.FaissId || Payload == other.Payload);

    /// <summary>Whether both make the same point of the same vector out of an id, whatever index it comes from.</summary>
    public bool MapsIdsAs(JournalKey other) =>
        IdMapping == other.IdMapping && IdOffset == other.IdOffset && IdNamespace == other.IdNamespace
        && Collection == other.Collection && VectorName == other.VectorName && IdFrom == other.IdFrom;

    /// <summary>Whether index, payload or what is made of the payload are others than a journal was begun with.</summary>
    public bool HasOtherSource(JournalKey begun) => WithSourceOf(begun) != this;

    /// <summary>The same key with the index and the payload of another. What is made of a payload is a part of it: a comparison by id
    /// sees every change.</summary>
    public JournalKey WithSourceOf(JournalKey other) => WithPayloadOf(other) with { Index = other.Index, Vectors = other.Vectors };

    /// <summary>The same key with the payload of another, and what is made of it.</summary>
    public JournalKey WithPayloadOf(JournalKey other) => this with
    {
        Payload = other.Payload,
        PayloadKey = other.PayloadKey,
        DropPayloadKey = other.DropPayloadKey,
        OnMissingPayload = other.OnMissingPayload,
        LargeInteger = other.LargeInteger,
        PayloadMapping = other.PayloadMapping,
        PayloadLayout = other.PayloadLayout,
    };

    /// <summary>What differs from the key that a journal was begun with, in words; empty when nothing does.</summary>
    /// <param name="begun">The key that it was begun with.</param>
    /// <param name="isSameCollection">The collection says by its run id that it is the same: then its endpoint may have another name by now.</param>
    public IReadOnlyList<string> DifferencesFrom(JournalKey begun, bool isSameCollection = false)
    {
        var differences = new List<string>();
        Content("index", begun.Index, Index);
        Compare("vectors of the index", begun.Vectors.ToString("N0", CultureInfo.InvariantCulture), Vectors.ToString("N0", CultureInfo.InvariantCulture));
        if (begun.HasOriginals && !HasOriginals)
        {
            // Codes are less than the originals, which are there. The other way round is an improvement, and is told as other content of the index.
            differences.Add($"original vectors (-OriginalVectors): {Told(true)} in the journal, {Told(false)} now");
        }

        Content("payload", begun.Payload, Payload);
        Compare("ids", begun.IdFrom, IdFrom);
        Compare("id mapping", begun.IdMapping, IdMapping);
        Compare("id offset", begun.IdOffset, IdOffset);
        Compare("id namespace", begun.IdNamespace ?? "none", IdNamespace ?? "none");
        Compare("id field", begun.IdField ?? DefaultField(begun), IdField ?? DefaultField(this));
        Compare("payload key", begun.PayloadKey ?? "none", PayloadKey ?? "none");
        Compare("payload key dropped", begun.DropPayloadKey, DropPayloadKey);
        Compare("vectors without a payload", begun.OnMissingPayload, OnMissingPayload);
        Compare("integers beyond 64 bits", begun.LargeInteger, LargeInteger);
        Compare("payload mapping", begun.PayloadMapping ?? "none", PayloadMapping ?? "none");
        Compare("payload layout", begun.PayloadLayout, PayloadLayout);
        if (!isSameCollection && !EndpointAddresses.AreSame(begun.Endpoint, Endpoint))
        {
            Compare("endpoint", begun.Endpoint, Endpoint);
        }

        Compare("collection", begun.Collection, Collection);
        Compare("shard key", begun.ShardKey ?? "none", ShardKey ?? "none");
        Compare("shard key field", begun.ShardKeyField ?? "none", ShardKeyField ?? "none");
        Compare("vector name", Named(begun.VectorName), Named(VectorName));
        return differences;

        void Compare<T>(string what, T was, T now)
        {
            if (!EqualityComparer<T>.Default.Equals(was, now))
            {
                differences.Add($"{what}: {Told(was)} in the journal, {Told(now)} now");
            }
        }

        void Content(string what, string was, string now)
        {
            if (was != now)
            {
                (string before, string present) = (Readable(was), Readable(now));
                differences.Add(before == present ? $"{what}: same length ({present}), other content" : $"{what}: {before} in the journal, {present} now");
            }
        }
    }

    /// <summary>A value as this surface writes it: the command line has its names in small letters.</summary>
    private static string? Told<T>(T value) => value switch
    {
        Enum name => OptionNames.Choose($"{name}", name is IdOrigin ? (name.Equals(IdOrigin.StoreId) ? "store" : "faiss") : $"{name}".ToLowerInvariant()),
        bool isSo => isSo ? "yes" : "no",
        _ => value?.ToString(),
    };

    /// <summary>Length and fingerprint without the fingerprint, which tells people nothing, and with the length as people read it.</summary>
    private static string Readable(string content) => Length().Replace(
        Digest().Replace(content, string.Empty),
        static match => $"{long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture)} bytes");

    [GeneratedRegex(", [0-9a-f]{4,64}(?![0-9a-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Digest();

    [GeneratedRegex("([0-9]{1,18}) bytes", RegexOptions.CultureInvariant)]
    private static partial Regex Length();

    private static string DefaultField(JournalKey key) => key.IdFrom == IdOrigin.StoreId ? "store_id" : "faiss_id";

    private static string Named(string name) => name.Length == 0 ? "the unnamed vector" : $"'{name}'";
}
