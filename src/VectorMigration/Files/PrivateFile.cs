namespace VectorMigration.Files;

/// <summary>Files that are nobody else's business: only their owner reads and writes them, by their mode or by an access list.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a file anew in the place of one that was left over.</summary>
    /// <exception cref="IOException">It cannot be made; or a device, a pipe or a socket is there, and stays.</exception>
    public static FileStream Create(string path)
    {
        SpecialFile.Refuse(path);
        // Writing over it would keep its mode.
        HeldFile.Try(() => File.Delete(path));
        return Open(path, FileMode.CreateNew, FileShare.Read);
    }

    /// <summary>Opens a file for reading and writing without a buffer.</summary>
    /// <exception cref="IOException">It cannot be opened, or is a device, a pipe or a socket.</exception>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        SpecialFile.Refuse(path);
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
            return new FileStream(path, options);
        }

        bool isNew = !File.Exists(path);
        var file = new FileStream(path, options);
        if (isNew)
        {
            OwnerAccess.Restrict(path);
        }

        return file;
    }
}
