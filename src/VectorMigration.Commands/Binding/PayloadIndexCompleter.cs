using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes the type of a payload index once its field is there: <c>metadata.source:</c>.</summary>
public sealed class PayloadIndexCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        int colon = (wordToComplete ?? string.Empty).LastIndexOf(':');
        return colon <= 0 ? []
            : PayloadIndexText.Types.Where(type => type.StartsWith(wordToComplete![(colon + 1)..], StringComparison.OrdinalIgnoreCase))
                .Select(type => new CompletionResult($"{wordToComplete![..colon]}:{type}", type, CompletionResultType.ParameterValue, type));
    }
}
