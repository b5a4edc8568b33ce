using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VectorMigration.TestSupport;

/// <summary>An authority of our own and a certificate that it signs for loopback addresses and this host, as PEM files in a folder that goes away.</summary>
internal sealed class Certificates : IDisposable
{
    /// <summary>Another address of this machine alone, where the ports of Qdrant are free.</summary>
    public const string OtherAddress = "127.73.19.5";

    /// <param name="ended">The validity of both ended an hour ago.</param>
    /// <param name="host">The certificate is for this host alone; null for 127.0.0.1 and this machine's name.</param>
    public Certificates(bool ended = false, string? host = null)
    {
        Folder = Directory.CreateTempSubdirectory("certificates-").FullName;
        DateTimeOffset from = DateTimeOffset.UtcNow.AddHours(ended ? -3 : -1);
        DateTimeOffset until = DateTimeOffset.UtcNow.AddHours(ended ? -1 : 2);
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authority = new("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using X509Certificate2 root = authority.CreateSelfSigned(from, until);

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=qdrant", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        if (host is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.Parse(OtherAddress));
        }

        names.AddDnsName(host ?? Dns.GetHostName());
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 leaf = request.Create(root, from, until, [1, 2, 3, 4]);
        File.WriteAllText(Authority, root.ExportCertificatePem());
        File.WriteAllText(Certificate, leaf.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
    }

    public string Authority => Path.Combine(Folder, "ca.pem");

    public string Certificate => Path.Combine(Folder, "cert.pem");

    public string Key => Path.Combine(Folder, "key.pem");

    private string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
