using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What becomes of the ids of an index.</summary>
internal sealed class IdParameters : ParameterGroup
{
    /// <summary>How FAISS ids become point ids.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven(Instead = IdMapping.Keep, As = typeof(IdMapping))]
    public IdMapping IdMapping { get; set; }
}
