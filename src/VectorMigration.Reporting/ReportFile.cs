using System.Text;

namespace VectorMigration.Reporting;

/// <summary>Writes reports to files.</summary>
internal static class ReportFile
{
    private const int HeadBytes = 256;

    /// <summary>Draws the report of one run into a file of the run's folder.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Draw(RunReport run, string path) => WholeFile.Write(path, Encoding.UTF8.GetBytes(ReportPage.Of([run])));

    /// <summary>Draws a report of one run or several into a file; one that is there is replaced only if it is a report.</summary>
    /// <param name="runs">The runs, at least one.</param>
    /// <param name="path">Full path.</param>
    /// <exception cref="MigrationException">The file is another one, or cannot be written.</exception>
    public static void Write(IReadOnlyList<RunReport> runs, string path)
    {
        try
        {
            if (File.Exists(path) && !IsReport(path))
            {
                throw HistoryErrors.NoReport(path);
            }

            WholeFile.Write(path, Encoding.UTF8.GetBytes(ReportPage.Of(runs)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw HistoryErrors.ReportUnwritable(path, e);
        }
    }

    private static bool IsReport(string path)
    {
        SpecialFile.Refuse(path);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] head = new byte[HeadBytes];
        int read = file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        return read == 0 || Encoding.UTF8.GetString(head, 0, read).Contains(ReportPage.Mark, StringComparison.Ordinal);
    }
}
