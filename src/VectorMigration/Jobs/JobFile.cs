using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.Jobs;

/// <summary>What a job keeps next to its journals.</summary>
internal static class JobFile
{
    /// <summary>Replaces a file in one step.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="json">Its content.</param>
    /// <exception cref="MigrationException">It cannot be written.</exception>
    public static void Write(string path, byte[] json)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            WholeFile.Write(path, json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JobErrors.Record(path, CommonErrors.OneLine(e.Message).TrimEnd('.'), e);
        }
    }
}
