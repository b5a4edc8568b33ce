using System.Globalization;
using VectorMigration.Store;

namespace VectorMigration.Diagnosis;

/// <summary>Whether the line is encrypted, and by whose certificate.</summary>
internal static class TlsChecks
{
    /// <summary>A certificate that ends sooner is worth a warning: whoever renews it needs some days.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>The four checks.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="hasKey">A key is sent.</param>
    /// <param name="isUnchecked">The certificate is not verified.</param>
    /// <param name="shown">The certificate; null where none was shown.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<ConnectionCheck> Of(Uri endpoint, bool hasKey, bool isUnchecked, CertificateFindings? shown, DateTimeOffset now)
    {
        bool isTls = endpoint.Scheme == Uri.UriSchemeHttps;
        yield return !isTls ? Plain(endpoint, hasKey)
            : shown is null ? ConnectionCheck.Fail(
                CheckNames.Encryption, $"{endpoint.GetLeftPart(UriPartial.Authority)} shows no TLS certificate.",
                "Check that TLS is switched on at the server (service.enable_tls). Use http:// only for a server without TLS.")
            : isUnchecked ? ConnectionCheck.Warn(
                CheckNames.Encryption, "TLS is used, but the certificate is not verified. Anyone could answer in the server's place.",
                "Use -CaCertificatePath with the CA certificate instead of -SkipCertificateCheck.")
            : ConnectionCheck.Pass(CheckNames.Encryption, $"TLS is used. The certificate is for {Listed(shown)}.");
        if (!isTls || shown is null)
        {
            string why = isTls ? "There is no certificate." : "TLS is not used.";
            foreach (string name in (string[])[CheckNames.CertificateDate, CheckNames.CertificateAuthority, CheckNames.CertificateHost])
            {
                yield return ConnectionCheck.Skip(name, why);
            }

            yield break;
        }

        yield return Date(shown, now);
        yield return Authority(shown, isUnchecked);
        yield return Host(endpoint.Host, shown, isUnchecked);
    }

    private static ConnectionCheck Plain(Uri endpoint, bool hasKey) => endpoint.IsLoopback
        ? ConnectionCheck.Pass(CheckNames.Encryption, "TLS is not used. The endpoint is on this machine.")
        : ConnectionCheck.Warn(
            CheckNames.Encryption, $"TLS is not used. Vectors{(hasKey ? ", payloads and the API key" : " and payloads")} are sent unencrypted.",
            "Use an https:// endpoint.");

    private static ConnectionCheck Date(CertificateFindings shown, DateTimeOffset now)
    {
        string end = shown.NotAfter.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        if (now < shown.NotBefore)
        {
            return ConnectionCheck.Fail(
                CheckNames.CertificateDate,
                string.Create(CultureInfo.InvariantCulture, $"The certificate is not valid before {shown.NotBefore:yyyy-MM-dd HH:mm} UTC."),
                "Check the clock of this machine. Otherwise install a certificate that is valid now.");
        }

        TimeSpan left = shown.NotAfter - now;
        return left <= TimeSpan.Zero
            ? ConnectionCheck.Fail(CheckNames.CertificateDate, $"The certificate expired at {end}.", "Renew the server's certificate.")
            : left < Soon ? ConnectionCheck.Warn(
                CheckNames.CertificateDate, $"The certificate expires at {end}. A run that connects again later fails.",
                "Renew the server's certificate before the run.")
            : ConnectionCheck.Pass(CheckNames.CertificateDate, $"The certificate is valid until {end}.");
    }

    private static ConnectionCheck Authority(CertificateFindings shown, bool isUnchecked)
    {
        if (shown.ChainFaults.Count == 0)
        {
            return ConnectionCheck.Pass(CheckNames.CertificateAuthority, $"The certificate was issued by a trusted authority: {shown.Issuer}.");
        }

        string finding = $"The certificate, issued by {shown.Issuer}, is not trusted: {string.Join("; ", shown.ChainFaults)}.";
        return isUnchecked
            ? ConnectionCheck.Warn(CheckNames.CertificateAuthority, finding, "Use -CaCertificatePath with the certificates of the CA.")
            : ConnectionCheck.Fail(CheckNames.CertificateAuthority, finding, "Use -CaCertificatePath with the certificates of the CA.");
    }

    private static ConnectionCheck Host(string host, CertificateFindings shown, bool isUnchecked)
    {
        if (shown.IsForHost)
        {
            return ConnectionCheck.Pass(CheckNames.CertificateHost, $"The certificate is for {host}.");
        }

        string finding = $"The certificate is not for {host}. It is for {Listed(shown)}.";
        const string advice = "Use an endpoint with a name of the certificate, or install a certificate with the name of the endpoint.";
        return isUnchecked ? ConnectionCheck.Warn(CheckNames.CertificateHost, finding, advice)
            : ConnectionCheck.Fail(CheckNames.CertificateHost, finding, advice);
    }

    private static string Listed(CertificateFindings shown) => shown.Names.Count == 0 ? shown.Subject
        : string.Join(", ", shown.Names.Take(4)) + (shown.Names.Count > 4 ? ", …" : string.Empty);
}
