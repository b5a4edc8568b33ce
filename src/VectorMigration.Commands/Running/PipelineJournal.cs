namespace VectorMigration.Commands;

/// <summary>
/// The journal of one pipeline: which of its vectors need not be sent again. The pipeline thread asks, the pool notes; they never touch the
/// same set.
/// </summary>
internal sealed class PipelineJournal : IDisposable
{
    private readonly MigrationJournal journal;
    private readonly JournalObserver notes;
    private readonly OrdinalSet before;
    private readonly IndexDescription index;
    private readonly JournalKey key;

    private PipelineJournal(MigrationJournal journal, JournalKey key, IndexDescription index)
    {
        this.journal = journal;
        this.key = key;
        this.index = index;
        notes = new JournalObserver(journal, new HashSet<long>());
        before = journal.Acknowledged.Copy();
    }

    /// <summary>Vectors that were passed over.</summary>
    public long Skipped { get; private set; }

    /// <summary>Opens the journal for the index that the first vector comes from and holds it against the collection.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="restart">Begin anew.</param>
    /// <param name="first">The first vector.</param>
    /// <param name="key">What the journal must belong to.</param>
    /// <param name="target">The collection as it was found.</param>
    /// <exception cref="MigrationException">The journal is refused, or the vector knows no index.</exception>
    public static PipelineJournal Open(string path, bool restart, in InputVector first, JournalKey key, JournalTarget target)
    {
        MigrationJournal journal = MigrationJournal.Open(path, restart, TimeProvider.System);
        try
        {
            JournalCheck.Read(path, restart, key, target, new HashSet<long>());
            return new PipelineJournal(journal, key, first.Index!);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>The key for the index of a vector; payloads come with the vectors, or not at all.</summary>
    /// <exception cref="MigrationException">The vector knows no index.</exception>
    public static JournalKey KeyOf(string path, in InputVector first, IdMapping idMapping, string endpoint, string collection, string? vectorName) => first.Index is { } index
        ? JournalKey.Of(index, first.Payload.IsEmpty ? JournalKey.NoPayload : JournalKey.PipelinePayload, idMapping, endpoint, collection, vectorName)
        : throw JournalErrors.NeedsIndex(path);

    /// <summary>Goes on, or begins for a collection that is there by now.</summary>
    public void Begin(string? collectionRun)
    {
        if (journal.Acknowledged.Count > 0)
        {
            journal.GoOn();
        }
        else
        {
            journal.Begin(new JournalHeader(key, collectionRun, DateTimeOffset.UtcNow, index.Path, index.Identity.LastWriteTimeUtc));
        }
    }

    /// <summary>Whether an earlier run was acknowledged for a vector.</summary>
    /// <exception cref="MigrationException">It is of another index, or of none.</exception>
    public bool Passes(in InputVector vector)
    {
        if (!ReferenceEquals(vector.Index, index) && vector.Index?.Identity.Fingerprint != index.Identity.Fingerprint)
        {
            throw vector.Index is null ? JournalErrors.NeedsIndex(journal.Path) : JournalErrors.OtherIndex(journal.Path, index.Path, vector.Index.Path);
        }

        if (!before.Contains(vector.Ordinal))
        {
            return false;
        }

        Skipped++;
        return true;
    }

    /// <summary>Notes what was acknowledged.</summary>
    public void OnEvent(RunEvent runEvent) => notes.OnEvent(runEvent);

    /// <summary>Brings everything to the disk.</summary>
    public void Complete() => journal.Complete();

    /// <inheritdoc/>
    public void Dispose() => journal.Dispose();
}
