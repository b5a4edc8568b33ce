using System.Text.Json;
using System.Text.Json.Serialization;
using VectorMigration.Errors;
using VectorMigration.Journal;

namespace VectorMigration.Jobs;

/// <summary>One part in the record of a job.</summary>
internal sealed record RecordedPart
{
    /// <summary>Short name, which its journal has.</summary>
    public required string Label { get; init; }

    /// <summary>Full path when it was planned last.</summary>
    public required string Path { get; init; }

    /// <summary>Length in bytes.</summary>
    public long Length { get; init; }

    /// <summary>Digest of header and samples; empty for a part that could not be read.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    /// <summary>Vectors.</summary>
    public long Count { get; init; }

    /// <summary>Added to every id.</summary>
    public long IdOffset { get; init; }

    /// <summary>The part that UUIDs contain; null for none.</summary>
    public string? IdNamespace { get; init; }

    /// <summary>Name of the vector in the collection; null for that of the job.</summary>
    public string? VectorName { get; init; }

    /// <summary>It could not be read and was skipped.</summary>
    public bool Skipped { get; init; }
}

/// <summary>
/// What a job keeps next to its journals: order, ids and digests of its parts. A later run may have more parts at the end; everything else is refused.
/// </summary>
internal sealed record JobRecord
{
    private const int Current = 1;

    /// <summary>Version of the form.</summary>
    public int Version { get; init; } = Current;

    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>The parts in their order.</summary>
    public required IReadOnlyList<RecordedPart> Parts { get; init; }

    /// <summary>Full path of the record of a job: <c>COLLECTION.parts.json</c> in the folder of the logs.</summary>
    public static string PathOf(string logDirectory, string collection, string? vectorName) =>
        Path.ChangeExtension(JournalPaths.OfPart(logDirectory, collection, vectorName, string.Empty), ".parts.json");

    /// <summary>Reads a record; null where there is none.</summary>
    /// <exception cref="MigrationException">It cannot be read.</exception>
    public static JobRecord? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            JobRecord? record = JsonSerializer.Deserialize(File.ReadAllBytes(path), JobRecordJson.Default.JobRecord);
            return record is null ? throw JobErrors.Record(path, "it is empty")
                : record.Version != Current ? throw JobErrors.Record(path, $"it has the version {record.Version}, and this program knows version {Current}")
                : record;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw JobErrors.Record(path, CommonErrors.OneLine(e.Message).TrimEnd('.'), e);
        }
    }

    /// <summary>The record of an earlier run; null where there is none, or it cannot be read.</summary>
    public static JobRecord? Find(string path)
    {
        try
        {
            return Read(path);
        }
        catch (MigrationException)
        {
            // It was to be replaced.
            return null;
        }
    }

    /// <summary>The record of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="before">The record before it; null for none.</param>
    public static JobRecord Of(JobPlan plan, JobRecord? before) => new()
    {
        Collection = plan.Collection,
        Parts = [.. plan.Parts.Select((part, at) => part.Bad is null ? new RecordedPart
            {
                Label = part.Label,
                Path = part.Path,
                Length = part.Index!.Identity.Length,
                Fingerprint = part.Index.Identity.Fingerprint,
                Count = part.Count,
                IdOffset = part.IdOffset,
                IdNamespace = part.IdNamespace,
                VectorName = part.Part.VectorName,
            }
            // What is known of a part that was read once stays known.
            : before?.Parts.ElementAtOrDefault(at) ?? new RecordedPart { Label = part.Label, Path = part.Path, Skipped = true })],
    };

    /// <summary>Replaces the record in one step.</summary>
    /// <exception cref="MigrationException">It cannot be written.</exception>
    public void Write(string path) => JobFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, JobRecordJson.Default.JobRecord));

    /// <summary>Refuses a list of parts that is not this one with more at the end.</summary>
    /// <param name="parts">The parts now.</param>
    /// <param name="mayChange">A part may have other content, which its own run handles.</param>
    /// <param name="recordPath">Full path of the record, for messages.</param>
    /// <exception cref="MigrationException">A part is missing, or has another place or content.</exception>
    public void Require(IReadOnlyList<PlannedPart> parts, bool mayChange, string recordPath)
    {
        for (int i = 0; i < Parts.Count; i++)
        {
            RecordedPart known = Parts[i];
            PlannedPart? now = i < parts.Count ? parts[i] : null;
            if (now is not null && (Is(known, now) || known.Skipped || now.Bad is not null) && IsNamed(known, now))
            {
                continue;
            }

            if (now is not null && Is(known, now))
            {
                // It was moved or renamed as a whole.
                continue;
            }

            string name = $"Part {i + 1}, '{known.Path}',";
            PlannedPart? elsewhere = parts.FirstOrDefault(part => Is(known, part));
            if (elsewhere is not null)
            {
                throw JobErrors.Changed($"{name} is now part {elsewhere.Number}.", recordPath);
            }

            if (now is not null && IsNamed(known, now))
            {
                if (mayChange)
                {
                    continue;
                }

                throw JobErrors.Changed($"{name} has another content than in the earlier run.", recordPath);
            }

            throw JobErrors.Changed($"{name} is missing{(now is null ? "." : $". In its place is '{now.Path}'.")}", recordPath);
        }
    }

    private static bool Is(RecordedPart known, PlannedPart part) => !known.Skipped && part.Index?.Identity is { } identity
        && identity.Length == known.Length && identity.Fingerprint == known.Fingerprint && known.Fingerprint.Length > 0;

    private static bool IsNamed(RecordedPart known, PlannedPart part) => known.Path == part.Path || Path.GetFileName(known.Path) == Path.GetFileName(part.Path);
}

/// <summary>Its JSON form.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(JobRecord))]
internal sealed partial class JobRecordJson : JsonSerializerContext;
