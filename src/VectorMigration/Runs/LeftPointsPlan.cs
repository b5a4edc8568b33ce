using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Points of earlier runs of the same journal that stay in the collection, because the run does not write their ids.</summary>
public sealed record LeftPointsPlan
{
    /// <summary>How many; the most that there can be where <see cref="IsUpperBound"/>.</summary>
    public required long Count { get; init; }

    /// <summary>True where their ids are not known: they came from a store that is another one by now, or were not recorded.</summary>
    public bool IsUpperBound { get; init; }

    /// <summary>The first of them, by id: numbers, or UUIDs; empty where their ids are not known.</summary>
    public IReadOnlyList<object> First { get; init => field = Listed<object>.Of(value, ", "); } = Listed<object>.Empty;

    /// <summary>How the run makes its ids otherwise, in words; empty where the index or the store has changed instead.</summary>
    public IReadOnlyList<string> Differences { get; init => field = Listed<string>.Of(value, "; "); } = Listed<string>.Empty;

    /// <summary>Other parts of the job may have some of their ids, because not all ids are known: nobody is told to delete these points.</summary>
    internal bool MayBeOthers { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{(IsUpperBound ? "up to " : string.Empty)}{Units.Of(Count, "point", "points")} of earlier runs";

    /// <summary>The warning of a run that leaves them.</summary>
    internal string Warning(MigrationOptions options)
    {
        string why = Differences.Count > 0 ? $"this run gives its points other ids ({string.Join("; ", Differences)})"
            : IsUpperBound ? "the index or the store has changed, and with it the ids"
            : "their ids are no longer in the index";
        string listed = First.Count == 0 ? string.Empty : $": {string.Join(", ", First)}{(Count > First.Count ? ", …" : string.Empty)}";
        string next = Differences.Count == 0 && !IsUpperBound && !MayBeOthers
            ? "To delete them, run again with -OnChanged Sync -Prune."
            : "To avoid such points, migrate to a new collection instead, verify that one, and use it."
                + (MayBeOthers ? " Other parts of the job may have some of these ids now." : " Or delete these points by their ids.");
        return $"{(IsUpperBound ? "Up to " : string.Empty)}{Units.Of(Count, "point", "points")} that earlier runs of the journal {options.JournalPath} wrote "
            + $"{(Count == 1 ? "stays" : "stay")} in collection '{options.Collection}', because {why}{listed}. {OptionNames.Here(next)}";
    }
}
