using VectorMigration.Errors;

namespace VectorMigration.Store;

/// <summary>Reads what people write for an endpoint: <c>host</c>, <c>host:port</c>, <c>http(s)://host[:port]</c>.</summary>
public static class QdrantEndpoint
{
    /// <summary>Qdrant's gRPC port.</summary>
    public const int GrpcPort = 6334;

    /// <summary>Qdrant's REST port, which does not speak gRPC.</summary>
    public const int RestPort = 6333;

    /// <summary>The endpoint used when nothing else is said.</summary>
    public static Uri Default { get; } = new("http://127.0.0.1:6334");

    /// <summary>
    /// Reads an endpoint. No scheme means <c>http</c>, no port 6334. A bare path, query or user part is refused.
    /// </summary>
    /// <exception cref="MigrationException">It is no endpoint, or it names the REST port.</exception>
    public static Uri Parse(string text)
    {
        string trimmed = (text ?? string.Empty).Trim();
        bool hasScheme = trimmed.Contains("://", StringComparison.Ordinal);
        string full = hasScheme ? trimmed : "http://" + trimmed;
        if (trimmed.Length == 0
            || !Uri.TryCreate(full, UriKind.Absolute, out Uri? uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.Host.Length == 0)
        {
            throw Refuse(ErrorIds.InvalidEndpoint, $"'{WithoutSecrets(trimmed)}' is not an endpoint. Expected host, host:port or http(s)://host:port.",
                "Use the gRPC endpoint, for example http://127.0.0.1:6334 or https://<cluster>:6334.", WithoutSecrets(trimmed));
        }

        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.AbsolutePath is not ("/" or ""))
        {
            throw Refuse(ErrorIds.InvalidEndpoint, $"The endpoint {uri.Scheme}://{uri.Host} must contain only scheme, host and port, without user, "
            + "path or query.",
                "Put the API key into QDRANT_API_KEY or a file, never into the address.", uri.Host);
        }

        int port = HasExplicitPort(full, uri) ? uri.Port : GrpcPort;
        return port == RestPort
            ? throw Refuse(ErrorIds.RestPortGiven, $"Port {RestPort} of {uri.Host} is Qdrant's REST port. This tool uses gRPC, which is port "
                + $"{GrpcPort} by default.", $"Use {uri.Scheme}://{uri.Host}:{GrpcPort}.", $"{uri.Host}:{RestPort}")
            : new UriBuilder(uri.Scheme, uri.Host, port).Uri;
    }

    private static bool HasExplicitPort(string full, Uri uri)
    {
        int authority = full.IndexOf("://", StringComparison.Ordinal) + 3;
        int end = full.IndexOfAny(['/', '?', '#'], authority);
        string host = end < 0 ? full[authority..] : full[authority..end];
        return !uri.IsDefaultPort || host.EndsWith(":" + uri.Port, StringComparison.Ordinal);
    }

    private static string WithoutSecrets(string text)
    {
        int at = text.LastIndexOf('@');
        string rest = at < 0 ? text : text[(at + 1)..];
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? rest : rest[..query];
    }

    private static MigrationException Refuse(string id, string message, string action, string target) =>
        new(id, ErrorKind.InvalidArgument, message, action, target);
}
