using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VectorMigration.SideFiles;

namespace VectorMigration.Commands;

/// <summary>Completes the fields of the payload file that is on the same line, by its first row: <c>metadata.source</c>. Never a file.</summary>
public sealed class PayloadFieldCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.OrNothing(FieldsFor(fakeBoundParameters), wordToComplete);

    /// <summary>The fields of the payload file among the parameters of a line; none without one.</summary>
    internal static IReadOnlyList<string> FieldsFor(IDictionary? bound) =>
        bound?[nameof(PayloadParameters.PayloadPath)]?.ToString() is { Length: > 0 } path ? FieldsOf(path) : [];

    private static IReadOnlyList<string> FieldsOf(string path)
    {
        try
        {
            return PayloadFieldNames.Of(Completions.FullPath(path));
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or InvalidOperationException or RuntimeException)
        {
            // Completion has nobody to tell: the command itself tells what is wrong with the path.
            return [];
        }
    }
}
