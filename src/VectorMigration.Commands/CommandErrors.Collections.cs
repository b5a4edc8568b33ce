namespace VectorMigration.Commands;

/// <content>Collections, aliases and local servers.</content>
internal static partial class CommandErrors
{
    public static MigrationException CollectionMissing(string name, QdrantConnection server, IEnumerable<string>? present = null) =>
        CollectionErrors.Missing(name, server.ToString(), present, "Check the name and the endpoint. Get-QdrantCollection lists the collections.");

    public static MigrationException NotConnected() => new(
        ErrorIds.NotConnected,
        ErrorKind.Connection,
        "The last Connect-Qdrant of this session failed, so this session has no server. No other server is used instead.",
        "Run Connect-Qdrant again. Or specify -Uri or -Connection for each cmdlet. After Disconnect-Qdrant, cmdlets use "
            + $"{ConnectedCommand.UrlVariable} or {QdrantEndpoint.Default.GetLeftPart(UriPartial.Authority)} again.",
        "Connection");

    public static MigrationException NoKey(string parameter) => new(
        ErrorIds.ApiKeyInvalid,
        ErrorKind.InvalidArgument,
        $"{parameter} has no value. A key was expected.",
        "Check where the value comes from, for example whether the secret exists. If the server needs no key, omit the parameter.",
        parameter);

    public static MigrationException NoVault() => new(
        ErrorIds.SecretUnavailable,
        ErrorKind.InvalidArgument,
        "-VaultName has no value. The name of a vault was expected.",
        "Name a vault. Get-SecretVault lists them. To search all vaults, omit -VaultName.",
        "VaultName");

    public static MigrationException NoSecretManagement(string secret) => new(
        ErrorIds.SecretUnavailable,
        ErrorKind.NotFound,
        $"The secret '{secret}' cannot be read, because the module {SecretVault.Module} is not installed.",
        $"Install it: Install-PSResource {SecretVault.Module}. Or use -ApiKeyPath or -ApiKey.",
        secret);

    public static MigrationException SecretNotRead(string secret, string? vault, string reason, Exception inner) => new(
        ErrorIds.SecretUnavailable,
        ErrorKind.Authentication,
        $"The secret '{secret}' cannot be read from {Vault(vault)}: {reason.TrimEnd('.')}.",
        "Check the name with Get-SecretInfo and the vault with Test-SecretVault. If the vault is locked, unlock it first.",
        secret,
        inner);

    public static MigrationException SecretNotText(string secret, string? vault, string found) => new(
        ErrorIds.SecretUnavailable,
        ErrorKind.InvalidData,
        $"The secret '{secret}' of {Vault(vault)} is {found}. One string was expected, the API key alone.",
        $"Store the key as a string with Set-Secret '{secret}'. It asks for the key.",
        secret);

    private static string Vault(string? vault) => vault is null ? "the registered vaults" : $"the vault '{vault}'";

    public static MigrationException AliasGiven(string alias, string collection, QdrantConnection server) => new(
        ErrorIds.AliasGiven,
        ErrorKind.InvalidArgument,
        $"'{alias}' at {server} is an alias of the collection '{collection}'. A collection is removed only under its own name.",
        $"To delete the collection, use Remove-QdrantCollection '{collection}'. To remove only the alias, use Set-QdrantAlias '{alias}' -Remove.",
        alias);

    public static MigrationException NameIsCollection(string name, QdrantConnection server) => new(
        ErrorIds.NameIsCollection,
        ErrorKind.Conflict,
        $"'{name}' at {server} is a collection. An alias cannot have the same name.",
        "Choose another name for the alias, or remove the collection first.",
        name);

    public static MigrationException AliasMissing(string name, QdrantConnection server) => new(
        ErrorIds.AliasMissing, ErrorKind.NotFound, $"There is no alias '{name}' at {server}.", "Get-QdrantCollection lists the aliases of each collection.",
        name);

    public static MigrationException NotAnIndex(object found) => new(
        ErrorIds.NotAnIndex,
        ErrorKind.InvalidArgument,
        $"-FromIndex is an object of type {found.GetType().Name}. Expected the output of Get-FaissIndex or the path of an index file.",
        "Use the path, or: Get-FaissIndex <path> | New-QdrantCollection <name>.",
        found);

    public static MigrationException VerifyWithDuplicates() => new(
        ErrorIds.VerifyWithDuplicates,
        ErrorKind.InvalidArgument,
        "-Verify compares each vector with its point. With -AllowDuplicateId, the point can contain a later vector with the same id.",
        "Omit -AllowDuplicateId or -Verify.",
        "Verify");

    public static MigrationException VerifyWithMergePayload() => new(
        ErrorIds.VerifyWithMergePayload,
        ErrorKind.InvalidArgument,
        "-Verify compares whole payloads with their points. With -MergePayload, a point keeps fields that were not sent.",
        "Omit -Verify or -MergePayload.",
        "Verify");

    public static MigrationException RegionWithEndpoint() => new(
        ErrorIds.Usage,
        ErrorKind.InvalidArgument,
        "-Region cannot be combined with -Connection or -Uri.",
        "Pass all connections with -Region: -Region $first, $second.",
        "Region");

    public static MigrationException LocalServerMissing(int processId) => new(
        ErrorIds.LocalServerMissing,
        ErrorKind.NotFound,
        $"This session has no running local server with the process id {processId}.",
        "Use Stop-QdrantLocal without parameters to stop all servers that this session started.",
        processId);
}
