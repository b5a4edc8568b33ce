using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.LocalServers;

/// <summary>The folders of a local server.</summary>
/// <param name="Storage">Collections.</param>
/// <param name="Snapshots">Snapshots.</param>
/// <param name="Temp">Files in the making.</param>
/// <param name="Working">Folder that it runs in.</param>
/// <param name="Log">File with what it says.</param>
/// <param name="Temporary">Folder that goes with it, or null.</param>
internal sealed record LocalServerFolders(string Storage, string Snapshots, string Temp, string Working, string Log, PrivateFolder? Temporary)
{
    /// <summary>Makes the folders. Without a storage folder everything lies in one that goes with the server.</summary>
    /// <exception cref="MigrationException">One cannot be made.</exception>
    public static LocalServerFolders Make(LocalServerOptions options)
    {
        string place = options.StoragePath ?? Path.GetTempPath();
        PrivateFolder? temporary = null;
        try
        {
            temporary = options.StoragePath is null ? new PrivateFolder("qdrant-local-") : null;
            string root = temporary?.Path ?? Path.GetFullPath(place);
            string storage = temporary is null ? root : Path.Combine(root, "storage");
            string beside = temporary?.Path ?? root + ".local";
            string snapshots = options.SnapshotPath is null ? Path.Combine(beside, "snapshots") : Path.GetFullPath(options.SnapshotPath);
            string temp = Path.Combine(beside, "temp");
            foreach (string folder in (string[])[storage, snapshots, temp])
            {
                place = folder;
                Directory.CreateDirectory(folder);
            }

            return new LocalServerFolders(storage, snapshots, temp, beside, Path.Combine(beside, "qdrant.log"), temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            temporary?.Dispose();
            throw LocalServerErrors.FolderUnusable(place, error.Message, error);
        }
    }

    /// <summary>
    /// Removes what goes with the server. What another program holds stays, and the next session that starts a server removes it.
    /// </summary>
    /// <returns>The folder, where it stays.</returns>
    public string? Remove()
    {
        Temporary?.Dispose();
        return Temporary is { Path: string folder } && Directory.Exists(folder) ? folder : null;
    }
}
