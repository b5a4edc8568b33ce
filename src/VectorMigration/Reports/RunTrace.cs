using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>What a run has left in its folder, as far as it tells whether the run can be resumed.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Status">How it ended; null for one that was killed, or is under way.</param>
/// <param name="Journal">Full path of its journal; null where it has none, or was refused before it had a plan.</param>
internal sealed record RunTrace(RunFolder Folder, MigrationStatus? Status, string? Journal)
{
    /// <summary>Reads what is there.</summary>
    public static RunTrace Read(RunFolder folder)
    {
        try
        {
            RunSummary summary = RunSummaries.Read(folder.Summary);
            return new RunTrace(folder, summary.Status, summary.Journal);
        }
        catch (MigrationException)
        {
            return new RunTrace(folder, null, new LogFile(folder.Log, CancellationToken.None).Journal());
        }
    }

    /// <summary>Whether the same command would go on with it: it has not ended for good, its journal is there, and no later run has completed it.</summary>
    /// <param name="all">The runs of the log folder.</param>
    public bool CanBeResumed(IEnumerable<RunTrace> all) =>
        Journal is string journal && IsOpen && MayBeThere(journal)
            && !all.Any(other => other.Folder.StartedAt > Folder.StartedAt && other.Journal == journal && other.Status == MigrationStatus.Completed);

    private bool IsOpen => Status is null or MigrationStatus.Interrupted or MigrationStatus.Incomplete;

    /// <summary>A journal whose folder is not there either may lie on a disk that is not mounted at present.</summary>
    private static bool MayBeThere(string journal) => File.Exists(journal) || !Directory.Exists(Path.GetDirectoryName(journal));
}
