using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What tests have that step in while a run is under way: a server that they may kill, an index, and a look at how far the run has come.</summary>
public abstract class MidwayTests(int vectors, int dimension, int seed) : IAsyncLifetime
{
    private QdrantServer? server;

    /// <summary>A folder that goes with the test.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("vm-midway-").FullName;

    /// <summary>The test's own server.</summary>
    protected QdrantServer Server => server!;

    /// <summary>The gRPC endpoint.</summary>
    protected string Url => Server.GrpcUri.GetLeftPart(UriPartial.Authority);

    /// <summary>The index.</summary>
    protected string Index => Path.Combine(Folder, "flat.faiss");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        server = await QdrantServer.StartAsync();
        IndexFiles.Flat(Index, dimension, IndexFiles.Random(vectors, dimension, seed));
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Waits until the log tells of so many acknowledged batches.</summary>
    internal async Task BatchesAsync(Tool tool, int wanted)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (RunLogs.Batches(Path.Combine(Folder, "logs")) < wanted)
        {
            if (tool.HasExited)
            {
                throw new InvalidOperationException($"The run ended too early: {(await tool.EndAsync()).Error}");
            }

            await Task.Delay(10, limit.Token);
        }
    }
}
