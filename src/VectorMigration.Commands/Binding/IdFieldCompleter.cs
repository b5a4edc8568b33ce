using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes the field that keeps an id: the usual one, and those of the payload file that is on the same line. Never a file.</summary>
public sealed class IdFieldCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.OrNothing(
            [VectorMigration.Feeds.IdField.Default, .. PayloadFieldCompleter.FieldsFor(fakeBoundParameters)], wordToComplete);
}
