using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>What comparing an index with its collection, vector by vector and by id, found to be done.</summary>
public sealed record SyncPlan
{
    /// <summary>Vectors whose id has no point: they are sent.</summary>
    public long Created { get; init; }

    /// <summary>Points that this migration wrote and that differ from the index: they are repaired.</summary>
    public long Changed { get; init; }

    /// <summary>Points that are equal to the index: nothing of them is sent.</summary>
    public long Equal { get; init; }

    /// <summary>Points that this migration wrote and whose id the index no longer has.</summary>
    public long Vanished { get; init; }

    /// <summary>The first of them, by id: numbers, or UUIDs.</summary>
    public IReadOnlyList<object> FirstVanished { get; init => field = Listed<object>.Of(value, ", "); } = Listed<object>.Empty;

    /// <summary>Points among them whose payload is not what this migration wrote: another program has replaced them, or added to them. They are not deleted
    /// unless that is forced. None where it is not known what was written.</summary>
    public long VanishedChanged { get; init; }

    /// <summary>The first of these, by id: numbers, or UUIDs.</summary>
    public IReadOnlyList<object> FirstVanishedChanged { get; init => field = Listed<object>.Of(value, ", "); } = Listed<object>.Empty;

    /// <summary>Ids that the journal recorded as written by earlier runs; null where it has no such record.</summary>
    public long? Recorded { get; init; }

    /// <summary>True where vanished points are deleted.</summary>
    public bool Prunes { get; init; }

    /// <summary>Changed points are deleted too.</summary>
    internal bool ForcesPrune { get; init; }

    /// <summary>The payloads of vanished points were compared with what is known of them.</summary>
    internal bool ComparesVanished { get; init; }

    /// <summary>Points that are deleted.</summary>
    internal long Deleted => !Prunes ? 0 : ForcesPrune ? Vanished : Vanished - VanishedChanged;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Units.Count(Created)} new, {Units.Count(Changed)} changed, {Units.Count(Equal)} equal, {Units.Count(Vanished)} no longer in the index";
}

/// <summary>The same by ordinals.</summary>
/// <param name="Plan">In figures.</param>
/// <param name="Whole">Points that are replaced whole.</param>
/// <param name="Vectors">Points whose vector alone is replaced.</param>
/// <param name="Ours">Vectors whose ids this migration wrote before.</param>
internal sealed record SyncFindings(SyncPlan Plan, OrdinalSet Whole, OrdinalSet Vectors, OrdinalSet? Ours)
{
    /// <summary>How many vectors of a range replace a point that is there.</summary>
    public long ChangesWithin(OrdinalRange range) => Whole.CountWithin(range.First, range.Count) + Vectors.CountWithin(range.First, range.Count);
}
