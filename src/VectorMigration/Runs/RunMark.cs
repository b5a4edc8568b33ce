using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// What a run leaves in the metadata of its collection while it is under way, so that another one that would write the same ids is refused: two that
/// start at the same time both find a collection empty. A mark that is not renewed is passed over after <see cref="Lease"/>.
/// </summary>
internal sealed record RunMark
{
    /// <summary>How long a mark counts after it was last renewed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>What the key of a mark begins with; the run id follows.</summary>
    private const string KeyPrefix = "vector_migration_live_";

    /// <summary>The run.</summary>
    public required Guid Run { get; init; }

    /// <summary>Name of the index file, without its folder; told in messages.</summary>
    public required string Source { get; init; }

    /// <summary>The journal that the run holds, as a digest; null without one. Of two runs with one journal only one is alive: it is locked.</summary>
    public string? Journal { get; init; }

    /// <summary>Which ids are meant: numbers, or UUIDs of a part. Ids of different spaces never meet.</summary>
    public required string Space { get; init; }

    /// <summary>The least and the greatest id, as numbers; null where they are not known beforehand (pipelines).</summary>
    public long? First { get; init; }

    /// <inheritdoc cref="First"/>
    public long? Last { get; init; }

    /// <summary>Name of the vector where only that is written (a merge); null where whole points are.</summary>
    public string? MergedVector { get; init; }

    /// <summary>The plan of slices that the run belongs to; null for none. Its slices have no vector in common, and one that runs twice sends the same
    /// points.</summary>
    public Guid? Job { get; init; }

    /// <summary>When the run began, UTC.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>When it was last heard of, UTC.</summary>
    public DateTimeOffset Seen { get; init; }

    /// <summary>True once it has ended, while others that it met were under way.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Ended { get; init; }

    /// <summary>The key that it stands under.</summary>
    [JsonIgnore]
    public string Key => KeyPrefix + Run.ToString("N");

    /// <summary>When it is passed over if nothing more is heard of the run.</summary>
    [JsonIgnore]
    public DateTimeOffset Until => Seen + Lease;

    /// <summary>The mark of a run, without its ids.</summary>
    public static RunMark For(MigrationOptions options, Guid run, string path, DateTimeOffset now) => new()
    {
        Run = run,
        Source = Path.GetFileName(path),
        Journal = options.JournalPath is string journal ? Digest($"{Environment.MachineName}\n{journal}") : null,
        Space = options.IdMapping == IdMapping.Keep ? "number" : string.IsNullOrEmpty(options.IdNamespace) ? "uuid5" : "uuid5:" + options.IdNamespace,
        Job = options.SliceJob,
        MergedVector = options is { OnExisting: ExistingPoints.Merge, AddAbsent: false } ? options.VectorName : null,
        Started = now,
        Seen = now,
    };

    /// <summary>
    /// The same with ids of a store: numbers are told from where to where; of UUIDs nobody knows more than that one store has the same ones every time.
    /// </summary>
    public RunMark OfStore(PointIdTable? ids, string? store) => ids?.Least is ulong least
        ? this with { Space = "number", First = (long)Math.Min(least, long.MaxValue), Last = (long)Math.Min(ids.Greatest, long.MaxValue) }
        : this with { Space = $"{Space} of store {Digest(store ?? string.Empty)}", First = 0, Last = long.MaxValue };

    /// <summary>The marks in the metadata of a collection. What cannot be read is none.</summary>
    public static IReadOnlyList<RunMark> Of(CollectionDescription? collection) =>
        collection is null ? [] : [.. collection.Metadata.Where(static pair => pair.Key.StartsWith(KeyPrefix, StringComparison.Ordinal))
            .Select(static pair => Parse(pair.Value)).OfType<RunMark>()];

    /// <summary>The pair that is kept in the metadata.</summary>
    public KeyValuePair<string, string> ToPair() => new(Key, JsonSerializer.Serialize(this, RunMarkJson.Default.RunMark));

    /// <summary>Whether the run is under way, as far as is known at a time.</summary>
    public bool IsLive(DateTimeOffset now) => !Ended && now < Until;

    /// <summary>Whether both may write the same points.</summary>
    public bool Overlaps(RunMark other) => Space == other.Space
        && First is long first && Last is long last && other.First is long otherFirst && other.Last is long otherLast
        && first <= otherLast && otherFirst <= last
        && !(MergedVector is not null && other.MergedVector is not null && MergedVector != other.MergedVector);

    /// <summary>Whether both have the same journal: then the other run is no longer alive.</summary>
    public bool HasJournalOf(RunMark other) => Journal is not null && other.Journal == Journal;

    /// <summary>Whether both are of slices of one plan.</summary>
    private bool IsOfJobOf(RunMark other) => Job is not null && other.Job == Job;

    /// <summary>The first mark of a live run of somebody else that writes the same ids; null where there is none.</summary>
    public RunMark? RivalAmong(IEnumerable<RunMark> marks, DateTimeOffset now) =>
        marks.FirstOrDefault(other => other.Run != Run && other.IsLive(now) && !HasJournalOf(other) && !IsOfJobOf(other) && Overlaps(other));

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));

    private static RunMark? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, RunMarkJson.Default.RunMark);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>JSON of a mark.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunMark))]
internal sealed partial class RunMarkJson : JsonSerializerContext;
