namespace VectorMigration.Files;

/// <summary>Files that are there whole, as they were or as they are: written beside the place and put into it in one step.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file in the place of one that may be there.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="content">All of it.</param>
    /// <param name="isPrivate">Only its owner may read it.</param>
    /// <exception cref="IOException">It cannot be written; what was there is still there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool isPrivate = false)
    {
        SpecialFile.Refuse(path);
        string fresh = $"{path}.{Environment.ProcessId}.new";
        try
        {
            using (FileStream file = isPrivate ? PrivateFile.Create(fresh) : new(fresh, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                file.Write(content);
            }

            HeldFile.Replace(fresh, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(fresh);
            throw;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was never made, or stays beside the file, which is whole.
        }
    }
}
