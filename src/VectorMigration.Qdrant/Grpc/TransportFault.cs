namespace VectorMigration.Qdrant;

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

    /// <summary>The other side is not Qdrant's REST interface, where that is what was asked for.</summary>
    NotRest,

    /// <summary>The proxy refused.</summary>
    ProxyFailed,

    /// <summary>The connection broke under the call.</summary>
    ConnectionLost,

    /// <summary>The deadline passed without an answer.</summary>
    Timeout,

    /// <summary>No call to the server was answered for as long as the caller goes on.</summary>
    Silent,

    /// <summary>The answer is larger than the caller accepts.</summary>
    AnswerTooLarge,

    /// <summary>The answer is not what the protocol says.</summary>
    Malformed,
}
