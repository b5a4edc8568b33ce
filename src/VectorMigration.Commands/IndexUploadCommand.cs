using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A cmdlet that sends vectors of an index, all or what is missing, and reads them back: pacing, logs and the proof.</summary>
public abstract class IndexUploadCommand : IndexCommand
{
    /// <summary>Vectors in a batch; found while sending when left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 100_000)]
    public int BatchSize { get; set; }

    /// <summary>Batches under way at once; found while sending when left out, 1 with -BatchDelay.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 1_024)]
    public int ThrottleLimit { get; set; }

    /// <summary>Pause between the end of one batch and the start of the next: seconds or a TimeSpan.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
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

    /// <summary>Read back so many vectors picked at random instead of all.</summary>
    [Parameter]
    [ValidateRange(1, SampleChoice.Most)]
    public int Sample { get; set; }

    /// <summary>Seed of what is picked at random; a new one when left out.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Seed { get; set; } = -1;

    /// <inheritdoc/>
    private protected override MigrationOptions IndexOptions(QdrantConnection connection) => base.IndexOptions(connection) with
    {
        Verification = Sample > 0 ? VerificationMode.Sample : VerificationMode.Full,
        SampleSize = Sample > 0 ? Sample : MigrationOptions.DefaultSampleSize,
        Seed = Seed < 0 ? null : Seed,
        Upload = Pacing(connection, BatchSize, ThrottleLimit, BatchDelay, GiveUpAfterSec),
    };
}
