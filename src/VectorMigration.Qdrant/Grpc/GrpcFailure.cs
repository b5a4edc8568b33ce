using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using Google.Protobuf;
using Grpc.Core;

namespace VectorMigration.Qdrant;

/// <summary>
/// Makes a reply of what a call throws. Grpc.Net.Client puts everything into a status: what the server said, and (with the exception behind it, as
/// <see cref="Status.DebugException"/>) what the network or the client itself did.
/// </summary>
internal static class GrpcFailure
{
    // RFC 9113, 7.
    private const long ProtocolError = 1;
    private const long Http11Required = 13;

    private const string Compressed = "the answer is compressed though no compression was agreed on";
    private const string TooLarge = "the answer is larger than the accepted size";

    // Statuses of the client itself (Grpc.Net.Client 2.85: StreamExtensions, GrpcProtocolHelpers, GrpcCall), which have no exception behind them.
    private static readonly (GrpcCode Code, string Words, TransportFault Fault, string Told)[] OwnStatuses =
    [
        (GrpcCode.ResourceExhausted, "Received message exceeds the maximum configured message size", TransportFault.AnswerTooLarge, TooLarge),
        (GrpcCode.Cancelled, "No grpc-status found on response", TransportFault.Malformed, "the answer ended without grpc-status"),
        (GrpcCode.Internal, "Failed to deserialize response message", TransportFault.Malformed, "the answer contains neither a message nor an error"),
        (GrpcCode.Internal, "Request did not include grpc-encoding value", TransportFault.Malformed, Compressed),
        (GrpcCode.Internal, "Request sent 'identity' grpc-encoding value", TransportFault.Malformed, Compressed),
        (GrpcCode.Unimplemented, "Unsupported grpc-encoding value", TransportFault.Malformed, Compressed),
    ];

    /// <summary>The reply for a call that failed.</summary>
    /// <param name="failure">What it threw.</param>
    /// <param name="headers">Headers of the answer; null where there was none.</param>
    /// <param name="timeout">The call's deadline.</param>
    public static GrpcReply Describe(RpcException failure, Metadata? headers, TimeSpan timeout)
    {
        Status status = failure.Status;
        Exception? cause = status.DebugException;
        if (Innermost<ForeignAnswerException>(cause) is { } foreign)
        {
            return foreign.Reply;
        }

        // A deadline of the server has words; the client's own has none, or the reset of the stream behind it.
        if (status.StatusCode == GrpcCode.DeadlineExceeded && (cause is not null || status.Detail.Length == 0))
        {
            return GrpcReply.Failed(TransportFault.Timeout, FormattableString.Invariant($"no answer within {timeout.TotalSeconds:0.###} s"), cause);
        }

        return cause is null ? FromStatus(status, failure.Trailers, headers) : FromCause(cause);
    }

    /// <summary>
    /// True where the other side ended the call by an error code of HTTP/2, which only a server of HTTP/2 does. PROTOCOL_ERROR is what the handler
    /// itself says of bytes that are no HTTP/2, and HTTP_1_1_REQUIRED speaks for itself.
    /// </summary>
    public static bool IsReset(Exception? failure) => Innermost<HttpProtocolException>(failure) is { ErrorCode: not (ProtocolError or Http11Required) };

    /// <summary>What is said of a server that did not answer at all.</summary>
    public static string NoAnswer(TimeSpan time) => FormattableString.Invariant($"the server has not answered for {time.TotalSeconds:0.###} s");

    private static GrpcReply FromStatus(Status status, Metadata trailers, Metadata? headers)
    {
        foreach ((GrpcCode ownCode, string words, TransportFault fault, string told) in OwnStatuses)
        {
            if (status.StatusCode == ownCode && status.Detail.StartsWith(words, StringComparison.Ordinal))
            {
                return GrpcReply.Failed(fault, told);
            }
        }

        GrpcCode code = status.StatusCode is >= GrpcCode.OK and <= GrpcCode.Unauthenticated ? status.StatusCode : GrpcCode.Unknown;
        TimeSpan? after = ForeignAnswerException.RetryAfter(trailers.GetValue("retry-after") ?? headers?.GetValue("retry-after"));
        bool full = trailers.Get("qdrant-insufficient-storage") is not null || headers?.Get("qdrant-insufficient-storage") is not null;
        return GrpcReply.Status(code, status.Detail.Length > 0 ? status.Detail : code.ToString(), after, full);
    }

    /// <summary>What a network can do to a call, and what an answer can be; everything else is a defect and stays an exception.</summary>
    private static GrpcReply FromCause(Exception cause)
    {
        switch (cause)
        {
            case InvalidProtocolBufferException or FormatException:
                return GrpcReply.Failed(TransportFault.Malformed, $"the answer cannot be read ({Words(cause)})", cause);
            case InvalidDataException:
                return GrpcReply.Failed(TransportFault.Malformed, $"the answer is not a gRPC message ({Words(cause)})", cause);
            case InvalidOperationException when cause.Message.Contains("grpc-status", StringComparison.Ordinal):
                return GrpcReply.Failed(TransportFault.Malformed, "the answer's grpc-status is not a number", cause);
            case HttpRequestException or IOException or OperationCanceledException or SocketException or AuthenticationException:
                return GrpcReply.Failed(FaultOf(cause), Words(cause), cause);
            default:
                ExceptionDispatchInfo.Throw(cause);
                throw cause;
        }
    }

    /// <summary>What happened to a call that ended by an exception of the network.</summary>
    internal static TransportFault FaultOf(Exception failure) => (failure as HttpRequestException)?.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError => TransportFault.NoServer,
        HttpRequestError.SecureConnectionError => TransportFault.TlsFailed,
        HttpRequestError.ProxyTunnelError => TransportFault.ProxyFailed,
        HttpRequestError.VersionNegotiationError => TransportFault.NotGrpc,
        _ when Innermost<AuthenticationException>(failure) is not null => TransportFault.TlsFailed,
        _ => TransportFault.ConnectionLost,
    };

    /// <summary>The innermost message: the outer ones say that something went wrong, the inner one what.</summary>
    internal static string Words(Exception failure)
    {
        Exception inner = failure;
        while (inner.InnerException is not null)
        {
            inner = inner.InnerException;
        }

        return inner switch
        {
            HttpProtocolException reset => FormattableString.Invariant($"the server ended the request or the connection (HTTP/2 error {reset.ErrorCode})"),
            HttpIOException when inner.Message.Contains("ping", StringComparison.OrdinalIgnoreCase) => "the server no longer answers on this connection",
            HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "the connection ended before the answer was complete",
            // SslStream reads the first bytes of the answer as a frame.
            AuthenticationException or IOException when inner.Message.Contains("frame size", StringComparison.Ordinal) =>
                "the server answered without TLS. This port probably has none",
            _ => inner.Message.TrimEnd('.'),
        };
    }

    private static T? Innermost<T>(Exception? failure)
        where T : Exception
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is T found)
            {
                return found;
            }
        }

        return null;
    }
}
