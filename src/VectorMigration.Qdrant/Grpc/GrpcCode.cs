namespace VectorMigration.Qdrant;

/// <summary>The status codes of gRPC, with their numbers.</summary>
internal enum GrpcCode
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <summary>Why there is no answer in the server's own words.</summary>
internal enum TransportFault
{
    /// <summary>The server answered.</summary>
    None,

    /// <summary>Nobody listens, no such host, no route, or connecting took too long.</summary>
    NoServer,

    /// <summary>The TLS handshake failed, or there is no TLS.</summary>
    TlsFailed,

    /// <summary>The other side is Qdrant's REST port.</summary>
    RestPort,

    /// <summary>The other side does not speak gRPC.</summary>
    NotGrpc,

    /// <summary>The proxy refused.</summary>
    ProxyFailed,

    /// <summary>The connection broke under the call.</summary>
    ConnectionLost,

    /// <summary>The deadline passed without an answer.</summary>
    Timeout,

    /// <summary>The answer is larger than the caller accepts.</summary>
    AnswerTooLarge,

    /// <summary>The answer is not what the protocol says.</summary>
    Malformed,
}
