using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes index files: folders, and files with the endings that FAISS indexes have in practice.</summary>
public sealed class IndexFileCompleter : IArgumentCompleter
{
    private static readonly string[] Endings = [".faiss", ".index", ".faissindex", ".ivf", ".bin"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        // Files of other endings are offered too, by PowerShell itself, when nothing is answered here.
        return CompletionCompleters.CompleteFilename(wordToComplete ?? string.Empty).Where(IsIndexOrFolder).ToList();
    }

    private static bool IsIndexOrFolder(CompletionResult result) =>
        result.ResultType == CompletionResultType.ProviderContainer
        || Endings.Any(ending => result.ListItemText.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
