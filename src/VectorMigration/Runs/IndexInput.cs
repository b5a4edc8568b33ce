using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Files;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>An index, with its payloads, as the input of a run.</summary>
/// <param name="source">The index.</param>
/// <param name="payload">Its payloads, or null.</param>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
/// <param name="runId">The run.</param>
/// <param name="history">Earlier runs, by which a plan tells how long this one will take; null for none.</param>
internal sealed class IndexInput(
    IVectorSource source, IPayloadSource? payload, IVectorStore store, MigrationOptions options, Guid runId, IRunHistory? history = null) : IRunInput
{
    private readonly IndexSurvey survey = new(source, payload, options);
    private IndexFindings found = IndexFindings.Of(source.Description, options);

    private OrdinalSet? translated;

    /// <summary>Told how far the comparison of a sync is.</summary>
    public Action<RunEvent>? OnLook { get; init; }

    private IdRecord Recorder => new(source, options);

    /// <inheritdoc/>
    public string Path => source.Description.Path;

    /// <inheritdoc/>
    public long Expected => source.Description.Count;

    /// <inheritdoc/>
    public int Lanes => InitialFlow.Lanes(options.Upload, found.Index.Dimension, found.Count);

    /// <inheritdoc/>
    public CollectionSettings? SettingsAtOnce => found.Distance is null || found.NeedsNorms || options.Creation.MatchQuantization
        || options is { ShardKey: not null, ShardKeyField: not null } ? null
        : MigrationPlanner.Settings(found, options, runId);

    /// <inheritdoc/>
    public string? WaitAdvice => null;

    /// <inheritdoc/>
    public void Survey(CancellationToken cancellationToken) => found = survey.Read(cancellationToken);

    /// <inheritdoc/>
    public async Task<ExistingFindings?> LookAsync(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken)
    {
        if (options.Recreate || target is not { Existing: not null, Present: > 0 })
        {
            return null;
        }

        // An upsert removes a point's other vectors. If there may be any, points of this migration are looked at too before they are sent again.
        bool mayHoldMore = target.Existing.Vectors.Count + target.Existing.SparseVectors.Count > 1;
        bool overwrites = options.OnExisting == ExistingPoints.Overwrite && !Syncs;
        if ((overwrites && !mayHoldMore) || !CanCompare(target, journal))
        {
            return null;
        }

        string? run = JournalTarget.RunOf(target.Existing);
        JournalKey? key = MigrationPlanner.Key(found, options, store.Endpoint);
        if (Syncs)
        {
            return await SyncAsync(target.Existing, journal, (key, run), mayHoldMore, cancellationToken).ConfigureAwait(false);
        }

        OrdinalSet? written = key is null ? null : journal?.Ours(key, run) ?? (translated = Translated(journal, key, run, cancellationToken));

        // It removes their payload too, to which an application may have added: without payloads, points that are sent again keep theirs.
        bool keepsPayloads = payload is null && options.OnExisting != ExistingPoints.Merge;
        bool replacesOwn = payload is not null && !mayHoldMore && key is not null && journal?.Acknowledged(key, run) is null;
        OrdinalSet? ours = key is null ? null : mayHoldMore || keepsPayloads ? journal?.Acknowledged(key, run) : written;
        var look = new ExistingLook(source, payload, store, options, found, ours)
        {
            Written = WithRepeated(written, journal, (key, run), cancellationToken),
            ReplacesWholePoints = !mayHoldMore,
            Replaced = replacesOwn && options.OnExisting != ExistingPoints.Merge ? written : null,
            KeepsPayloads = !mayHoldMore && keepsPayloads,
            CountsOnly = overwrites,
            OtherVector = target.Existing.Vectors is [CollectionVector any, ..] ? any.Name : null,
            Datatype = CollectionFit.DatatypeOf(target.Existing, options.VectorName),
            AddsVector = MigrationPlanner.AddsVector(target, MigrationPlanner.Settings(found, options, runId), options),
        };
        return await look.RunAsync(target.Present, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<LeftPointsPlan?> FindLeftAsync(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken) =>
        options is { Recreate: false, OnExisting: not ExistingPoints.Merge } && (options.Restart || options.OnChanged == ChangedSource.Restart)
        && target is { Existing: not null, Present: > 0 } && MigrationPlanner.Key(found, options, store.Endpoint) is { } key
        && journal?.BegunInto(key, JournalTarget.RunOf(target.Existing), orRecorded: true) is { } begun && begun.Key.VectorName == key.VectorName
            ? new LeftPoints(source, store, options).FindAsync(journal.Said!, key, target.Taken?.Plan.Taken ?? 0, cancellationToken)
            : Task.FromResult<LeftPointsPlan?>(null);

    private bool Syncs => options.OnChanged == ChangedSource.Sync;

    private Task<ExistingFindings> SyncAsync(CollectionDescription existing, JournalFindings? journal, (JournalKey? Key, string? Run) mine, bool mayHoldMore,
        CancellationToken cancellationToken)
    {
        (JournalKey? key, string? run) = mine;
        const string phase = "compare";
        OnLook?.Invoke(new PhaseStarted(runId, DateTimeOffset.UtcNow, phase, found.Count));
        var look = new SyncLook(source, payload, store, options, found)
        {
            Datatype = CollectionFit.DatatypeOf(existing, options.VectorName),
            ReplacesWholePoints = !mayHoldMore,
            OnCompared = done => OnLook?.Invoke(new PhaseAdvanced(runId, DateTimeOffset.UtcNow, phase, done, found.Count)),
        };
        return look.RunAsync(
            Recorder.Find(journal?.Said, key, run), journal?.Said, key is null ? null : journal?.Ours(key, run), cancellationToken);
    }

    /// <summary>Where ids repeat, the point of a vector may have been written for an earlier one of the same id: the record of ids tells.</summary>
    private OrdinalSet? WithRepeated(OrdinalSet? written, JournalFindings? journal, (JournalKey? Key, string? Run) mine, CancellationToken cancellationToken)
    {
        if (written is null || found.Ids.Duplicates == 0 || Recorder.Find(journal?.Said, mine.Key, mine.Run) is not WrittenIds record)
        {
            return written;
        }

        OrdinalSet all = Recorder.OrdinalsOf(record, journal!.Said!, cancellationToken);
        all.AddAll(written);
        return all;
    }

    /// <summary>What this migration wrote of an index that has changed since, found by the ids.</summary>
    private OrdinalSet? Translated(JournalFindings? journal, JournalKey key, string? run, CancellationToken cancellationToken) =>
        options.OnChanged == ChangedSource.Restart && Recorder.Find(journal?.Said, key, run) is WrittenIds record
            ? Recorder.OrdinalsOf(record, journal!.Said!, cancellationToken)
            : null;

    /// <inheritdoc/>
    public RunMark? Mark(DateTimeOffset now) => found.Count == 0 ? null
        : options.IdFrom == IdOrigin.StoreId ? RunMark.For(options, runId, Path, now).OfStore(found.StoreIds, found.PayloadIdentity)
        : RunMark.For(options, runId, Path, now) with
        {
            First = unchecked(found.Ids.Least + options.IdOffset),
            Last = unchecked(found.Ids.Greatest + options.IdOffset),
        };

    /// <summary>What is refused anyway is not looked for; a dry run, which tells every reason, looks wherever both sides can be compared.</summary>
    private bool CanCompare(TargetFindings target, JournalFindings? journal)
    {
        IReadOnlyList<MigrationError> reasons =
            MigrationPlanner.Plan(found, target, journal, options with { DryRun = true }, store.Endpoint, runId).Plan.Refusals;
        return options.DryRun
            ? found is { Distance: not null, Index.IsSupported: true, IdsFault: null, PayloadFaults.Count: 0 } && (found.Count > 0 || Syncs)
                && reasons.All(static reason => reason.ErrorId != ErrorIds.CollectionDiffers)
            : reasons.Count == 0;
    }

    /// <inheritdoc/>
    public PlannedRun Plan(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken)
    {
        PlannedRun planned =
            MigrationPlanner.Plan(found, target, journal, options, store.Endpoint, runId);
        if (found.NeedsNorms)
        {
            // Norms need a pass over all vectors: skip it for a run that is refused already.
            found = survey.ReadNorms(found, cancellationToken);
            planned =
            MigrationPlanner.Plan(found, target, journal, options, store.Endpoint, runId);
        }

        return planned with
        {
            Plan = planned.Plan with { Expectation = history?.Expect(planned.Plan) },
            Owned = planned.Plan.CreatesCollection ? null : target.Taken?.Sync is { } sync ? sync.Ours : planned.Owned ?? translated,
        };
    }

    /// <inheritdoc/>
    public Guid? RecordIds(PlannedRun planned, string? collectionRun, CancellationToken cancellationToken) =>
        options.IdFrom == IdOrigin.StoreId ? null : Recorder.Prepare(planned, collectionRun, cancellationToken);

    /// <inheritdoc/>
    public void KeepIds()
    {
        if (options is { JournalPath: not null, IdFrom: IdOrigin.FaissId })
        {
            Recorder.Fold(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async Task<long> SettleAsync(PlannedRun planned, CancellationToken cancellationToken)
    {
        if (options.JournalPath is not string journal)
        {
            return 0;
        }

        JournalContent said = JournalContent.Read(journal);
        return WrittenIds.Find(journal, said.Header) is WrittenIds record
            ? await new VanishedPoints(store, options, source.Description.Dimension, planned.Said?.Header)
                .SettleAsync(source, Recorder, record, said, cancellationToken).ConfigureAwait(false)
            : 0;
    }

    /// <inheritdoc/>
    public JournalHeader HeaderOf(PlannedRun planned, string? collectionRun, DateTimeOffset at) =>
        new(planned.Key!, collectionRun, at, source.Description.Path, source.Description.Identity.LastWriteTimeUtc)
        {
            PayloadFile = planned.Plan.PayloadPath is string file ? System.IO.Path.GetFileName(file) : null,
            PayloadWrittenAt = IndexFindings.WrittenAt(planned.Plan.PayloadPath),
        };

    /// <inheritdoc/>
    public IRunFeed OpenFeed(PlannedRun planned, IFlowControl flow, OrdinalSet? acknowledged, Action<SkippedVector> leftOut) =>
        planned.Existing?.Sync is not null && acknowledged is not null
            ? new SyncFeed(NewFeed(planned, leftOut, null), acknowledged, planned.Plan.Offset, planned.Plan.Count)
            : NewFeed(planned, leftOut, acknowledged);

    private IndexFeed NewFeed(PlannedRun planned, Action<SkippedVector> leftOut, OrdinalSet? acknowledged) =>
        new(source, payload, planned.Feed(options), planned.Plan.Offset, planned.Plan.Count, planned.Ids.Superseded, leftOut, acknowledged);

    /// <inheritdoc/>
    public PlannedRun Finished(PlannedRun planned) => planned;

    /// <inheritdoc/>
    public void ThrowIfChanged()
    {
        (source as IChangeDetector)?.ThrowIfContentChanged();
        (payload as IChangeDetector)?.ThrowIfContentChanged();
    }

    /// <inheritdoc/>
    public Verifier NewVerifier(PlannedRun planned) => new(source, options.ComparesPayload ? payload : null, store, planned.Scope(options));
}
