namespace VectorMigration.SideFiles.Stores;

/// <summary>Opens files of stores.</summary>
internal static class StoreFile
{
    /// <summary>Opens a file.</summary>
    /// <exception cref="MigrationException">It is missing, no regular file, or cannot be read.</exception>
    public static DiskBytes Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Address.RequirePath(path);
        string full = FullPath(path);
        return Directory.Exists(full) ? throw StoreErrors.IsDirectory(full) : JsonLinesFile.Open(full);
    }

    /// <summary>The same; one that gzip compressed is read as what is in it.</summary>
    /// <exception cref="MigrationException">It cannot be read, or unpacks to more than is allowed.</exception>
    public static FileBytes OpenPlain(string path) => UnpackedBytes.Of(Open(path), FullPath(path));

    /// <summary>The full path of a file.</summary>
    public static string FullPath(string path) => Path.GetFullPath(path);
}
