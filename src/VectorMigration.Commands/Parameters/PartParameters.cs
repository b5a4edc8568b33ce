using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Ids of one part of several, so that each part has its own in the collection that all go to.</summary>
internal sealed class PartParameters : ParameterGroup
{
    /// <summary>Added to every id before it becomes a point id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven(As = typeof(long))]
    [ValidateRangeIfGiven(0, long.MaxValue)]
    public long? IdOffset { get; set; }

    /// <summary>The part that UUIDs contain: two parts with equal ids have no UUID in common.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven]
    public string? IdNamespace { get; set; }

    /// <summary>The options with the part.</summary>
    internal MigrationOptions Apply(MigrationOptions options) => options with { IdOffset = IdOffset ?? 0, IdNamespace = IdNamespace };
}
