using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Repair and recall, by REST through nginx with TLS.</summary>
public sealed class VerifyByRestTests(QdrantServerFixture fixture) : VerifyTests(fixture)
{
    private readonly RestWay way = new(fixture.Server);

    /// <inheritdoc/>
    protected override string Url => way.Url;

    /// <inheritdoc/>
    protected override string[] Way => way.Options;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        way.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Quantization, datatypes and bits, by REST through nginx with TLS.</summary>
public sealed class LikeForLikeByRestTests(QdrantServerFixture fixture) : LikeForLikeTests(fixture)
{
    private readonly RestWay way = new(fixture.Server);

    /// <inheritdoc/>
    protected override string Url => way.Url;

    /// <inheritdoc/>
    protected override string[] Way => way.Options;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        way.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Points of others: refused, kept, merged and repaired, by REST through nginx with TLS.</summary>
public sealed class ExistingPointsByRestTests(QdrantServerFixture fixture) : ExistingPointsTests(fixture)
{
    private readonly RestWay way = new(fixture.Server);

    /// <inheritdoc/>
    protected override string Url => way.Url;

    /// <inheritdoc/>
    protected override string[] Way => way.Options;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        way.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>A way to the REST interface of a server: nginx with TLS; without nginx, the interface itself.</summary>
internal sealed class RestWay : IDisposable
{
    private readonly Certificates certificates = new();
    private readonly string folder = Directory.CreateTempSubdirectory("vm-rest-").FullName;
    private readonly Nginx? nginx;

    public RestWay(QdrantServer server)
    {
        if (Nginx.Program is null)
        {
            Url = server.RestUri.GetLeftPart(UriPartial.Authority);
            Options = ["--protocol", "rest"];
            return;
        }

        int port = Nginx.FreePort();
        nginx = Nginx.StartWith(
            folder,
            $$"""
            client_max_body_size 32m;
            server {
              listen 127.0.0.1:{{port}} ssl http2; ssl_certificate {{certificates.Certificate}}; ssl_certificate_key {{certificates.Key}};
              location / { proxy_http_version 1.1; proxy_pass http://127.0.0.1:{{server.RestPort}}; }
            }
            """,
            "127.0.0.1",
            port,
            $"https://127.0.0.1:{port}");
        Url = nginx.Url;
        Options = ["--protocol", "rest", "--ca-certificate", certificates.Authority];
    }

    public string Url { get; }

    public string[] Options { get; }

    public void Dispose()
    {
        nginx?.Dispose();
        certificates.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
