using VectorMigration.Errors;

namespace VectorMigration.Store;

/// <summary>What one port of an endpoint answered.</summary>
/// <param name="Address">The port, without secrets.</param>
/// <param name="Version">Version of the server behind it; null where none answered.</param>
/// <param name="Fault">Why none answered; null where one did.</param>
public sealed record PortFindings(Uri Address, string? Version, MigrationException? Fault)
{
    /// <summary>Scheme, host and port.</summary>
    internal string Name => Address.GetLeftPart(UriPartial.Authority);
}
