using VectorMigration.Errors;
using VectorMigration.Journal;

namespace VectorMigration.Runs;

/// <summary>What the journal that a run is to use was found to say.</summary>
/// <param name="Content">What it says; null where it cannot be read.</param>
/// <param name="Fault">Why it cannot be read; null where it can.</param>
internal sealed record JournalFindings(JournalContent? Content, MigrationException? Fault)
{
    /// <summary>
    /// Reads it without changing or locking it; null where the run has none. Read before the points are counted: a run that is under way on it meanwhile
    /// adds to both, never to the journal alone.
    /// </summary>
    public static JournalFindings? Read(MigrationOptions options)
    {
        if (options.JournalPath is not string path)
        {
            return null;
        }

        try
        {
            return new JournalFindings(options.Restart || options.Recreate ? MigrationJournal.Forgotten(path) : JournalContent.Read(path), null);
        }
        catch (MigrationException fault)
        {
            return new JournalFindings(null, fault);
        }
    }
}
