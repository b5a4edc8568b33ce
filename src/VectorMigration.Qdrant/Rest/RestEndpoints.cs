namespace VectorMigration.Qdrant;

/// <summary>Where the REST interface of a server is that is known by its gRPC endpoint. Host and scheme are never others.</summary>
internal static class RestEndpoints
{
    private const int HttpsPort = 443;

    /// <summary>Port 6333 where gRPC is at 6334, otherwise the same port.</summary>
    public static Uri Of(Uri endpoint) => endpoint.Port == QdrantEndpoint.GrpcPort ? WithPort(endpoint, QdrantEndpoint.RestPort) : endpoint;

    /// <summary>Where it may be, in the order in which it is looked for.</summary>
    public static IEnumerable<Uri> Candidates(Uri endpoint)
    {
        yield return Of(endpoint);
        if (endpoint.Port != QdrantEndpoint.GrpcPort)
        {
            yield break;
        }

        // A proxy may forward REST by the port that was given for gRPC, or by the port of HTTPS.
        yield return endpoint;
        if (endpoint.Scheme == Uri.UriSchemeHttps)
        {
            yield return WithPort(endpoint, HttpsPort);
        }
    }

    private static Uri WithPort(Uri uri, int port) => new UriBuilder(uri.Scheme, uri.Host, port).Uri;
}
