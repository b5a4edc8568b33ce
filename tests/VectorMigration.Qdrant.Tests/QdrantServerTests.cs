using System.Diagnostics;
using VectorMigration.TestSupport;

namespace VectorMigration.Qdrant.Tests;

public sealed class QdrantServerTests
{
    [Fact]
    public async Task The_server_starts_freezes_dies_and_comes_back_on_its_ports()
    {
        string folder;
        int first;
        await using (QdrantServer server = await QdrantServer.StartAsync())
        {
            folder = server.Folder;
            first = server.ProcessId;
            server.IsRunning.ShouldBeTrue();
            server.Pause();
            server.Resume();
            server.Kill();
            server.IsRunning.ShouldBeFalse();
            await server.RestartAsync();
            server.ProcessId.ShouldNotBe(first);
            using HttpClient client = new();
            (await client.GetStringAsync(server.RestUri)).ShouldContain("qdrant");
            first = server.ProcessId;
        }

        Directory.Exists(folder).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => Process.GetProcessById(first));
    }
}
