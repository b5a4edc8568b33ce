using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Opens files of stores.</summary>
internal static class StoreFile
{
    /// <summary>Opens a file to be read from its beginning on.</summary>
    /// <exception cref="MigrationException">It is missing, no regular file, or cannot be read.</exception>
    public static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Address.ThrowIfAddress(path);
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw PayloadErrors.IsDirectory(full);
        }

        try
        {
            FileStream stream = new(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.CanSeek)
            {
                return stream;
            }

            stream.Dispose();
            throw PayloadErrors.NotRegular(full);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw PickleErrors.Missing(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PickleErrors.Unreadable(full, error);
        }
    }
}
