using System.Net;

namespace VectorMigration.Reports;

/// <summary>Judges a request for metrics by its headers.</summary>
internal static class MetricsRequest
{
    /// <summary>The status of the one request that is answered.</summary>
    public const string Granted = "200 OK";

    private const string Bad = "400 Bad Request";

    /// <summary>The status of the answer.</summary>
    /// <param name="head">Request line and headers, without the empty line at their end.</param>
    /// <param name="bound">Address that is listened on.</param>
    public static string Judge(string head, IPAddress bound)
    {
        string[] lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [string method, string target, "HTTP/1.1" or "HTTP/1.0"])
        {
            return Bad;
        }

        string? host = null;
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(" \t\r\n") || line.AsSpan(colon).ContainsAny("\r\n\0"))
            {
                return Bad;
            }

            string name = line[..colon];
            string value = line[(colon + 1)..].Trim(' ', '\t');
            bool isHost = name.Equals("Host", StringComparison.OrdinalIgnoreCase);
            bool hasBody = name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
                || (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && value != "0");
            if (hasBody || (isHost && host is not null))
            {
                return Bad;
            }

            host = isHost ? value : host;
        }

        return host is null ? Bad
            : !MetricsHost.Serves(host, bound) ? "421 Misdirected Request"
            : method != "GET" ? "405 Method Not Allowed"
            : target.Split('?', 2)[0] != "/metrics" ? "404 Not Found"
            : Granted;
    }
}
