using System.Net;
using System.Net.Sockets;

namespace VectorMigration.Store;

/// <summary>Whether two endpoints are one: a server has several names (localhost and 127.0.0.1), and what was begun under one is gone on with under
/// another.</summary>
internal static class EndpointAddresses
{
    /// <summary>Whether both lead to the same port of the same machine, as far as names can be resolved here. Of several nodes, separated by commas, one that
    /// both have is enough: it belongs to one cluster.</summary>
    public static bool AreSame(string one, string other) =>
        one.Split(',').Any(node => other.Split(',').Any(another => IsSame(node, another)));

    /// <summary>The first of several nodes, for what can name one only; null where it is no address.</summary>
    public static Uri? First(string? endpoint) => Uri.TryCreate(endpoint?.Split(',')[0], UriKind.Absolute, out Uri? first) ? first : null;

    private static bool IsSame(string one, string other)
    {
        if (string.Equals(one, other, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return Uri.TryCreate(one, UriKind.Absolute, out Uri? a) && Uri.TryCreate(other, UriKind.Absolute, out Uri? b)
            && a.Port == b.Port
            && a.Host.Length > 0 && b.Host.Length > 0
            && ((a.IsLoopback && b.IsLoopback) || Addresses(a.DnsSafeHost).Overlaps(Addresses(b.DnsSafeHost)));
    }

    private static HashSet<IPAddress> Addresses(string host)
    {
        try
        {
            return [.. Dns.GetHostAddresses(host).Select(static address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)];
        }
        catch (SocketException)
        {
            // A name that does not resolve cannot be a server that anything was sent to.
            return [];
        }
    }
}
