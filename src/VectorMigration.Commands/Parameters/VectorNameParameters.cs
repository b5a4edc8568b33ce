using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Which vector of a point.</summary>
internal sealed class VectorNameParameters : ParameterGroup
{
    /// <summary>Name of the vector in the collection; the unnamed one when left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(VectorNameCompleter))]
    public string? VectorName { get; set; }
}
