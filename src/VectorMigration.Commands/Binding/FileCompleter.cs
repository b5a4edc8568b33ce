using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes files by their endings, and the folders on the way to them.</summary>
public abstract class FileCompleter : IArgumentCompleter
{
    private readonly string[] endings;

    private protected FileCompleter(params string[] endings) => this.endings = endings;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        // Files of other endings are offered too, by PowerShell itself, when nothing is answered here.
        return CompletionCompleters.CompleteFilename(wordToComplete ?? string.Empty).Where(IsWanted).ToList();
    }

    private bool IsWanted(CompletionResult result) =>
        result.ResultType == CompletionResultType.ProviderContainer
        || endings.Any(ending => result.ListItemText.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
