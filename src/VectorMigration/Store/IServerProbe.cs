namespace VectorMigration.Store;

/// <summary>
/// Looks at an endpoint as it is, port by port, where a store chooses one and goes on. Changes nothing on the server. Every call ends within the
/// connection's timeout. Thread-safe.
/// </summary>
public interface IServerProbe : IDisposable
{
    /// <summary>When the API key is a token that expires, the time; null for every other key and without one.</summary>
    DateTimeOffset? KeyExpiresAt { get; }

    /// <summary>Asks one port for the server's version, without the key.</summary>
    /// <param name="protocol"><see cref="QdrantProtocol.Grpc"/> or <see cref="QdrantProtocol.Rest"/>.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task<PortFindings> LookAsync(QdrantProtocol protocol, CancellationToken cancellationToken);

    /// <summary>Reads the certificate that the server shows, whether it is trusted or not; nothing but a request without the key is sent over it.</summary>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>Null where the server shows none.</returns>
    Task<CertificateFindings?> ReadCertificateAsync(CancellationToken cancellationToken);

    /// <summary>Reads a resource of the REST interface.</summary>
    /// <param name="path">Path and query, beginning with a slash.</param>
    /// <param name="withKey">Send the key; false asks as anybody could.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>Null where the REST interface does not answer.</returns>
    Task<RestFindings?> ReadAsync(string path, bool withKey, CancellationToken cancellationToken);
}
