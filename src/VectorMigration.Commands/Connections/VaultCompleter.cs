using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes the names of vaults. Names of secrets are not offered: a locked vault would ask for its password.</summary>
public sealed class VaultCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters) => Completions.OrNothing(Names(), wordToComplete);

    private static List<string> Names()
    {
        try
        {
            using PowerShell session = PowerShell.Create(RunspaceMode.CurrentRunspace);
            return [.. session.AddCommand($"{SecretVault.Module}\\Get-SecretVault").AddParameter("ErrorAction", ActionPreference.Ignore)
                .Invoke().Select(static vault => vault?.Properties["Name"]?.Value as string).OfType<string>()];
        }
        catch (RuntimeException)
        {
            // Without the module, there are no vaults.
            return [];
        }
    }
}
