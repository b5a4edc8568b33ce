using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Where an id stays that became a UUID.</summary>
internal sealed class IdFieldParameters : ParameterGroup
{
    /// <summary>Field of the payload that keeps an id which became a UUID; faiss_id when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(IdFieldCompleter))]
    public string? IdField { get; set; }
}
