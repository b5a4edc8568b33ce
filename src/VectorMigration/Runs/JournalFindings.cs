using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>What the journal that a run is to use was found to say.</summary>
/// <param name="Content">What it says; null where it cannot be read.</param>
/// <param name="Fault">Why it cannot be read; null where it can.</param>
internal sealed record JournalFindings(JournalContent? Content, MigrationException? Fault)
{
    /// <summary>What it said before it is begun anew: what a run wrote stays its own. Null where it goes on, and where nothing can be read.</summary>
    public JournalContent? Before { get; private init; }

    /// <summary>What it said, whether the run goes on with it or begins it anew.</summary>
    public JournalContent? Said => Before ?? Content;

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
            return options.Restart || options.Recreate
                ? new JournalFindings(MigrationJournal.Forgotten(path), null) { Before = ReadBefore(path) }
                : new JournalFindings(JournalContent.Read(path), null);
        }
        catch (MigrationException fault)
        {
            return new JournalFindings(null, fault);
        }
    }

    /// <summary>The ordinals that the migration wrote, as the journal knows, whether the run goes on with them or begins anew; null where it knows of
    /// none.</summary>
    public OrdinalSet? Ours(JournalKey key, string? collectionRun) =>
        IsOf(key, collectionRun) && (Before ?? Content) is { } said && said.Acknowledged.Count + said.Owned.Count > 0 ? Union(said) : null;

    /// <summary>The ordinals that need not be sent again; null where there are none.</summary>
    public OrdinalSet? Acknowledged(JournalKey key, string? collectionRun) =>
        IsOf(key, collectionRun) && Content is { Acknowledged: { Count: > 0 } acknowledged } ? acknowledged : null;

    /// <summary>The ordinals whose batches were about to be sent: an equal point there can be ours. Null where there are none.</summary>
    public OrdinalSet? Attempted(JournalKey key, string? collectionRun) => IsOf(key, collectionRun) ? Said!.Attempted : null;

    private bool IsOf(JournalKey key, string? collectionRun) => (Before ?? Content) is { Header: { } header } && header.CollectionRun == collectionRun
        && (collectionRun is not null || EndpointAddresses.AreSame(key.Endpoint, header.Key.Endpoint)) && key.IsOfTheSamePoints(header.Key);

    private static OrdinalSet Union(JournalContent said)
    {
        OrdinalSet all = said.Acknowledged.Copy();
        all.AddAll(said.Owned);
        return all;
    }

    private static JournalContent? ReadBefore(string path)
    {
        try
        {
            return JournalContent.Read(path);
        }
        catch (MigrationException)
        {
            // It is begun anew because it cannot be read.
            return null;
        }
    }
}
