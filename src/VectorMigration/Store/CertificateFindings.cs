namespace VectorMigration.Store;

/// <summary>The certificate that a server showed, and what is wrong with it.</summary>
public sealed record CertificateFindings
{
    /// <summary>Whom it was issued to.</summary>
    public required string Subject { get; init; }

    /// <summary>Who issued it.</summary>
    public required string Issuer { get; init; }

    /// <summary>Begin of its validity.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>End of its validity.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Host names and addresses that it is for.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>It is for the host that was asked.</summary>
    public required bool IsForHost { get; init; }

    /// <summary>Why its chain does not lead to a trusted authority, besides validity; empty where it does.</summary>
    public required IReadOnlyList<string> ChainFaults { get; init; }
}
