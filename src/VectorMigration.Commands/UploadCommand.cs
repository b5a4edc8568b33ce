using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A cmdlet that uploads what a pipeline brings: pacing and logs.</summary>
public abstract class UploadCommand : CollectionCommand
{
    /// <summary>Vectors in a batch; found while sending when left out.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int BatchSize { get; set; }

    /// <summary>Batches under way at once; found while sending when left out, 1 with -BatchDelay.</summary>
    [Parameter]
    [ValidateRange(1, 1_024)]
    public int ThrottleLimit { get; set; }

    /// <summary>Pause between the end of one batch and the start of the next: seconds or a TimeSpan.</summary>
    [Parameter]
    [SecondsTransformation]
    public TimeSpan BatchDelay { get; set; }

    /// <summary>How long attempts may fail, and none succeed, before the run ends resumable, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int GiveUpAfterSec { get; set; } = 120;

    /// <summary>Folder of migration.log and perf_slow.log.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogDirectory { get; set; }

    private protected UploadOptions Pacing(QdrantConnection connection) => Pacing(connection, BatchSize, ThrottleLimit, BatchDelay, GiveUpAfterSec);
}
