using System.Net;
using System.Net.Sockets;
using VectorMigration.Errors;

namespace VectorMigration.Store;

/// <summary>Reads what people write for an endpoint: <c>host</c>, <c>host:port</c>, <c>http(s)://host[:port]</c>.</summary>
public static class QdrantEndpoint
{
    /// <summary>Qdrant's gRPC port.</summary>
    public const int GrpcPort = 6334;

    /// <summary>Qdrant's REST port. As an endpoint it stands for the server whose gRPC port is <see cref="GrpcPort"/>.</summary>
    public const int RestPort = 6333;

    private const string AllAddresses = "dns:///";

    /// <summary>The endpoint used when nothing else is said.</summary>
    public static Uri Default { get; } = new("http://127.0.0.1:6334");

    /// <summary>
    /// Reads an endpoint. No scheme means <c>http</c>, no port 6334. Port 6333 is REST of the server with gRPC at 6334: both are one endpoint. A path, query
    /// or user part is refused.
    /// </summary>
    /// <exception cref="MigrationException">It is no endpoint.</exception>
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
            throw Refuse(ErrorIds.InvalidEndpoint, $"The endpoint {uri.Scheme}://{uri.Authority} must contain only scheme, host and port, without user, "
            + "path or query.",
                "Put the API key into QDRANT_API_KEY or a file, never into the address.", uri.Host);
        }

        int port = HasExplicitPort(full, uri) ? uri.Port : GrpcPort;
        return new UriBuilder(uri.Scheme, uri.Host, port == RestPort ? GrpcPort : port).Uri;
    }

    /// <summary>
    /// Reads the endpoints of several nodes of one cluster, separated by commas; each is told once. <c>dns:///name[:port]</c>, as gRPC writes it, stands for
    /// every address of a name, without TLS.
    /// </summary>
    /// <exception cref="MigrationException">One is no endpoint, a name has no address, or some have TLS and some have not.</exception>
    public static IReadOnlyList<Uri> ParseAll(params IEnumerable<string> texts) => ParseAll(texts, Dns.GetHostAddresses);

    /// <summary>The same with a resolver of names.</summary>
    internal static IReadOnlyList<Uri> ParseAll(IEnumerable<string> texts, Func<string, IPAddress[]> resolve)
    {
        Uri[] all = [.. texts.SelectMany(static text => (text ?? string.Empty).Split(',')).SelectMany(text => Addresses(text, resolve)).Distinct()];
        if (all.Length == 0)
        {
            return [Parse(string.Empty)];
        }

        RequireOneScheme(all);
        return all;
    }

    /// <summary>Refuses nodes of which some have TLS and some have not: what begins with TLS must not go on without.</summary>
    /// <exception cref="MigrationException">They have not all the same scheme.</exception>
    internal static void RequireOneScheme(IReadOnlyList<Uri> all)
    {
        if (all.FirstOrDefault(uri => uri.Scheme != all[0].Scheme) is { } other)
        {
            throw Refuse(
                ErrorIds.InvalidEndpoint,
                $"The endpoints {all[0].GetLeftPart(UriPartial.Authority)} and {other.GetLeftPart(UriPartial.Authority)} differ in their scheme. "
                    + "Expected https:// for all nodes, or http:// for all.",
                "Use the same scheme for all endpoints of a cluster.", other.Host);
        }
    }

    /// <summary>The endpoint that a text names, or those of all addresses of a name.</summary>
    private static Uri[] Addresses(string text, Func<string, IPAddress[]> resolve)
    {
        string trimmed = text.Trim();
        if (!trimmed.StartsWith(AllAddresses, StringComparison.OrdinalIgnoreCase))
        {
            return [Parse(text)];
        }

        Uri named = Parse(Uri.UriSchemeHttp + Uri.SchemeDelimiter + trimmed[AllAddresses.Length..]);
        IPAddress[] found;
        try
        {
            found = resolve(named.DnsSafeHost);
        }
        catch (SocketException unknown)
        {
            throw NoAddress(named.Host, unknown.Message.TrimEnd('.'));
        }

        return found.Length == 0 ? throw NoAddress(named.Host, "it has no address")
            : [.. found.Distinct().Select(address => new UriBuilder(named) { Host = address.ToString() }.Uri)];
    }

    private static MigrationException NoAddress(string host, string reason) => new(
        ErrorIds.NoServer, ErrorKind.Connection, $"The name {host} cannot be resolved: {reason}.",
        "Check the name of the endpoint, and the DNS of this machine.", host);

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
