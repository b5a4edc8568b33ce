using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Measure-MigrationPerf: folds the results of batches into one picture of a run, and compares it with another.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "MigrationPerf", DefaultParameterSetName = InputSet, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationPerf), typeof(MigrationPerfComparison))]
public sealed class MeasureMigrationPerfCommand : MigrationCommand
{
    private const string InputSet = "InputObject";
    private PerfAccumulator perf = new();
    private MigrationPerf? baseline;
    private RunRecord? baselineRun;
    private RunSubject? baselineSubject;
    private RunSubject? subject;

    /// <summary>Results of Send-QdrantBatch.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [AllowEmptyCollection]
    public QdrantBatchResult[] InputObject { get; set; } = [];

    /// <summary>A log folder, the folder of a run, a migration.log, or a summary.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Path)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RunFileCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Which run of the log.</summary>
    private RecordedRunParameters Recorded { get; } = new();

    /// <summary>The run to compare with: figures, a result, or the path of a log or summary.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RunFileCompleter))]
    public object? Baseline { get; set; }

    /// <summary>What counts as a slow operation; 5 seconds when left out.</summary>
    [Parameter]
    [SecondsTransformation]
    public TimeSpan? SlowThreshold { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        perf = new PerfAccumulator(SlowThreshold);
        (baselineRun, baselineSubject, subject) = (null, null, null);
        baseline = Baseline is null ? null : BaselineFigures(Baseline is PSObject wrapped ? wrapped.BaseObject : Baseline);
    }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (QdrantBatchResult result in InputObject)
        {
            perf.Add(result);
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        MigrationPerf current = ParameterSetName == ParameterSets.Path ? ReadCurrent() : perf.ToPerf();
        WriteObject(baseline is null ? current
            : new MigrationPerfComparison(baseline, current) { Notes = RunSubject.Differences(baselineSubject, subject) });
    }

    private MigrationPerf BaselineFigures(object value) => value switch
    {
        MigrationPerf figures => figures,
        MigrationResult { Perf: { } figures } result => Noted(figures, RunSubject.Of(result)),
        FileSystemInfo file => ReadBaseline(file.FullName),
        string path => ReadBaseline(path),
        _ => throw CommandErrors.NoBaseline(value),
    };

    private MigrationPerf ReadBaseline(string path)
    {
        baselineRun = Read(path, null);
        return Noted(baselineRun.Perf, baselineRun.Subject);
    }

    private MigrationPerf Noted(MigrationPerf figures, RunSubject? of)
    {
        baselineSubject = of;
        return figures;
    }

    private MigrationPerf ReadCurrent()
    {
        RunRecord run = Read(Path, Recorded.RunId);
        subject = run.Subject;
        return Recorded.RunId is null && baselineRun?.IsRun(run) == true
            ? throw HistoryErrors.SameRun(run, RunFolder.LastTwo(IndexPaths.ResolveOne(this, Path, literal: false)), "Measure-MigrationPerf -Path",
                "-Baseline ")
            : run.Perf;
    }

    private RunRecord Read(string path, Guid? run)
    {
        var record = RunRecord.Read(IndexPaths.ResolveOne(this, path, literal: false), run, SlowThreshold, StopToken);
        if (record.TornLines > 0)
        {
            WriteWarning(HistoryErrors.TornWarning(record));
        }

        WriteVerbose($"The run {record.RunId} of {record.Path}.");
        return record;
    }
}
