using VectorMigration.Engine;
using VectorMigration.Journal;
using VectorMigration.Reports;
using VectorMigration.Vectors;

namespace VectorMigration.Tuning;

/// <summary>Journal and logs of a rehearsal, in a folder of their own that goes with it: a migration writes them too, and they cost their time.</summary>
internal sealed class RehearsalFiles : IRunObserver, IDisposable
{
    private readonly DirectoryInfo folder;
    private readonly MigrationJournal journal;
    private readonly RunLog log;
    private readonly CompositeObserver both;

    public RehearsalFiles(TrialContext ground, string collection)
    {
        folder = Directory.CreateTempSubdirectory("vector-migration-tuning-");
        try
        {
            IndexDescription index = ground.Source.Description;
            var key = JournalKey.Of(index, JournalKey.NoPayload, ground.Options.IdMapping, ground.Store.Endpoint, collection, ground.Options.VectorName);
            journal = MigrationJournal.Open(Path.Combine(folder.FullName, "rehearsal.journal"), restart: true, ground.Time);
            journal.Begin(new JournalHeader(key, ground.RunId.ToString(), ground.Time.GetUtcNow(), index.Path, index.Identity.LastWriteTimeUtc));
            log = new RunLog(folder.FullName, ground.Options.Upload.SlowThreshold);
            both = new CompositeObserver(new JournalObserver(journal, ground.Planned.Ids.Superseded), log);
        }
        catch
        {
            log?.Dispose();
            journal?.Dispose();
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent) => both.OnEvent(runEvent);

    /// <inheritdoc/>
    public void Dispose()
    {
        log.Dispose();
        journal.Dispose();
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It lies among the temporary files, which the system clears.
        }
    }
}
