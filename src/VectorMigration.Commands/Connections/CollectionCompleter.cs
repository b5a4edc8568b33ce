using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes names of collections that this session has met; never asks a server.</summary>
public sealed class CollectionCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string start = (wordToComplete ?? string.Empty).Trim('\'', '"');
        return SessionMemory.Current.Collections
            .Where(name => name.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(Quoted(name), name, CompletionResultType.ParameterValue, name))
            .ToList();
    }

    private static string Quoted(string name) =>
        name.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '.') ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
}
