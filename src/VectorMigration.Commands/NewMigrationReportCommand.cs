using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>New-MigrationReport: one page that shows a run, or several, from their logs.</summary>
[Cmdlet(VerbsCommon.New, "MigrationReport", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationReport))]
public sealed class NewMigrationReportCommand : MigrationCommand
{
    private const string InputSet = "InputObject";
    private readonly List<(string Path, Guid? Run)> runs = [];

    /// <summary>Log folders, folders of runs, or files in them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ParameterSets.Path)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RunFileCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Results of Invoke-VectorMigration.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [ValidateNotNull]
    public MigrationResult[] InputObject { get; set; } = [];

    /// <summary>Which run of a log folder.</summary>
    private RecordedRunParameters Recorded { get; } = new();

    /// <summary>File to write; when left out, report.html in the run's folder, or migration-report.html in the current folder for several runs.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (ParameterSetName == ParameterSets.Path)
        {
            runs.AddRange(Path.SelectMany(path => IndexPaths.Resolve(this, path, literal: false)).Select(path => (path, Recorded.RunId)));
            return;
        }

        foreach (MigrationResult result in InputObject)
        {
            if (result.LogDirectory is string folder)
            {
                runs.Add((folder, result.RunId));
            }
            else
            {
                WriteError(HistoryErrors.NoLogFolder(result.Collection));
            }
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (runs.Count == 0)
        {
            return;
        }

        string? output = OutputPath is null ? null : IndexPaths.Unresolved(this, OutputPath);
        if (!ShouldProcess(output ?? runs[0].Path, "Write report"))
        {
            return;
        }

        MigrationReport report = Parts.WriteReport(runs, output, SessionState.Path.CurrentFileSystemLocation.Path, StopToken);
        if (report.TornLines > 0)
        {
            WriteWarning(HistoryErrors.TornLines(report.TornLines));
        }

        WriteObject(report);
    }
}
