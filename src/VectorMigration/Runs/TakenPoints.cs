using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Taken points by what they are.</summary>
internal sealed class TakenPoints
{
    public OrdinalSet Equal { get; } = new();

    public OrdinalSet Merged { get; } = new();

    public OrdinalSet Conflicts { get; } = new();

    public SortedList<long, PointId> First { get; } = [];

    public SortedList<long, PointId> FirstOwn { get; } = [];

    public long Own { get; set; }

    public long Rewritten { get; set; }

    public long Gone { get; set; }

    public long ReplacedFields { get; set; }

    public long PointsWithReplacedFields { get; set; }

    public long OtherPayload { get; set; }
}
