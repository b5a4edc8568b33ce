using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>How fast is sent, for how long against failures, and where that is logged.</summary>
internal sealed class PacingParameters : ParameterGroup
{
    /// <summary>Vectors in a batch; found while sending when left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven(As = typeof(int))]
    [ValidateRangeIfGiven(1, 100_000)]
    public int? BatchSize { get; set; }

    /// <summary>Batches under way at once; found while sending when left out, 1 with -BatchDelay.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven(As = typeof(int))]
    [ValidateRangeIfGiven(1, 1_024)]
    public int? ThrottleLimit { get; set; }

    /// <summary>Pause between the end of a batch and the start of the next: seconds or a TimeSpan.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SecondsTransformation]
    public TimeSpan? BatchDelay { get; set; }

    /// <summary>How long attempts may fail, and none succeed, before the run ends resumable, in seconds; 120 when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 86_400)]
    public int? GiveUpAfterSec { get; set; }

    /// <summary>
    /// How long a limited rate may let nothing through, while sending and while reading, before the run ends resumable, in seconds; 600 when left out.
    /// </summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 86_400)]
    public int? NoProgressTimeoutSec { get; set; }

    /// <summary>Folder of migration.log and perf_slow.log.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? LogDirectory { get; set; }

    /// <summary>The pacing that is asked for.</summary>
    /// <param name="timeout">Deadline of an attempt.</param>
    internal UploadOptions Options(TimeSpan timeout)
    {
        UploadOptions options = new() { BatchSize = BatchSize, ThrottleLimit = ThrottleLimit, BatchDelay = BatchDelay ?? TimeSpan.Zero, Timeout = timeout };
        options = GiveUpAfterSec is int outage ? options with { GiveUpAfter = TimeSpan.FromSeconds(outage) } : options;
        return NoProgressTimeoutSec is int limited ? options with { NoProgressTimeout = TimeSpan.FromSeconds(limited) } : options;
    }
}
