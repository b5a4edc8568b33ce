using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>How long something may take.</summary>
internal sealed class TimeoutParameters : ParameterGroup
{
    /// <summary>The longest time in seconds; what the cmdlet takes for it when left out, its help tells.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 3_600)]
    public int? TimeoutSec { get; set; }

    /// <summary>The time that was given, or null.</summary>
    internal TimeSpan? Given => TimeoutSec is int seconds ? TimeSpan.FromSeconds(seconds) : null;
}
