using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes the runs of the log folder that is on the same line, the last run first. Never a file.</summary>
public sealed class RunIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        object? folder = fakeBoundParameters?[nameof(MeasureMigrationPerfCommand.Path)] ?? fakeBoundParameters?[nameof(RunParameters.LogDirectory)];
        string path = folder?.ToString() is { Length: > 0 } named ? named : "logs";
        return Completions.OrNothing(RunsOf(path).Select(static run => $"{run.RunId}"), wordToComplete);
    }

    private static IEnumerable<RunFolder> RunsOf(string path)
    {
        try
        {
            string full = Completions.FullPath(path);
            return RunFolder.All(File.Exists(full) ? Path.GetDirectoryName(full) ?? full : full).Reverse();
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or InvalidOperationException or RuntimeException)
        {
            return [];
        }
    }
}
