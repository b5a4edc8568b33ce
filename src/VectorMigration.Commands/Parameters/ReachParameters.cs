using System.Management.Automation;
using System.Security;

namespace VectorMigration.Commands;

/// <summary>How a server is reached that no connection leads to yet, and whose key is used.</summary>
internal sealed class ReachParameters : ParameterGroup
{
    /// <summary>gRPC, REST, or whichever of them the server answers.</summary>
    [Parameter(ParameterSetName = ParameterSets.EnvironmentKey)]
    [Parameter(ParameterSetName = ParameterSets.Key)]
    [Parameter(ParameterSetName = ParameterSets.KeyFile)]
    [Parameter(ParameterSetName = ParameterSets.Secret)]
    public QdrantProtocol Protocol { get; set; }

    /// <summary>API key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Key)]
    [AllowNull]
    public SecureString? ApiKey { get; set; }

    /// <summary>File that holds the API key and nothing else.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.KeyFile)]
    [AllowNull]
    [AllowEmptyString]
    public string? ApiKeyPath { get; set; }

    /// <summary>Name of the secret that is the API key, in a vault of Microsoft.PowerShell.SecretManagement.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Secret)]
    [AllowNull]
    [AllowEmptyString]
    public string? SecretName { get; set; }

    /// <summary>The vault that holds the secret; the vaults in the order of SecretManagement when left out.</summary>
    [Parameter(ParameterSetName = ParameterSets.Secret)]
    [AllowNull]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(VaultCompleter))]
    public string? VaultName { get; set; }

    /// <summary>PEM file with the certificates to trust instead of the system's.</summary>
    [Parameter(ParameterSetName = ParameterSets.EnvironmentKey)]
    [Parameter(ParameterSetName = ParameterSets.Key)]
    [Parameter(ParameterSetName = ParameterSets.KeyFile)]
    [Parameter(ParameterSetName = ParameterSets.Secret)]
    [ValidateNotNullOrEmpty]
    public string? CaCertificatePath { get; set; }

    /// <summary>Do not verify the server's certificate.</summary>
    [Parameter(ParameterSetName = ParameterSets.EnvironmentKey)]
    [Parameter(ParameterSetName = ParameterSets.Key)]
    [Parameter(ParameterSetName = ParameterSets.KeyFile)]
    [Parameter(ParameterSetName = ParameterSets.Secret)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Send the key over plaintext to a host that is not this machine.</summary>
    [Parameter(ParameterSetName = ParameterSets.EnvironmentKey)]
    [Parameter(ParameterSetName = ParameterSets.Key)]
    [Parameter(ParameterSetName = ParameterSets.KeyFile)]
    [Parameter(ParameterSetName = ParameterSets.Secret)]
    public SwitchParameter AllowPlaintextKey { get; set; }

    /// <summary>HTTP proxy.</summary>
    [Parameter(ParameterSetName = ParameterSets.EnvironmentKey)]
    [Parameter(ParameterSetName = ParameterSets.Key)]
    [Parameter(ParameterSetName = ParameterSets.KeyFile)]
    [Parameter(ParameterSetName = ParameterSets.Secret)]
    public Uri? Proxy { get; set; }

    /// <summary>The settings of a connection.</summary>
    /// <param name="command">The cmdlet, which resolves paths.</param>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="timeout">Deadline of calls.</param>
    public QdrantConnectionOptions Options(PSCmdlet command, IReadOnlyList<Uri> endpoints, TimeSpan? timeout)
    {
        QdrantConnectionOptions options = new()
        {
            Uri = endpoints[0],
            OtherUris = [.. endpoints.Skip(1)],
            Protocol = Protocol,
            Proxy = Proxy,
            CaCertificatePath = CaCertificatePath is null ? null : IndexPaths.ResolveOne(command, CaCertificatePath, literal: false),
            SkipCertificateCheck = SkipCertificateCheck,
            AllowPlaintextKey = AllowPlaintextKey,
        };
        return timeout is TimeSpan time ? options with { Timeout = time } : options;
    }

    /// <summary>The key of the parameter set; null without one.</summary>
    /// <param name="command">The cmdlet, which resolves paths.</param>
    /// <param name="set">The parameter set.</param>
    /// <param name="warn">Told of a file that others can read.</param>
    public string? Key(PSCmdlet command, string set, Action<string> warn) => set switch
    {
        ParameterSets.Key => CommandKeys.FromSecure(ApiKey ?? throw CommandErrors.NoKey("-ApiKey")),
        ParameterSets.KeyFile when string.IsNullOrEmpty(ApiKeyPath) => throw CommandErrors.NoKey("-ApiKeyPath"),
        ParameterSets.KeyFile => ApiKeyFile.Require(IndexPaths.ResolveOne(command, ApiKeyPath!, literal: false), warn),
        ParameterSets.Secret when string.IsNullOrEmpty(SecretName) => throw CommandErrors.NoKey("-SecretName"),
        ParameterSets.Secret when IsGiven(nameof(VaultName)) && string.IsNullOrEmpty(VaultName) => throw CommandErrors.NoVault(),
        ParameterSets.Secret => CommandKeys.FromSecure(SecretVault.Read(command, SecretName!, VaultName)),
        _ => ApiKeyFile.FromEnvironment(),
    };
}
