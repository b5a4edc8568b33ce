using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>How long the index of a collection is waited for.</summary>
internal class IndexTimeoutParameters : ParameterGroup
{
    /// <summary>Longest wait for the index in seconds; as long as the server gets anywhere when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 604_800)]
    public int? WaitIndexedTimeoutSec { get; set; }

    /// <summary>The longest wait, or null.</summary>
    internal TimeSpan? Longest => WaitIndexedTimeoutSec is int seconds ? TimeSpan.FromSeconds(seconds) : null;
}
