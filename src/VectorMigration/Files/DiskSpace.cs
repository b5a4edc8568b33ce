namespace VectorMigration.Files;

/// <summary>Space of the disk that a folder is on.</summary>
internal static class DiskSpace
{
    /// <summary>Bytes that this user can write there; null where it is not known, as for a network share of Windows.</summary>
    /// <param name="folder">Full path of a folder, or null.</param>
    public static long? Free(string? folder)
    {
        try
        {
            return folder is not null && Directory.Exists(folder) ? new DriveInfo(folder).AvailableFreeSpace : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
