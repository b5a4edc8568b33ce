using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Measure-MigrationPerf: folds the results of batches into one picture of a run.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "MigrationPerf")]
[OutputType(typeof(MigrationPerf))]
public sealed class MeasureMigrationPerfCommand : MigrationCommand
{
    private PerfAccumulator perf = new();

    /// <summary>Results of Send-QdrantBatch.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public QdrantBatchResult[] InputObject { get; set; } = [];

    /// <summary>What counts as a slow operation.</summary>
    [Parameter]
    [SecondsTransformation]
    public TimeSpan SlowThreshold { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override void OnBegin() => perf = new PerfAccumulator(SlowThreshold);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (QdrantBatchResult result in InputObject)
        {
            perf.Add(result);
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd() => WriteObject(perf.ToPerf());
}
