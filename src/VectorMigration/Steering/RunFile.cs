using System.Text.Json;
using System.Text.Json.Serialization;
using VectorMigration.Files;

namespace VectorMigration.Steering;

/// <summary>
/// What a run says of itself: <c>run.json</c> in its folder, and the answer of its channel. The file is replaced in one step; as long as it names a channel,
/// only its owner reads it.
/// </summary>
internal sealed record RunFile
{
    /// <summary>What such a file calls itself.</summary>
    public const string FormatName = "vector-migration-run/1";

    /// <summary>Name of the file in the folder of a run.</summary>
    public const string Name = "run.json";

    private const long MostBytes = 64 << 10;

    public string Format { get; init; } = FormatName;

    public required Guid RunId { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>When the process began, UTC: another one may have its number later.</summary>
    public DateTime? ProcessStartedAt { get; init; }

    /// <summary>Name of the machine.</summary>
    public required string Host { get; init; }

    /// <summary>When the run began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>When this was so, UTC.</summary>
    public required DateTime At { get; init; }

    public required string Collection { get; init; }

    /// <summary><c>running</c>, <c>paused</c>, <c>stopping</c>, <c>unreachable</c> (the server does not answer) or <c>ended</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Phase, as the log calls it.</summary>
    public required string Phase { get; init; }

    /// <summary>Vectors that the phase has done.</summary>
    public required long Done { get; init; }

    /// <summary>Vectors of the phase; null where that is not known.</summary>
    public long? Total { get; init; }

    /// <summary>Vectors that earlier runs of the migration were acknowledged for.</summary>
    public long? AcknowledgedBefore { get; init; }

    /// <summary>Vectors of this run that the server acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Vectors of this run that failed for good.</summary>
    public long Failed { get; init; }

    /// <summary>Vectors of this run that were skipped.</summary>
    public long Skipped { get; init; }

    /// <summary>Batches that were sent and not answered yet.</summary>
    public int UnderWay { get; init; }

    public double? PerSecond { get; init; }

    public DateTime? ExpectedEnd { get; init; }

    /// <summary>Batch size, parallelism and pause at present; null while nothing is sent.</summary>
    public int? BatchSize { get; init; }

    public int? ThrottleLimit { get; init; }

    /// <summary>Seconds between the end of a batch and the start of the next.</summary>
    public double? BatchDelay { get; init; }

    /// <summary>Most requests a second that were set; null for no limit.</summary>
    public double? RequestsPerSecond { get; init; }

    public DateTime? PausedSince { get; init; }

    public DateTime? UnreachableSince { get; init; }

    /// <summary>How a run that has ended came out.</summary>
    public string? Result { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>Path of the socket, or name of the pipe, by which the run is steered; null where it is not, or no longer.</summary>
    public string? Channel { get; init; }

    /// <summary>Why there is no channel; null where there is one.</summary>
    public string? NoChannel { get; init; }

    /// <summary>Writes the file.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <exception cref="IOException">It cannot be written; what was there is still there.</exception>
    public void Write(string folder) => WholeFile.Write(
        Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(this, RunFileJson.Default.RunFile), isPrivate: Channel is not null);

    /// <summary>Reads the file of a run; null where it is not there, is none, or is another user's.</summary>
    public static RunFile? TryRead(string folder)
    {
        try
        {
            string path = Path.Combine(folder, Name);
            if (new FileInfo(path) is not { Exists: true, Length: <= MostBytes } || SpecialFile.KindOf(path) is not null)
            {
                return null;
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return JsonSerializer.Deserialize(file, RunFileJson.Default.RunFile) is { Format: FormatName } read ? read : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>The JSON of run files and of what sessions say to runs.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 4)]
[JsonSerializable(typeof(RunFile))]
[JsonSerializable(typeof(SteeringRequest))]
[JsonSerializable(typeof(SteeringReply))]
internal sealed partial class RunFileJson : JsonSerializerContext;
