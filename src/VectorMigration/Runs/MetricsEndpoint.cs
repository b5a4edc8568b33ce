using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VectorMigration.Errors;

namespace VectorMigration.Runs;

/// <summary>The address that metrics of a run are served at.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Connections that may wait to be accepted.</summary>
    private const int Backlog = 8;

    /// <summary>Reads <c>127.0.0.1:9464</c>, <c>[::1]:9464</c>, <c>localhost:9464</c>, or a port alone, which is one of the loopback address.</summary>
    /// <exception cref="MigrationException">It is something else.</exception>
    public static IPEndPoint Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "localhost" : text[..colon];
        string port = text[(colon + 1)..];
        return Host(host) is IPAddress address && port.Length is > 0 and <= 5 && port.All(char.IsAsciiDigit)
            && int.Parse(port, CultureInfo.InvariantCulture) is <= IPEndPoint.MaxPort and int number
            ? new IPEndPoint(address, number) : throw LogErrors.MetricsAddressInvalid(text);
    }

    /// <summary>The address that a host stands for: one in its usual form, in brackets where it is one of IPv6, or <c>localhost</c>; null for others.</summary>
    public static IPAddress? Host(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return IPAddress.Loopback;
        }

        bool isLong = host is ['[', _, .., ']'];
        string literal = isLong ? host[1..^1] : host;
        // Other ways to write an address (a number, octal digits) are refused.
        return IPAddress.TryParse(literal, out IPAddress? address) && literal.Contains(':', StringComparison.Ordinal) == isLong
            && (isLong || address.ToString() == literal) ? address : null;
    }

    /// <summary>Listens.</summary>
    /// <exception cref="MigrationException">The port is in use, or the address is not one of this machine.</exception>
    public static TcpListener Listen(IPEndPoint at)
    {
        TcpListener listener = new(at);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // Otherwise another program can take the same port.
                listener.ExclusiveAddressUse = true;
            }

            listener.Start(Backlog);
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw LogErrors.MetricsUnserved(at, e);
        }
    }

    /// <summary>Why nothing can be served there; null where it can.</summary>
    public static MigrationException? Refusal(string address)
    {
        try
        {
            Listen(Parse(address)).Dispose();
            return null;
        }
        catch (MigrationException refused)
        {
            return refused;
        }
    }
}
