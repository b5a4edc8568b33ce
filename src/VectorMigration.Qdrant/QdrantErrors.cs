namespace VectorMigration.Qdrant;

/// <summary>Every error of this assembly that a person can meet is made here.</summary>
internal static class QdrantErrors
{
    /// <summary>The error for a reply that is not OK, with the server's own words.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="endpoint">Endpoint without secrets.</param>
    /// <param name="action">What was to be done, for the sentence "Could not …".</param>
    /// <param name="target">The collection or other thing; null for the endpoint.</param>
    public static MigrationException From(GrpcReply reply, string endpoint, string action, string? target)
    {
        AnswerRow row = QdrantAnswers.Find(reply);
        string message = reply.Fault switch
        {
            TransportFault.NoServer => $"No Qdrant server can be reached at {endpoint}: {reply.Message}.",
            TransportFault.TlsFailed => $"The TLS connection to {endpoint} failed: {reply.Message}.",
            TransportFault.RestPort => $"Qdrant's REST interface answered at {endpoint}. This tool uses gRPC, which is on another port of the server.",
            TransportFault.NotRest => $"{endpoint} is not Qdrant's REST interface: {reply.Message}.",
            TransportFault.NotGrpc => $"{endpoint} does not speak gRPC: {reply.Message}.",
            TransportFault.Timeout => $"Could not {action} at {endpoint}: {reply.Message}.",
            TransportFault.None when row.ErrorId == ErrorIds.ReadOnlyKey => $"Could not {action} at {endpoint}: {QdrantAnswers.Reason(row, reply)}.",
            TransportFault.None => $"Could not {action} at {endpoint}: the server answered '{reply.Message}'.",
            _ => $"Could not {action} at {endpoint}: {reply.Message}.",
        };
        return new MigrationException(row.ErrorId, row.Kind, message, row.OtherCalls ?? row.NextStep, target ?? endpoint,
            reply.Cause)
        { Resumable = row.Outcome == WriteOutcome.Retry || reply.Fault == TransportFault.Silent };
    }

    /// <summary>The message bytes of an answer are not what the protocol says.</summary>
    public static MigrationException MalformedAnswer(string endpoint, string action, string reason, Exception? cause) => new(
        ErrorIds.MalformedAnswer,
        ErrorKind.Server,
        $"Could not {action} at {endpoint}: the answer cannot be read ({reason}).",
        "Check that the endpoint is a Qdrant server and that no proxy changes its answers.",
        endpoint,
        cause);

    /// <summary>The CA file is no use.</summary>
    public static MigrationException CaFileUnusable(string path, string reason, Exception? cause) => new(
        ErrorIds.CaFileUnusable,
        ErrorKind.InvalidArgument,
        $"The CA certificates in '{path}' cannot be used: {reason.TrimEnd('.')}.",
        cause is FileNotFoundException or DirectoryNotFoundException ? "Check the path."
            : "Use a PEM file with the certificates of the CA that signed the server's certificate.",
        path,
        cause);

    /// <summary>Plaintext HTTP/2 cannot go through a forward proxy.</summary>
    public static MigrationException ProxyNeedsTls(Uri endpoint, Uri proxy, bool fromEnvironment) => new(
        ErrorIds.ProxyNeedsTls,
        ErrorKind.InvalidArgument,
        $"{endpoint.GetLeftPart(UriPartial.Authority)} would be reached through the proxy {proxy.Host}:{proxy.Port}, but gRPC without TLS cannot go "
            + $"through an HTTP proxy.",
        fromEnvironment ? $"Use https://. Or add {endpoint.Host} to NO_PROXY if it can be reached directly."
            : "Use https://. Or use no proxy if the server can be reached directly.",
        endpoint.Host);

    /// <summary>The key holds characters that no header can hold. The key itself is not told.</summary>
    public static MigrationException UnusableKey() => new(
        ErrorIds.InvalidApiKey,
        ErrorKind.InvalidArgument,
        "The API key contains spaces, line breaks or other characters that cannot be sent.",
        "Check the API key. It must be one line of printable ASCII characters.",
        "api-key");

    /// <summary>The collection settings cannot be sent.</summary>
    public static MigrationException InvalidSettings(string collection, string reason) => new(
        ErrorIds.InvalidCollectionSettings,
        ErrorKind.InvalidArgument,
        $"The collection '{collection}' cannot be created: {reason}.",
        "Correct the setting.",
        collection);

    /// <summary>The server would drop in silence what is asked for.</summary>
    public static MigrationException ServerTooOld(string endpoint, string version, ServerFeature feature) => new(
        ErrorIds.ServerTooOld,
        ErrorKind.NotSupported,
        $"The server at {endpoint} is Qdrant {version}, which does not support {feature.Name}. Support began with {feature.Since.Major}.{feature.Since.Minor}.",
        $"Use Qdrant {feature.Since.Major}.{feature.Since.Minor} or later, or do not use {feature.Name}.",
        endpoint);

    /// <summary>Vectors are sent as the machine holds them, which must be little-endian.</summary>
    public static MigrationException BigEndianMachine() => new(
        ErrorIds.BigEndianMachine,
        ErrorKind.NotSupported,
        "This machine is big-endian. Qdrant expects vectors in little-endian order.",
        "Run the migration on x64 or Arm64.");
}
