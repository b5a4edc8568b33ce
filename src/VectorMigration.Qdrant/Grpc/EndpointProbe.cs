using System.Net;

namespace VectorMigration.Qdrant;

/// <summary>
/// Asks an endpoint that does not speak gRPC what it is: one plain <c>GET /</c> over HTTP/1.1, without the key. Qdrant's REST port gives itself away.
/// </summary>
internal static class EndpointProbe
{
    private const int LongestAnswer = 4_096;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>A better reply than <paramref name="first"/> where the probe learns something; otherwise <paramref name="first"/>.</summary>
    public static async Task<GrpcReply> ExplainAsync(HttpMessageInvoker invoker, Uri endpoint, GrpcReply first, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(endpoint, "/"))
            {
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact
            };
            using HttpResponseMessage answer = await invoker.SendAsync(request, limit.Token).ConfigureAwait(false);
            string text = await ReadStartAsync(answer.Content, limit.Token).ConfigureAwait(false);
            bool isRest = text.Contains("qdrant - ", StringComparison.Ordinal) && text.Contains("\"version\"", StringComparison.Ordinal);
            return isRest ? GrpcReply.Failed(TransportFault.RestPort, "Qdrant's REST interface answered", first.Cause)
                : first.HttpStatus != 0 ? first
                : GrpcReply.Failed(TransportFault.NotGrpc, $"an HTTP/1.1 server answered ({(int)answer.StatusCode} {Describe(answer)})", first.Cause,
                    (int)answer.StatusCode);
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return first;
        }
    }

    /// <summary>Content type and server name of an answer, for messages.</summary>
    public static string Describe(HttpResponseMessage answer)
    {
        string type = answer.Content.Headers.ContentType?.MediaType ?? "no content type";
        string server = answer.Headers.TryGetValues("server", out IEnumerable<string>? names) ? ", server " + string.Join(' ', names) : string.Empty;
        return type + server;
    }

    private static async Task<string> ReadStartAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] start = new byte[LongestAnswer];
        int read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return System.Text.Encoding.UTF8.GetString(start, 0, read);
    }
}
