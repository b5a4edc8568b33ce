using System.Text.Json;
using System.Text.Json.Serialization;
using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Jobs;

/// <summary>What one slice left behind in its log folder: how it ended, next to its journals.</summary>
internal sealed record SliceRecord
{
    /// <summary>What the name of such a file ends with.</summary>
    public const string Extension = ".slice.json";

    private const int Current = 1;

    /// <summary>Version of the form.</summary>
    public int Version { get; init; } = Current;

    /// <summary>The plan.</summary>
    public required Guid PlanId { get; init; }

    /// <summary>The slice, from 1 on.</summary>
    public required int Slice { get; init; }

    /// <summary>How it ended; null while it runs, and if it was killed.</summary>
    public MigrationStatus? Status { get; init; }

    /// <summary>When this was written, UTC.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Vectors of its ranges by what happened to them, in the order of the plan.</summary>
    public IReadOnlyList<SliceRangeRecord> Ranges { get; init; } = [];

    /// <summary>Warnings.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Lines of the logs that could not be written.</summary>
    public long LostLogLines { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public MigrationError? Error { get; init; }

    /// <summary>Whether it ended with everything sent that could be sent.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is MigrationStatus.Completed or MigrationStatus.Incomplete;

    /// <summary>Reads a record; null where there is none, or it cannot be read, as after a power cut: the slice is then run again.</summary>
    public static SliceRecord? Read(string path)
    {
        try
        {
            return File.Exists(path) && JsonSerializer.Deserialize(File.ReadAllBytes(path), SliceRecordJson.Default.SliceRecord) is { Version: Current } record
                ? record : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Replaces the record in one step.</summary>
    /// <exception cref="MigrationException">It cannot be written.</exception>
    public void Write(string path) => JobFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, SliceRecordJson.Default.SliceRecord));
}

/// <summary>One range of a slice after its run.</summary>
internal sealed record SliceRangeRecord
{
    /// <summary>How its run ended; null where it was not begun.</summary>
    public MigrationStatus? Status { get; init; }

    /// <summary>Its run; null where none was begun.</summary>
    public Guid? RunId { get; init; }

    /// <summary>Its vectors by what happened to them.</summary>
    public MigrationCounts Counts { get; init; } = new();

    /// <summary>Time that the run took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public MigrationError? Error { get; init; }
}

/// <summary>Its JSON form.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SliceRecord))]
internal sealed partial class SliceRecordJson : JsonSerializerContext;
