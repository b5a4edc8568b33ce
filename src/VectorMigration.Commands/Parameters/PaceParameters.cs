using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The pace that a run under way is to keep. What is left out stays as it is.</summary>
internal sealed class PaceParameters : ParameterGroup
{
    /// <summary>Vectors in a batch.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 100_000)]
    public int? BatchSize { get; set; }

    /// <summary>Batches under way at once.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 1_024)]
    public int? ThrottleLimit { get; set; }

    /// <summary>Pause between the end of a batch and the start of the next: seconds or a TimeSpan; 0 for none.</summary>
    [Parameter]
    [SecondsTransformation]
    public TimeSpan? BatchDelay { get; set; }

    /// <summary>Most requests of any kind in a second; 0 for no limit.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    public double? RequestsPerSecond { get; set; }

    /// <summary>The run finds its pace again.</summary>
    [Parameter]
    public SwitchParameter Adaptive { get; set; }

    /// <summary>What is asked for.</summary>
    internal PaceSettings Settings => new()
    {
        BatchSize = BatchSize,
        ThrottleLimit = ThrottleLimit,
        BatchDelay = BatchDelay,
        RequestsPerSecond = RequestsPerSecond,
        Adaptive = Adaptive,
    };
}
