using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VectorMigration.Qdrant;

/// <summary>Makes the HTTP handlers of a connection: TLS, proxy, keep-alive and flow-control windows.</summary>
internal static class TransportHandlers
{
    // 240 ms of round trip at 30 MB/s are 7.2 MB under way; the default window of 64 KB would allow 270 KB/s.
    private const int StreamWindow = 8 * 1024 * 1024;

    /// <summary>One handler is one HTTP/2 connection.</summary>
    /// <exception cref="MigrationException">The CA file cannot be read, or a proxy stands before a plaintext endpoint.</exception>
    public static SocketsHttpHandler Create(QdrantConnectionOptions options, X509Certificate2Collection? trusted)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = false,
            InitialHttp2StreamWindowSize = StreamWindow,
            KeepAlivePingDelay = options.KeepAlive,
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
            UseCookies = false,
        };
        SetProxy(handler, options);
        SetTls(handler.SslOptions, options, trusted);
        return handler;
    }

    /// <summary>The certificates of <see cref="QdrantConnectionOptions.CaCertificatePath"/>; null where none is named.</summary>
    /// <exception cref="MigrationException">The file cannot be read or holds no certificate.</exception>
    public static X509Certificate2Collection? LoadTrusted(QdrantConnectionOptions options)
    {
        if (options.CaCertificatePath is not string path)
        {
            return null;
        }

        try
        {
            X509Certificate2Collection trusted = [];
            trusted.ImportFromPemFile(path);
            return trusted.Count > 0 ? trusted : throw QdrantErrors.CaFileUnusable(path, "it contains no PEM certificate", null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw QdrantErrors.CaFileUnusable(
                path, unreadable is FileNotFoundException or DirectoryNotFoundException ? "the file does not exist" : unreadable.Message, unreadable);
        }
    }

    private static void SetProxy(SocketsHttpHandler handler, QdrantConnectionOptions options)
    {
        // A proxy is never meant for the machine itself, and a test server on loopback must be reached whatever the environment says.
        if (options.Proxy is null && options.Uri.IsLoopback)
        {
            handler.UseProxy = false;
            return;
        }

        IWebProxy chosen = options.Proxy is null ? HttpClient.DefaultProxy : Named(options.Proxy);
        Uri? proxy = chosen.IsBypassed(options.Uri) ? null : chosen.GetProxy(options.Uri);
        if (proxy is not null && options.Uri.Scheme == Uri.UriSchemeHttp)
        {
            throw QdrantErrors.ProxyNeedsTls(options.Uri, proxy, options.Proxy is null);
        }

        handler.UseProxy = proxy is not null;
        handler.Proxy = chosen;
    }

    /// <summary>A proxy with the user and password of its address.</summary>
    private static WebProxy Named(Uri proxy)
    {
        string[] user = proxy.UserInfo.Split(':', 2);
        return new WebProxy(proxy)
        {
            Credentials = proxy.UserInfo.Length == 0 ? null
                : new NetworkCredential(Uri.UnescapeDataString(user[0]), user.Length > 1 ? Uri.UnescapeDataString(user[1]) : string.Empty),
        };
    }

    private static void SetTls(SslClientAuthenticationOptions tls, QdrantConnectionOptions options, X509Certificate2Collection? trusted)
    {
        if (options.SkipCertificateCheck)
        {
            tls.RemoteCertificateValidationCallback = AcceptUnchecked;
        }
        else if (trusted is not null)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(trusted);
            tls.CertificateChainPolicy = policy;
        }
    }

    // The operator asked for this by name (SkipCertificateCheck), and the store warns of it.
    private static bool AcceptUnchecked(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None || certificate is not null;
}
