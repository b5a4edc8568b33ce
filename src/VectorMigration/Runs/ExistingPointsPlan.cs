using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>What a look into the collection before the first vector found under the ids that are to be sent.</summary>
public sealed record ExistingPointsPlan
{
    /// <summary>What was asked for.</summary>
    public ExistingPoints OnExisting { get; init; }

    /// <summary>Ids that were looked for: those to be sent that no journal holds.</summary>
    public long Looked { get; init; }

    /// <summary>Of these, ids that have a point already.</summary>
    public long Taken { get; init; }

    /// <summary>Points among them that are equal to what would be sent, vector and payload: they are not sent again, whoever wrote them.</summary>
    public long Equal { get; init; }

    /// <summary>Points among them that another vector is merged into.</summary>
    public long Merged { get; init; }

    /// <summary>Fields of payloads that a merge replaces, because they have other values.</summary>
    public long ReplacedFields { get; init; }

    /// <summary>Points that have such fields.</summary>
    public long PointsWithReplacedFields { get; init; }

    /// <summary>Fields of payloads that whole points remove, because the payloads of the run do not have them: of points that this migration wrote, and to
    /// which an application may have added. Counted where a run begins anew or synchronises.</summary>
    public long RemovedFields { get; init; }

    /// <summary>Points that have such fields.</summary>
    public long PointsWithRemovedFields { get; init; }

    /// <summary>The first of them, by id: numbers, or UUIDs.</summary>
    public IReadOnlyList<object> FirstRemoved { get; init => field = Listed<object>.Of(value, ", "); } = Listed<object>.Empty;

    /// <summary>Points among them that are of others.</summary>
    public long Conflicts { get; init; }

    /// <summary>Points among <see cref="Conflicts"/> that the migration wrote itself: they may hold other vectors, which whole points would remove.</summary>
    internal long OwnConflicts { get; init; }

    /// <summary>Points among <see cref="Conflicts"/> whose vector is equal, and whose payload alone differs.</summary>
    internal long OtherPayload { get; init; }

    /// <summary>Every point that is of others has the vector of the index: an earlier run may have written it with other payload options.</summary>
    internal bool HasOnlyOtherPayloads => Conflicts > 0 && OtherPayload == Conflicts;

    /// <summary>Ids that have no point, where a merge sends none.</summary>
    public long Absent { get; init; }

    /// <summary>The first ids of <see cref="Conflicts"/>, of those that others wrote where there are any: numbers, or UUIDs.</summary>
    public IReadOnlyList<object> FirstConflicts { get; init => field = Listed<object>.Of(value, ", "); } = Listed<object>.Empty;

    /// <summary>What the look took.</summary>
    public TimeSpan Duration { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Units.Of(Taken, "id exists", "ids exist")}, {Units.Count(Equal)} equal, {Units.Count(Conflicts - OwnConflicts)} written by others";
}

/// <summary>What the look found, by ordinals.</summary>
/// <param name="Plan">In figures.</param>
/// <param name="Equal">Equal points: not sent again, and ours only if the journal shows that they were attempted.</param>
/// <param name="Merged">Points that get a vector of their own.</param>
/// <param name="NotSent">Everything that is not sent.</param>
/// <param name="Held">How many of the vectors that would be sent otherwise are not.</param>
internal sealed record ExistingFindings(ExistingPointsPlan Plan, OrdinalSet Equal, OrdinalSet Merged, OrdinalSet NotSent, long Held)
{
    /// <summary>Own points that are written over, whole or in their vector: they are there already, so that the count does not grow by them.</summary>
    public long Rewritten { get; init; }

    /// <summary>What a sync found; null for every other run.</summary>
    public SyncFindings? Sync { get; init; }
}
