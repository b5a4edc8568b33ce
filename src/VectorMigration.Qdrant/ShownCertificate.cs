using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace VectorMigration.Qdrant;

/// <summary>What is wrong with a certificate, as findings.</summary>
internal static class ShownCertificate
{
    /// <summary>Describes a certificate as the handshake judged it.</summary>
    /// <param name="certificate">What the server showed.</param>
    /// <param name="chain">The chain that was built from it, or null.</param>
    /// <param name="errors">The judgement.</param>
    public static CertificateFindings Describe(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors) => new()
    {
        Subject = certificate.Subject,
        Issuer = certificate.Issuer,
        NotBefore = certificate.NotBefore.ToUniversalTime(),
        NotAfter = certificate.NotAfter.ToUniversalTime(),
        Names = [.. Names(certificate)],
        IsForHost = !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
        ChainFaults = [.. (chain?.ChainStatus ?? []).Where(IsFault).Select(Words).Distinct()],
    };

    private static IEnumerable<string> Names(X509Certificate2 certificate)
    {
        foreach (X509SubjectAlternativeNameExtension names in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            foreach (string name in names.EnumerateDnsNames())
            {
                yield return name;
            }

            foreach (System.Net.IPAddress address in names.EnumerateIPAddresses())
            {
                yield return address.ToString();
            }
        }
    }

    /// <summary>Validity is told by its dates.</summary>
    private static bool IsFault(X509ChainStatus status) =>
        (status.Status & ~(X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested)) != X509ChainStatusFlags.NoError;

    private static string Words(X509ChainStatus status) => status.Status switch
    {
        X509ChainStatusFlags.UntrustedRoot => "its authority is not trusted here",
        X509ChainStatusFlags.PartialChain => "its authority is not known here",
        X509ChainStatusFlags.Revoked => "it is revoked",
        X509ChainStatusFlags.NotValidForUsage => "it is not meant for servers",
        X509ChainStatusFlags.NotSignatureValid => "its signature is not valid",
        _ => status.StatusInformation.Trim().TrimEnd('.'),
    };
}
