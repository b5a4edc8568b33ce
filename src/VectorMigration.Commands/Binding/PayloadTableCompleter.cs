using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes a table whose keys are fields of the payload file that is on the same line: <c>@{ 'metadata.source' = '' }</c>. Never a file.</summary>
public sealed class PayloadTableCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        CompletionResult[] tables = [.. PayloadFieldCompleter.FieldsFor(fakeBoundParameters)
            .Select(static field => $"@{{ '{CodeGeneration.EscapeSingleQuotedStringContent(field)}' = '' }}")
            .Where(table => table.StartsWith(wordToComplete ?? string.Empty, StringComparison.OrdinalIgnoreCase))
            .Select(static table => new CompletionResult(table, table, CompletionResultType.ParameterValue, table))];
        return tables.Length > 0 ? tables : Completions.OrNothing([], wordToComplete);
    }
}
