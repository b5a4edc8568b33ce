using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;

namespace VectorMigration.Commands;

/// <summary>Secrets of Microsoft.PowerShell.SecretManagement. The module is not a dependency: it is looked for where a secret is named.</summary>
internal static class SecretVault
{
    /// <summary>The module whose Get-Secret is called. A command of this name from elsewhere is not.</summary>
    public const string Module = "Microsoft.PowerShell.SecretManagement";

    private const string Script = """
        param($command, [string] $name, [string] $vault)
        $arguments = @{ Name = $name; ErrorAction = 'Stop' }
        if ($vault) { $arguments.Vault = $vault }
        & $command @arguments
        """;

    /// <summary>Reads one secret. A vault may ask its user for its password.</summary>
    /// <param name="command">The cmdlet.</param>
    /// <param name="name">Name of the secret.</param>
    /// <param name="vault">Name of the vault; null for all of them.</param>
    /// <exception cref="MigrationException">The module, the vault or the secret is missing, or the secret is no string.</exception>
    public static SecureString Read(PSCmdlet command, string name, string? vault)
    {
        try
        {
            CommandInfo reader = command.InvokeCommand.GetCommand($"{Module}\\Get-Secret", CommandTypes.Cmdlet | CommandTypes.Function)
                ?? throw CommandErrors.NoSecretManagement(name);
            object?[] found =
                [.. command.InvokeCommand.InvokeScript(Script, true, PipelineResultTypes.None, null, reader, name, vault).Select(one => one?.BaseObject)];
            return found is [SecureString { Length: > 0 } key] ? key : throw CommandErrors.SecretNotText(name, vault, Kind(found));
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException)
        {
            throw CommandErrors.SecretNotRead(name, vault, error.ErrorRecord?.Exception?.Message ?? error.Message, error);
        }
    }

    // Never what it holds.
    private static string Kind(object?[] found) => found switch
    {
        [] or [null] or [SecureString] => "empty",
        [{ } one] => $"a {one.GetType().Name}",
        _ => $"{Units.Of(found.Length, "object", "objects")}",
    };
}
