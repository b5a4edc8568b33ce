using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Which run of which log folder.</summary>
internal sealed class RunParameters : ParameterGroup
{
    /// <summary>Log folder of the run; logs when left out.</summary>
    [Parameter(Position = 0, ParameterSetName = ParameterSets.Run)]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? LogDirectory { get; set; }

    /// <summary>The run; the only one under way, or all of them, when left out.</summary>
    [Parameter(ParameterSetName = ParameterSets.Run)]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public Guid? RunId { get; set; }

    /// <summary>Full path of the log folder.</summary>
    internal string Folder(PSCmdlet command) => IndexPaths.Unresolved(
        command, LogDirectory ?? Path.Combine(command.SessionState.Path.CurrentFileSystemLocation.Path, "logs"));
}
