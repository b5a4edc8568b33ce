using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>The tests that share one plain server, each with collections of its own.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServer : ICollectionFixture<QdrantServerFixture>
{
    public const string Name = "shared server";
}

/// <summary>What tests against a server have: a folder, a witness, a collection name that nobody else uses.</summary>
public abstract class ServerTests : IDisposable
{
    private readonly QdrantServer server;

    protected ServerTests(QdrantServerFixture fixture)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        server = fixture.Server;
        Witness = new Witness(server);
    }

    /// <summary>A folder that goes with the test.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("vm-e2e-").FullName;

    /// <summary>A collection of this test's own.</summary>
    protected string Collection { get; } = "c" + Guid.NewGuid().ToString("N");

    /// <summary>The endpoint: that of gRPC, unless the tests go another way.</summary>
    protected virtual string Url => server.GrpcUri.GetLeftPart(UriPartial.Authority);

    /// <summary>What the tool is told of the way to the endpoint.</summary>
    protected virtual string[] Way => [];

    /// <summary>The shared server.</summary>
    protected QdrantServer Server => server;

    internal Witness Witness { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Path of a file in the folder.</summary>
    protected string At(string name) => Path.Combine(Folder, name);

    /// <summary>Runs <c>migrate</c> into this test's collection.</summary>
    internal Task<ToolResult> MigrateAsync(string index, params string[] more) =>
        Tool.RunAsync(Folder, ["migrate", index, "--url", Url, "--collection", Collection, .. Way, .. more]);

    /// <summary>Runs <c>verify</c> against this test's collection.</summary>
    internal Task<ToolResult> VerifyAsync(string index, params string[] more) =>
        Tool.RunAsync(Folder, ["verify", index, "--url", Url, "--collection", Collection, .. Way, .. more]);

    /// <summary>Frees what the test holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Witness.Dispose();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
