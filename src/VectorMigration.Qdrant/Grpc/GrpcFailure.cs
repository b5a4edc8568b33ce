using System.Net.Sockets;
using System.Security.Authentication;

namespace VectorMigration.Qdrant;

/// <summary>Makes a reply of what the HTTP handler throws.</summary>
internal static class GrpcFailure
{
    // RFC 9113, 7.
    private const long ProtocolError = 1;
    private const long Http11Required = 13;

    /// <summary>True for what a network can do to a call; everything else is a defect and stays an exception.</summary>
    public static bool IsTransport(Exception failure) =>
        failure is HttpRequestException or IOException or OperationCanceledException or SocketException or AuthenticationException;

    /// <summary>The reply for a failure.</summary>
    public static GrpcReply Describe(Exception failure, bool deadlinePassed, TimeSpan timeout)
    {
        // A handler gives up connecting with a cancellation that wraps a TimeoutException.
        if (failure is OperationCanceledException { InnerException: TimeoutException } && !deadlinePassed)
        {
            return GrpcReply.Failed(TransportFault.NoServer, "connecting took too long", failure);
        }

        if (deadlinePassed || failure is OperationCanceledException)
        {
            return GrpcReply.Failed(TransportFault.Timeout, $"no answer within {timeout.TotalSeconds:0.###} s", failure);
        }

        return GrpcReply.Failed(FaultOf(failure), Words(failure), failure);
    }

    /// <summary>
    /// True where the other side ended the call by an error code of HTTP/2, which only a server of HTTP/2 does. PROTOCOL_ERROR is what the handler
    /// itself says of bytes that are no HTTP/2, and HTTP_1_1_REQUIRED speaks for itself.
    /// </summary>
    public static bool IsReset(Exception? failure) => failure is not null && Innermost<HttpProtocolException>(failure) is { ErrorCode: not (ProtocolError or Http11Required) };

    private static TransportFault FaultOf(Exception failure) => (failure as HttpRequestException)?.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError => TransportFault.NoServer,
        HttpRequestError.SecureConnectionError => TransportFault.TlsFailed,
        HttpRequestError.ProxyTunnelError => TransportFault.ProxyFailed,
        HttpRequestError.VersionNegotiationError => TransportFault.NotGrpc,
        _ when Innermost<AuthenticationException>(failure) is not null => TransportFault.TlsFailed,
        _ => TransportFault.ConnectionLost,
    };

    /// <summary>The innermost message: the outer ones say that something went wrong, the inner one what.</summary>
    private static string Words(Exception failure)
    {
        Exception inner = failure;
        while (inner.InnerException is not null)
        {
            inner = inner.InnerException;
        }

        return inner.Message.TrimEnd('.');
    }

    private static T? Innermost<T>(Exception failure)
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
