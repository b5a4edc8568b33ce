using System.Globalization;
using VectorMigration.Errors;

namespace VectorMigration.Runs;

/// <summary>One index of several that were moved as one job.</summary>
public sealed record PartResult
{
    /// <summary>Place in the job, counted from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Full path of the index.</summary>
    public required string Path { get; init; }

    /// <summary>How its run ended; null where it was not begun, because an earlier part ended the job.</summary>
    public MigrationStatus? Status { get; init; }

    /// <summary>It could not be read and was skipped.</summary>
    public bool Skipped { get; init; }

    /// <summary>Its run; null where none was begun.</summary>
    public Guid? RunId { get; init; }

    /// <summary>Kind of the index; null for a part that could not be read.</summary>
    public string? Kind { get; init; }

    /// <summary>How its ids become point ids, in words.</summary>
    public string Ids { get; init; } = string.Empty;

    /// <summary>Added to every id.</summary>
    public long IdOffset { get; init; }

    /// <summary>The part that UUIDs contain; null for none.</summary>
    public string? IdNamespace { get; init; }

    /// <summary>Its vectors by what happened to them.</summary>
    public MigrationCounts Counts { get; init; } = new();

    /// <summary>True or false where it was verified; null where it was not.</summary>
    public bool? Verified { get; init; }

    /// <summary>Time its run took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Full path of its journal, or null.</summary>
    public string? JournalPath { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public MigrationError? Error { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"part {Number}, {System.IO.Path.GetFileName(Path)}: {(Skipped ? "skipped" : Status is null ? "not begun" : $"{Status}, {Counts}")}");
}
