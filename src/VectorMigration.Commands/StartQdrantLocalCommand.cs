using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Start-QdrantLocal: a server on this machine for rehearsals, which does not outlive the session.</summary>
[Cmdlet(VerbsLifecycle.Start, "QdrantLocal", SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(QdrantLocalServer))]
public sealed class StartQdrantLocalCommand : MigrationCommand
{
    /// <summary>The server's executable; QDRANT_BIN or the npm package when left out.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Folder of the collections; one that goes with the server when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? StoragePath { get; set; }

    /// <summary>Folder of the snapshots.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? SnapshotPath { get; set; }

    /// <summary>gRPC port; a free one when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 65_535)]
    public int? Port { get; set; }

    /// <summary>REST port; a free one when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 65_535)]
    public int? RestPort { get; set; }

    /// <summary>How long it may take until it is ready.</summary>
    private TimeoutParameters Deadline { get; } = new();

    /// <summary>Emit the server.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        LocalServerOptions options = Options();
        string binary = LocalServerBinary.Find(options.BinaryPath, options.SearchFolders);
        if (!ShouldProcess(binary, $"Start a server on 127.0.0.1 with "
            + $"{(StoragePath is null ? "temporary storage" : $"the storage {options.StoragePath}")}"))
        {
            return;
        }

        QdrantLocalServer server = Wait(QdrantLocalServer.StartAsync(options with { BinaryPath = binary }, StopToken));
        try
        {
            Wait(Parts.OpenStore(server.Connection).GetServerAsync(StopToken));
        }
        catch
        {
            server.Dispose();
            throw;
        }

        MakeOwn(server);
        if (PassThru)
        {
            WriteObject(server);
        }
        else
        {
            Say($"Qdrant {server.ServerVersion} runs at {server.Uri.GetLeftPart(UriPartial.Authority)}, REST at "
                + $"{server.RestUri.GetLeftPart(UriPartial.Authority)}. This session uses it.");
        }
    }

    private void MakeOwn(QdrantLocalServer server)
    {
        SessionMemory session = SessionMemory.Current;
        if (session.Connection is { IsOpen: true } other)
        {
            WriteWarning($"This session now uses the local server {server.Uri} instead of {other}. To switch back, use Connect-Qdrant.");
        }

        session.LocalServers.Add(server);
        session.Connection = server.Connection;
        WriteVerbose($"Qdrant {server.ServerVersion} runs at {server}, REST at {server.RestUri}, storage {server.StoragePath}, log {server.LogPath}.");
    }

    private LocalServerOptions Options()
    {
        LocalServerOptions options = new()
        {
            BinaryPath = Path is null ? null : IndexPaths.ResolveOne(this, Path, literal: false),
            SearchFolders = SearchFolders(),
            StoragePath = StoragePath is null ? null : IndexPaths.Unresolved(this, StoragePath),
            SnapshotPath = SnapshotPath is null ? null : IndexPaths.Unresolved(this, SnapshotPath),
            Port = Port,
            RestPort = RestPort,
        };
        return Deadline.Given is TimeSpan time ? options with { Timeout = time } : options;
    }

    // The module's folder (the repository, where it runs from there: core lies in module/bin), then the current one.
    private string[] SearchFolders()
    {
        string binaries = System.IO.Path.GetDirectoryName(typeof(QdrantLocalServer).Assembly.Location)!;
        return [System.IO.Path.GetFullPath(System.IO.Path.Combine(binaries, "..", "..")), SessionState.Path.CurrentFileSystemLocation.ProviderPath];
    }
}
