using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;

namespace VectorMigration.Jobs;

/// <summary>One part as it was planned.</summary>
internal sealed record PlannedPart
{
    /// <summary>Place in the job, counted from 1.</summary>
    public required int Number { get; init; }

    /// <summary>What was asked for.</summary>
    public required JobPart Part { get; init; }

    /// <summary>Short name, which its journal has.</summary>
    public required string Label { get; init; }

    /// <summary>Full path of the index.</summary>
    public required string Path { get; init; }

    /// <summary>The index; null for a part that cannot be read.</summary>
    public IndexDescription? Index { get; init; }

    /// <summary>The vectors of the part that are meant; null for all of them.</summary>
    public OrdinalRange? Range { get; init; }

    /// <summary>Vectors; 0 for a part that cannot be read.</summary>
    public long Count => Range?.Count ?? Index?.Count ?? 0;

    /// <summary>Digest of its payloads; null without payloads.</summary>
    public string? Payload { get; init; }

    /// <summary>Lists next to it that are not its texts, with their numbers of entries; none for a part with payloads.</summary>
    public IReadOnlyList<(string Path, long Entries)> OtherLists { get; init; } = [];

    /// <summary>The ids are the positions of the vectors.</summary>
    public bool ByPosition => Index?.IdSource == "sequential";

    /// <summary>Added to every id.</summary>
    public long IdOffset { get; init; }

    /// <summary>The part that UUIDs contain; null for none.</summary>
    public string? IdNamespace { get; init; }

    /// <summary>Least id before the offset.</summary>
    public long Least { get; init; }

    /// <summary>Greatest id before the offset.</summary>
    public long Greatest { get; init; }

    /// <summary>Vectors whose id a later vector of the part has.</summary>
    public long Duplicates { get; init; }

    /// <summary>Why it cannot be read, and is skipped; null otherwise.</summary>
    public MigrationError? Bad { get; init; }

    /// <summary>How its ids become point ids, in words.</summary>
    public string Ids => Bad is not null ? "unknown"
        : (ByPosition ? $"positions from {Grouped.Of(IdOffset)}" : IdOffset == 0 ? "stored ids" : $"stored ids + {Grouped.Of(IdOffset)}")
            + (IdNamespace is null ? string.Empty : $", UUIDs of '{IdNamespace}'")
            + (Range is { } range ? $", vectors {Grouped.Of(range.First)} to {Grouped.Of(range.Last)}" : string.Empty);
}

/// <summary>All parts of a job, known before the first vector.</summary>
internal sealed record JobPlan
{
    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>The parts in their order.</summary>
    public required IReadOnlyList<PlannedPart> Parts { get; init; }

    /// <summary>Full path of the record of the job; null where nothing is kept.</summary>
    public string? RecordPath { get; init; }

    /// <summary>Vectors of all parts that can be read.</summary>
    public long Count => Parts.Sum(static part => part.Count);

    /// <summary>Parts that can be read.</summary>
    public IEnumerable<PlannedPart> Readable => Parts.Where(static part => part.Bad is null);

    /// <summary>Parts that are skipped.</summary>
    public IReadOnlyList<PlannedPart> Skipped => [.. Parts.Where(static part => part.Bad is not null)];

    /// <summary>The folder that contains all parts.</summary>
    public string Folder
    {
        get
        {
            string folder = Path.GetDirectoryName(Parts[0].Path) ?? Parts[0].Path;
            while (Path.GetDirectoryName(folder) is string parent
                && Parts.Any(part => !part.Path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                folder = parent;
            }

            return folder;
        }
    }

    /// <summary>Which part of the job it is, in words: a slice consists of ranges.</summary>
    public string Place(PlannedPart part) => $"{(part.Range is null ? "part" : "range")} {Grouped.Of(part.Number)} of {Grouped.Of(Parts.Count)}";

    /// <summary>The path of a part from the folder of all of them.</summary>
    public string Name(PlannedPart part) => Path.GetRelativePath(Folder, part.Path);

    /// <summary>The plan in one sentence.</summary>
    public override string ToString() => $"Migrate {Units.Of(Count, "vector", "vectors")} of {Units.Of(Parts.Count, "part", "parts")} to '{Collection}'"
        + (Skipped.Count == 0 ? string.Empty : $", and skip {Units.Of(Skipped.Count, "part", "parts")} that cannot be read");

    /// <summary>One line for a part.</summary>
    public static string Line(PlannedPart part) => part.Bad is MigrationError bad ? $"skipped: {bad.Message}"
        : $"{part.Index!.Kind}, {Units.Count(part.Count)} × {part.Index.Dimension}, {part.Ids}";
}
