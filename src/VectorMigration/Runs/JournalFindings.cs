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
            SideFile.Refuse(path);
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

    /// <summary>What the journal of the same points was begun with, whether the run goes on with it or begins it anew; null where there is none, and where it
    /// records nothing.</summary>
    public JournalHeader? Begun(JournalKey key, string? collectionRun) =>
        IsOf(key, collectionRun) && Said is { } said && said.Acknowledged.Count + said.Owned.Count + said.Attempted.Count > 0 ? said.Header : null;

    /// <summary>What the journal of the same collection was begun with, whatever index, payload or ids it speaks of; null where there is none, and where it
    /// records nothing.</summary>
    /// <param name="key">What the run writes.</param>
    /// <param name="collectionRun">The run id of the collection.</param>
    /// <param name="orRecorded">A record of ids counts too: it may know of earlier runs where the last one has sent nothing.</param>
    public JournalHeader? BegunInto(JournalKey key, string? collectionRun, bool orRecorded = false) =>
        Said is { Header: { } header } said
        && (said.Acknowledged.Count + said.Owned.Count + said.Attempted.Count > 0 || (orRecorded && header.Record is not null))
        && header.CollectionRun == collectionRun && header.Key.Collection == key.Collection
        && (collectionRun is not null || EndpointAddresses.AreSame(key.Endpoint, header.Key.Endpoint))
            ? header : null;

    /// <summary>Why a run must not begin the journal anew: points that have payloads would get none. Null where it may.</summary>
    public MigrationException? PayloadReason(JournalKey key, string? collectionRun, MigrationOptions options, bool fromPipeline) =>
        options is { Restart: true, Recreate: false, OnExisting: not ExistingPoints.Merge } && key.Payload == JournalKey.NoPayload
        && Begun(key, collectionRun) is { } begun && begun.Key.Payload != JournalKey.NoPayload
            ? JournalErrors.PayloadWouldBeLost(options.JournalPath!, begun, repairs: false, fromPipeline)
            : null;

    /// <summary>
    /// Why the one command must not write where a pipeline did: a script changed vectors or payloads, or left some out, and the index would replace them.
    /// Null where it may.
    /// </summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="isMarked">A pipeline left its mark in the collection; which one is not known.</param>
    public MigrationException? ChangedPipelineReason(MigrationOptions options, bool isMarked)
    {
        if (options.Recreate || Said is not { Header: { Sent: Guid record } header } said || said.Acknowledged.Count + said.Owned.Count == 0)
        {
            return null;
        }

        using SentPoints? sent = SentPoints.Find(options.JournalPath!, record);
        bool sendsAgain = options.Restart || options.OnChanged != ChangedSource.Refuse;
        return sent?.HasChanged == true || (isMarked && sendsAgain) ? JournalErrors.OfChangedPipeline(options.JournalPath!, header) : null;
    }

    /// <summary>
    /// Why the one command must not rely upon what a pipeline wrote: under ids of its own, or where nothing compares what it sent. Null where it may.
    /// </summary>
    public MigrationException? PipelineReason(MigrationOptions options)
    {
        if (options.Recreate || Said is not { Header: { Sent: Guid record } header } said || said.Acknowledged.Count + said.Owned.Count == 0)
        {
            return null;
        }

        using SentPoints? sent = SentPoints.Find(options.JournalPath!, record);
        bool ownIds = sent?.HasOwnIds != false;
        bool compares = options.Restart || options.OnChanged != ChangedSource.Refuse
            || options.Verification is VerificationMode.Full or VerificationMode.Sample;
        return ownIds || !compares ? JournalErrors.OfPipeline(options.JournalPath!, header, ownIds) : null;
    }

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
