using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A cmdlet that uploads: pacing, distance and logs.</summary>
public abstract class UploadCommand : CollectionCommand
{
    /// <summary>Vectors in a batch; found while sending when left out.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public virtual int BatchSize { get; set; }

    /// <summary>Batches under way at once; found while sending when left out, 1 with -BatchDelay.</summary>
    [Parameter]
    [ValidateRange(1, 1_024)]
    public virtual int ThrottleLimit { get; set; }

    /// <summary>Pause between the end of one batch and the start of the next: seconds or a TimeSpan.</summary>
    [Parameter]
    [SecondsTransformation]
    public virtual TimeSpan BatchDelay { get; set; }

    /// <summary>Deadline of each attempt in seconds; the connection's when left out.</summary>
    [Parameter]
    [ValidateRange(1, 3_600)]
    public int TimeoutSec { get; set; }

    /// <summary>How long attempts may fail, and none succeed, before the run ends resumable, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int GiveUpAfterSec { get; set; } = 120;

    /// <summary>Distance to create the collection with; that of the index's metric when left out.</summary>
    [Parameter]
    [ValidateSet("Cosine", "Dot", "Euclid", "Manhattan")]
    public Distance Distance { get; set; }

    /// <summary>Folder of migration.log and perf_slow.log.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogDirectory { get; set; }

    /// <summary>The distance that was asked for, or null.</summary>
    private protected Distance? AskedDistance => Distance == Distance.Unknown ? null : Distance;

    private protected UploadOptions Pacing(QdrantConnection connection) => UploadOptions.Paced(
        BatchSize == 0 ? null : BatchSize, ThrottleLimit == 0 ? null : ThrottleLimit, BatchDelay) with
    {
        GiveUpAfter = TimeSpan.FromSeconds(GiveUpAfterSec),
        Timeout = TimeoutSec == 0 ? connection.Options.Timeout : TimeSpan.FromSeconds(TimeoutSec),
    };
}
