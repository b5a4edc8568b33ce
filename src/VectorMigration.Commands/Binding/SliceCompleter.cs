using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes the slices of the plan on the line.</summary>
public sealed class SliceCompleter : IArgumentCompleter
{
    private const int Most = 200;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        try
        {
            string? path = fakeBoundParameters?[nameof(SliceParameters.PlanPath)] as string;
            int count = string.IsNullOrEmpty(path) ? 0 : SlicePlan.Read(Completions.FullPath(path)).Slices.Count;
            return Completions.OrNothing(
                Enumerable.Range(1, count).Select(number => $"{new SliceNumber(number, count)}")
                    .Where(word => word.StartsWith((wordToComplete ?? string.Empty).Trim('\'', '"'), StringComparison.Ordinal)).Take(Most),
                wordToComplete);
        }
        catch (MigrationException)
        {
            return Completions.OrNothing([], wordToComplete);
        }
    }
}
