using System.Net.Sockets;
using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Diagnosis;

/// <summary>Whether the server can be reached: name, ports, and the protocol that a run would use.</summary>
internal static class PortChecks
{
    /// <summary>The addresses of the host's name.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="proxied">A proxy looks the name up instead.</param>
    /// <param name="resolve">Looks a name up.</param>
    /// <param name="cancellationToken">Abandons the look.</param>
    public static async Task<ConnectionCheck> HostAddressAsync(
        string host, bool proxied, Func<string, CancellationToken, Task<IReadOnlyList<string>>> resolve, CancellationToken cancellationToken)
    {
        if (proxied)
        {
            return ConnectionCheck.Skip(CheckNames.HostAddress, $"The proxy looks up {host}.");
        }

        try
        {
            IReadOnlyList<string> found = await resolve(host, cancellationToken).ConfigureAwait(false);
            return found.Count > 0
                ? ConnectionCheck.Pass(CheckNames.HostAddress, found is [string only] && only == host.Trim('[', ']')
                    ? $"{host} is an address." : $"{host} is {string.Join(", ", found.Take(4))}.")
                : Unknown(host, "it has no address");
        }
        catch (SocketException unknown)
        {
            return Unknown(host, unknown.Message.TrimEnd('.'));
        }
    }

    /// <summary>One port of two.</summary>
    /// <param name="name">Name of the check.</param>
    /// <param name="port">What it answered.</param>
    /// <param name="other">What the other one answered.</param>
    public static ConnectionCheck Port(string name, PortFindings port, PortFindings other) => port.Fault is not MigrationException fault
        ? ConnectionCheck.Pass(name, $"Qdrant {port.Version} answers at {port.Name}.")
        : other.Fault is null ? ConnectionCheck.Warn(name, fault.Message, name == CheckNames.RestPort ? WithoutRest(port, other) : fault.RecommendedAction)
        : ConnectionCheck.Fail(name, fault);

    /// <summary>Where REST was not found: at the port of gRPC it was only looked for because nobody knows the port that it has.</summary>
    private static string WithoutRest(PortFindings rest, PortFindings grpc) =>
        "A run uses gRPC and does not need REST. Checks that read the REST interface are skipped."
        + (rest.Address.Port == grpc.Address.Port
            ? $" REST was looked for at port {rest.Address.Port}, because gRPC is not at port {QdrantEndpoint.GrpcPort}. If the server has REST at "
                + "another port, run the checks a second time with the address of REST." : string.Empty);

    /// <summary>The protocol that a run would use, and why it is not gRPC.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="grpc">The gRPC port.</param>
    /// <param name="rest">The REST port.</param>
    /// <param name="server">What answered the connection; null where nothing did.</param>
    public static ConnectionCheck Protocol(QdrantProtocol asked, PortFindings grpc, PortFindings rest, ServerInfo? server)
    {
        if (server is { ProtocolWarning: string warning })
        {
            (string finding, string advice) = Halves(warning);
            return ConnectionCheck.Warn(CheckNames.Protocol, finding, advice);
        }

        if (server is { Protocol: QdrantProtocol.Rest })
        {
            return grpc.Fault is null
                ? ConnectionCheck.Warn(CheckNames.Protocol, "REST is used as asked for. gRPC answers too, and is faster.", "Use -Protocol Auto or Grpc.")
                : ConnectionCheck.Pass(CheckNames.Protocol, "REST is used as asked for. gRPC does not answer.");
        }

        if (server is not null)
        {
            return ConnectionCheck.Pass(CheckNames.Protocol, "A run uses gRPC.");
        }

        bool onlyOther = (asked == QdrantProtocol.Grpc && rest.Fault is null) || (asked == QdrantProtocol.Rest && grpc.Fault is null);
        return ConnectionCheck.Fail(
            CheckNames.Protocol,
            onlyOther ? $"Only {(rest.Fault is null ? "REST" : "gRPC")} answers, and it was not asked for." : "Neither gRPC nor REST can be used.",
            onlyOther ? "Use -Protocol Auto." : "Start the server, or correct the endpoint. Then run the same command again.");
    }

    /// <summary>The last sentence says what to do.</summary>
    private static (string Finding, string Advice) Halves(string warning)
    {
        int end = warning.IndexOf(". ", warning.IndexOf("slower", StringComparison.Ordinal) is >= 0 and int at ? at : 0, StringComparison.Ordinal);
        return end < 0 ? (warning, string.Empty) : (warning[..(end + 1)], warning[(end + 2)..]);
    }

    private static ConnectionCheck Unknown(string host, string reason) => ConnectionCheck.Fail(
        CheckNames.HostAddress, $"The name {host} cannot be resolved: {reason}.", "Check the name of the endpoint, and the DNS of this machine.");
}
