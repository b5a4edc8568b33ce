using System.Net.Http.Headers;
using System.Text.Json;

namespace VectorMigration.Qdrant;

/// <summary>
/// Refusals of the REST interface as the replies that gRPC would have brought: Qdrant's own words, and the status that belongs to its HTTP status. What a
/// proxy answers itself is judged as it is for gRPC.
/// </summary>
internal static class RestFailure
{
    private const int LongestBody = 64 << 10;

    /// <summary>What an answer other than 2xx means.</summary>
    public static async Task<ForeignAnswerException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string body = await ReadStartAsync(response.Content, cancellationToken).ConfigureAwait(false);
        int status = (int)response.StatusCode;
        TimeSpan? wait = ForeignAnswerException.RetryAfter(
            response.Headers.NonValidated.TryGetValues("retry-after", out HeaderStringValues values) ? values.ToString().Trim() : null);
        return new ForeignAnswerException(Words(response, body) is string words ? Judge(status, words, wait, response) : Foreign(response, wait));
    }

    /// <summary>Qdrant's words; null where something else answers.</summary>
    private static string? Words(HttpResponseMessage response, string body)
    {
        if (response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(body);
                return RestAnswers.Has(json.RootElement, "status", out JsonElement status) ? RestAnswers.Text(status, "error") : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }

        // What refuses a key answers in plain text.
        return (int)response.StatusCode is 401 or 403 && body.Length < 1_000 && !body.Contains('<', StringComparison.Ordinal)
            && (body.Contains("API key", StringComparison.OrdinalIgnoreCase) || body.StartsWith("Forbidden", StringComparison.Ordinal)
                || body.Contains("access is required", StringComparison.Ordinal))
            ? body
            : null;
    }

    private static GrpcReply Judge(int status, string words, TimeSpan? wait, HttpResponseMessage response)
    {
        bool isFull = response.Headers.NonValidated.Contains("qdrant-insufficient-storage") || status == 507;
        if (words.Contains("larger than allowed", StringComparison.Ordinal))
        {
            return GrpcReply.Status(GrpcCode.ResourceExhausted, words, httpStatus: 413);
        }

        GrpcCode code = status switch
        {
            400 or 422 => GrpcCode.InvalidArgument,
            401 => GrpcCode.Unauthenticated,
            403 => GrpcCode.PermissionDenied,
            404 => GrpcCode.NotFound,
            405 or 501 => GrpcCode.Unimplemented,
            408 or 504 => GrpcCode.DeadlineExceeded,
            409 => GrpcCode.AlreadyExists,
            412 => GrpcCode.FailedPrecondition,
            429 or 507 => GrpcCode.ResourceExhausted,
            500 => GrpcCode.Internal,
            502 or 503 => GrpcCode.Unavailable,
            _ => GrpcCode.Unknown,
        };

        // The place of a collection's name is the path here, and a field in gRPC.
        return GrpcReply.Status(code, words.Replace("[name:", "[collection_name:", StringComparison.Ordinal), wait, isFull, status == 413 ? 413 : 0);
    }

    private static GrpcReply Foreign(HttpResponseMessage response, TimeSpan? wait)
    {
        int status = (int)response.StatusCode;
        string words = $"HTTP {status} ({EndpointProbe.Describe(response)})";
        return status is >= 300 and < 400
            ? GrpcReply.Failed(TransportFault.NotRest, $"{words}, a redirect, which is not followed", httpStatus: status)
            : ForeignAnswerException.JudgeStatus(status, words, wait) ?? GrpcReply.Failed(TransportFault.NotRest, words, httpStatus: status);
    }

    private static async Task<string> ReadStartAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] start = new byte[LongestBody];
        int read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return System.Text.Encoding.UTF8.GetString(start, 0, read);
    }
}
