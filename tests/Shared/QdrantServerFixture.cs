namespace VectorMigration.TestSupport;

/// <summary>One plain server shared by the tests of a class (<c>IClassFixture</c>) or a collection; tests use collections of their own names.</summary>
public sealed class QdrantServerFixture : IAsyncLifetime
{
    private QdrantServer? server;

    /// <summary>The server.</summary>
    public QdrantServer Server => server ?? throw new InvalidOperationException("The fixture has not been initialised.");

    /// <inheritdoc/>
    public async Task InitializeAsync() => server = await QdrantServer.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
