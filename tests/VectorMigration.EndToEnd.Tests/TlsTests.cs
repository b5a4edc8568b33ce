using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Certificates: verified unless told otherwise, with authorities of one's own on request.</summary>
public sealed class TlsTests : IAsyncLifetime, IDisposable
{
    private const string Key = "tls-k3y-that-must-not-be-seen";
    private readonly string folder = Directory.CreateTempSubdirectory("vm-tls-").FullName;
    private Certificates? certificates;
    private QdrantServer? server;

    public async Task InitializeAsync()
    {
        certificates = new Certificates();
        server = await QdrantServer.StartAsync(new QdrantServerOptions
        {
            TlsCertificatePath = certificates.Certificate,
            TlsKeyPath = certificates.Key,
            ApiKey = Key
        });
        IndexFiles.Flat(Path.Combine(folder, "flat.faiss"), 4, IndexFiles.Random(50, 4, seed: 8));
    }

    public async Task DisposeAsync()
    {
        await server!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public void Dispose() => certificates?.Dispose();

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_before_the_key_is_sent() =>
        (await RunAsync()).ShouldEndWith(2, "certificate");

    [Fact]
    public async Task An_authority_of_ones_own_is_named_by_file()
    {
        ToolResult run = (await RunAsync("--ca-certificate", certificates!.Authority)).ShouldSucceed();
        run.Error.ShouldNotContain("warning:");
    }

    [Fact]
    public async Task Leaving_the_check_out_needs_its_switch_and_is_warned_of() =>
        (await RunAsync("--skip-certificate-check")).ShouldSucceed().Error.ShouldContain("warning: The TLS certificate of 127.0.0.1 is not verified");

    private async Task<ToolResult> RunAsync(params string[] more)
    {
        string url = server!.GrpcUri.GetLeftPart(UriPartial.Authority);
        ToolResult run = await Tool.RunAsync(folder, new Dictionary<string, string> { ["QDRANT_API_KEY"] = Key },
            ["migrate", "flat.faiss", "--url", url, "--collection", "tls", .. more]);
        (run.Output + run.Error).ShouldNotContain(Key);
        return run;
    }
}
