using System.Globalization;
using System.Net.Http.Headers;

namespace VectorMigration.Qdrant;

/// <summary>
/// An answer that is not gRPC, judged where its HTTP status and headers can still be seen: Grpc.Net.Client keeps neither. It passes through the client
/// as the exception behind its status and is taken out again by <see cref="GrpcFailure"/>.
/// </summary>
internal sealed class ForeignAnswerException(GrpcReply reply) : HttpRequestException(reply.Message)
{
    /// <summary>What the answer means.</summary>
    public GrpcReply Reply { get; } = reply;

    /// <summary>Null for an answer in gRPC; otherwise what it is.</summary>
    public static ForeignAnswerException? Find(HttpResponseMessage response)
    {
        if (response.Headers.NonValidated.Contains("grpc-status"))
        {
            return null;
        }

        string? type = response.Content.Headers.ContentType?.MediaType;
        return (int)response.StatusCode == 200 && type is not null && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
            ? null
            : new ForeignAnswerException(Judge(response));
    }

    /// <summary>How long <c>retry-after</c> asks to wait. Qdrant sends whole seconds; a proxy may send a date, which is left to the backoff.</summary>
    public static TimeSpan? RetryAfter(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : null;

    // It comes from something before the server; the protocol maps its HTTP status (grpc/grpc, http-grpc-status-mapping).
    private static GrpcReply Judge(HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        string words = $"HTTP {status} ({EndpointProbe.Describe(response)})";
        string? wait = response.Headers.NonValidated.TryGetValues("retry-after", out HeaderStringValues values) ? values.ToString().Trim() : null;
        return JudgeStatus(status, words, RetryAfter(wait)) ?? GrpcReply.Failed(TransportFault.NotGrpc, words, httpStatus: status);
    }

    /// <summary>What an HTTP status of a proxy means; null where it means that something else answers.</summary>
    public static GrpcReply? JudgeStatus(int status, string words, TimeSpan? after) => status switch
    {
        401 => GrpcReply.Status(GrpcCode.Unauthenticated, words, httpStatus: status),
        403 => GrpcReply.Status(GrpcCode.PermissionDenied, words, httpStatus: status),
        413 => GrpcReply.Status(GrpcCode.ResourceExhausted, words, httpStatus: status),
        429 => GrpcReply.Status(GrpcCode.ResourceExhausted, words, after, httpStatus: status),
        502 or 503 or 504 => GrpcReply.Status(GrpcCode.Unavailable, words, after, httpStatus: status),
        _ => null,
    };
}
