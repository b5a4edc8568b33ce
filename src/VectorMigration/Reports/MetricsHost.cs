using System.Net;
using System.Net.NetworkInformation;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>By which names a client may ask for metrics.</summary>
internal static class MetricsHost
{
    /// <summary>
    /// Whether a request that names this host may be answered. A web page can point a name of its own at this machine, but neither an address nor the name of
    /// the machine: of a loopback address only loopback addresses and <c>localhost</c> are served, of others also the machine's name and any address.
    /// </summary>
    /// <param name="host">Value of the header <c>Host</c>.</param>
    /// <param name="bound">Address that is listened on.</param>
    public static bool Serves(string host, IPAddress bound)
    {
        int end = host.LastIndexOf(':');
        string name = end > host.LastIndexOf(']') && host[(end + 1)..].All(char.IsAsciiDigit) ? host[..end] : host;
        bool isLocal = IPAddress.IsLoopback(bound);
        return MetricsEndpoint.Host(name) is IPAddress address ? !isLocal || IPAddress.IsLoopback(address)
            : !isLocal && Names().Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    private static string[] Names()
    {
        string name = Dns.GetHostName();
        string domain = IPGlobalProperties.GetIPGlobalProperties().DomainName;
        return domain.Length > 0 ? [name, $"{name}.{domain}"] : [name];
    }
}
