using System.Text;

namespace VectorMigration.Reporting;

/// <summary>Writes reports to files.</summary>
internal static class ReportFile
{
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
            SpecialFile.Refuse(path);
            if (OwnFile.Refusal(path, ReportPage.Mark, "a report") is Exception other)
            {
                throw other is IOException ? HistoryErrors.NoReport(path) : other;
            }

            WholeFile.Write(path, Encoding.UTF8.GetBytes(ReportPage.Of(runs)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw HistoryErrors.ReportUnwritable(path, e);
        }
    }
}
