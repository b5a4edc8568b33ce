using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>
/// Completes a payload index: the field from the payload file that is on the same line, and its type once the field is there, <c>metadata.source:</c>.
/// Never a file.
/// </summary>
public sealed class PayloadIndexCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        int colon = (wordToComplete ?? string.Empty).LastIndexOf(':');
        return colon <= 0 ? Completions.OrNothing(PayloadFieldCompleter.FieldsFor(fakeBoundParameters).Select(static field => $"{field}:"), wordToComplete)
            : PayloadIndexText.Types.Where(type => type.StartsWith(wordToComplete![(colon + 1)..], StringComparison.OrdinalIgnoreCase))
                .Select(type => new CompletionResult($"{wordToComplete![..colon]}:{type}", type, CompletionResultType.ParameterValue, type));
    }
}
