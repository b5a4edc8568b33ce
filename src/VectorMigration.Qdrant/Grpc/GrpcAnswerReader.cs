using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;

namespace VectorMigration.Qdrant;

/// <summary>Reads one unary answer: headers, one length-prefixed message, trailers.</summary>
internal static class GrpcAnswerReader
{
    /// <summary>The reply of a response whose headers have come.</summary>
    public static async ValueTask<GrpcReply> ReadAsync(HttpResponseMessage response, int largest, CancellationToken cancellationToken)
    {
        // Trailers-only: the status stands in the headers, there is no body.
        if (Find(response.Headers, "grpc-status") is string early)
        {
            return FromStatus(early, response.Headers, response.Headers);
        }

        string? type = response.Content.Headers.ContentType?.MediaType;
        if ((int)response.StatusCode != 200 || type is null || !type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase))
        {
            return FromHttp(response);
        }

        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            return await ReadBodyAsync(stream, response, largest, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<GrpcReply> ReadBodyAsync(Stream stream, HttpResponseMessage response, int largest, CancellationToken cancellationToken)
    {
        byte[] prefix = new byte[GrpcContent.PrefixLength];
        int read = await stream.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            return Find(response.TrailingHeaders, "grpc-status") is string status && status != "0"
                ? FromStatus(status, response.TrailingHeaders, response.Headers)
                : GrpcReply.Failed(TransportFault.Malformed, "the answer holds neither a message nor an error");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (read < prefix.Length || prefix[0] != 0)
        {
            return GrpcReply.Failed(TransportFault.Malformed, read < prefix.Length ? "the answer breaks off in its first bytes" : "the answer is compressed though no compression was agreed on");
        }

        if (length > (uint)largest)
        {
            return GrpcReply.Failed(TransportFault.AnswerTooLarge, $"the answer has {length:N0} bytes, accepted are {largest:N0}");
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, (int)length));
        GrpcReply? reply = null;
        try
        {
            int body = await stream.ReadAtLeastAsync(buffer.AsMemory(0, (int)length), (int)length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            bool ended = await stream.ReadAsync(prefix, cancellationToken).ConfigureAwait(false) == 0;
            reply = body < (int)length ? GrpcReply.Failed(TransportFault.ConnectionLost, $"the answer broke off after {body:N0} of {length:N0} bytes")
                : !ended ? GrpcReply.Failed(TransportFault.Malformed, "the answer holds more than one message")
                : FromTrailers(response, buffer, (int)length);
            return reply;
        }
        finally
        {
            if (reply is not { IsOk: true })
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static GrpcReply FromTrailers(HttpResponseMessage response, byte[] buffer, int length) =>
        Find(response.TrailingHeaders, "grpc-status") switch
        {
            null => GrpcReply.Failed(TransportFault.Malformed, "the answer ended without grpc-status"),
            "0" => GrpcReply.Good(buffer, length),
            string status => FromStatus(status, response.TrailingHeaders, response.Headers),
        };

    private static GrpcReply FromStatus(string status, HttpResponseHeaders where, HttpResponseHeaders headers)
    {
        if (!int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return GrpcReply.Failed(TransportFault.Malformed, "the answer's grpc-status is not a number");
        }

        if (number == 0)
        {
            return GrpcReply.Failed(TransportFault.Malformed, "the answer says OK but holds no message");
        }

        GrpcCode code = number <= (int)GrpcCode.Unauthenticated ? (GrpcCode)number : GrpcCode.Unknown;
        string message = PercentText.Decode(Find(where, "grpc-message") ?? string.Empty);
        TimeSpan? after = RetryAfter(Find(where, "retry-after") ?? Find(headers, "retry-after"));
        bool full = Find(where, "qdrant-insufficient-storage") is not null || Find(headers, "qdrant-insufficient-storage") is not null;
        return GrpcReply.Status(code, message.Length > 0 ? message : code.ToString(), after, full);
    }

    // An answer without grpc-status comes from something before the server; the protocol maps its HTTP status (grpc/grpc, http-grpc-status-mapping).
    private static GrpcReply FromHttp(HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        string words = $"HTTP {status} ({EndpointProbe.Describe(response)})";
        TimeSpan? after = RetryAfter(Find(response.Headers, "retry-after"));
        return status switch
        {
            401 => GrpcReply.Status(GrpcCode.Unauthenticated, words, httpStatus: status),
            403 => GrpcReply.Status(GrpcCode.PermissionDenied, words, httpStatus: status),
            413 => GrpcReply.Status(GrpcCode.ResourceExhausted, words, httpStatus: status),
            429 => GrpcReply.Status(GrpcCode.ResourceExhausted, words, after ?? TimeSpan.FromSeconds(1), httpStatus: status),
            502 or 503 or 504 => GrpcReply.Status(GrpcCode.Unavailable, words, after, httpStatus: status),
            _ => GrpcReply.Failed(TransportFault.NotGrpc, words, httpStatus: status),
        };
    }

    // Qdrant sends whole seconds; a proxy may send a date, which is left to the backoff.
    private static TimeSpan? RetryAfter(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static string? Find(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? string.Join(' ', values).Trim() : null;
}
