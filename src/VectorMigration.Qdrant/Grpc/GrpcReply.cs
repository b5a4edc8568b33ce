using System.Text;
using System.Text.RegularExpressions;

namespace VectorMigration.Qdrant;

/// <summary>How one call ended: carried out, or why not. What a good call answered is in <see cref="GrpcAnswer{T}"/>.</summary>
internal sealed partial class GrpcReply
{
    /// <summary>The call was carried out.</summary>
    public static readonly GrpcReply Ok = new() { Code = GrpcCode.OK, Message = string.Empty };

    // The server's words are shown to people: enough of them to be understood, never a flood.
    private const int LongestMessage = 1_000;

    /// <summary>gRPC status; for faults the nearest one.</summary>
    public required GrpcCode Code { get; init; }

    /// <summary>The server's words, or what happened to the connection.</summary>
    public required string Message { get; init; }

    /// <summary>Why there is no answer of the server.</summary>
    public TransportFault Fault { get; init; }

    /// <summary>HTTP status where the answer was not gRPC; 0 otherwise.</summary>
    public int HttpStatus { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The server said <c>qdrant-insufficient-storage</c> (1.19 and later).</summary>
    public bool InsufficientStorage { get; init; }

    /// <summary>The exception behind a fault.</summary>
    public Exception? Cause { get; init; }

    /// <summary>Whether the call was carried out.</summary>
    public bool IsOk => Code == GrpcCode.OK && Fault == TransportFault.None;

    /// <summary>An answer that is a status only.</summary>
    public static GrpcReply Status(GrpcCode code, string message, TimeSpan? retryAfter = null, bool insufficientStorage = false, int httpStatus = 0) =>
        new() { Code = code, Message = Presentable(message), RetryAfter = retryAfter, InsufficientStorage = insufficientStorage, HttpStatus = httpStatus };

    /// <summary>No answer of the server.</summary>
    public static GrpcReply Failed(TransportFault fault, string message, Exception? cause = null, int httpStatus = 0) => new()
    {
        Code = fault switch
        {
            TransportFault.Timeout or TransportFault.Silent => GrpcCode.DeadlineExceeded,
            TransportFault.NoServer or TransportFault.ConnectionLost or TransportFault.TlsFailed or TransportFault.ProxyFailed => GrpcCode.Unavailable,
            TransportFault.AnswerTooLarge => GrpcCode.ResourceExhausted,
            TransportFault.Malformed => GrpcCode.Internal,
            _ => GrpcCode.Unknown,
        },
        Message = Presentable(message),
        Fault = fault,
        Cause = Harmless(cause),
        HttpStatus = httpStatus,
    };

    /// <summary>A message for people: short, on one line, and without user and password of a proxy, whose address .NET shows as it was given.</summary>
    private static string Presentable(string message)
    {
        message = UserOfAddress().Replace(message, "://");
        StringBuilder text = new(Math.Min(message.Length, LongestMessage));
        foreach (char c in message)
        {
            if (text.Length == LongestMessage)
            {
                return text.Append('…').ToString();
            }

            text.Append(char.IsControl(c) ? ' ' : c);
        }

        return text.ToString().Trim();
    }

    /// <summary>The exception behind a fault, for developers; none that shows user and password of a proxy.</summary>
    private static Exception? Harmless(Exception? cause)
    {
        for (Exception? inner = cause; inner is not null; inner = inner.InnerException)
        {
            if (UserOfAddress().IsMatch(inner.Message))
            {
                return null;
            }
        }

        return cause;
    }

    [GeneratedRegex(@"://[^/\s]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserOfAddress();
}

/// <summary>What came back from one call.</summary>
/// <param name="Reply">How it ended.</param>
/// <param name="Message">The answer; null unless <paramref name="Reply"/> is OK.</param>
internal readonly record struct GrpcAnswer<T>(GrpcReply Reply, T? Message)
    where T : class
{
    /// <summary>How long the attempt was kept back before it was sent.</summary>
    public TimeSpan Waited { get; init; }
}
