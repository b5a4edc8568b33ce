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

/// <summary>
/// Holds a collection against an index without a migration: verifies, asks both sides the same queries, and, when told to, sends again exactly what is
/// missing or different. Of points that are there, only the vector is replaced wherever that is enough; extra points are never touched.
/// </summary>
public sealed class MigrationCheck
{
    /// <summary>Of a collection without a journal, this part of the vectors must be there for a repair to be one.</summary>
    private const double LeastKnown = 0.1;

    private readonly IVectorSource source;
    private readonly IPayloadSource? payload;
    private readonly IVectorStore store;
    private readonly IRetryPolicy retry;
    private readonly MigrationOptions options;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private PlannedRun? planned;
    private Findings? findings;
    private VerificationResult? last;
    private bool upsertsWholePoints;
    private OrdinalSet? ours;

    /// <summary>Sets a check up; nothing is read yet. Source, payload and store stay the caller's to dispose.</summary>
    public MigrationCheck(IVectorSource source, IPayloadSource? payload, IVectorStore store, IRetryPolicy retry, MigrationOptions options,
        IRunObserver observer, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(retry);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        this.source = source;
        this.payload = payload;
        this.store = store;
        this.retry = retry;
        this.options = options;
        this.observer = observer;
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Id of this check in its events.</summary>
    public Guid RunId { get; } = Guid.NewGuid();

    /// <summary>The payloads were found next to the index. Nobody named them.</summary>
    internal bool PayloadIsFound { get; init; }

    /// <summary>Rows that one round of a repair remembers.</summary>
    internal int MostRemembered { get; init; } = Findings.MostRemembered;

    /// <summary>Points that <see cref="RepairAsync"/> would send, as the verification before it found them.</summary>
    public long Repairable => findings is null ? 0 : findings.Missing + findings.Different - findings.LeftAlone;

    /// <summary>Verifies by <see cref="MigrationOptions.Verification"/> (Full where it says None), then asks queries where
    /// <see cref="MigrationOptions.RecallK"/> says so.</summary>
    /// <param name="forRepair">Remember what is to be sent again.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The collection is missing or cannot be compared, or the options contradict each other.</exception>
    public async Task<VerificationResult> VerifyAsync(bool forRepair, CancellationToken cancellationToken)
    {
        VerificationMode mode = options.Verification == VerificationMode.None ? VerificationMode.Full : options.Verification;
        if (forRepair && mode != VerificationMode.Full)
        {
            throw VerificationErrors.RepairNeedsAll();
        }

        // A repair decides for each point whether it is this migration's; the look at all points beforehand is for runs only.
        MigrationOptions looksAtAll = options with
        {
            OnExisting = ExistingPoints.Overwrite,
            AddAbsent = false,
            MergePayload = false,
            JournalPath = null,
            Restart = false,
            ReadsOnly = !forRepair,
            ComparesRounded = true,
        };
        using OutageEvents outages = Watch();
        var input = new IndexInput(source, payload, store, looksAtAll, RunId);
        planned = await new RunPlanning(input, store, looksAtAll, time).PlanAsync(cancellationToken).ConfigureAwait(false);
        if (planned.Plan.CreatesCollection)
        {
            throw CollectionErrors.Missing(options.Collection, store.Endpoint, await NamesAsync(cancellationToken).ConfigureAwait(false));
        }

        if (store.ProtocolWarning is string protocol)
        {
            observer.OnEvent(new RunWarning(RunId, time.GetUtcNow(), protocol));
        }

        store.SetPatience(options.Upload.Patience);
        outages.IsPatient = true;
        CollectionDescription? collection = await store.GetCollectionAsync(options.Collection, cancellationToken).ConfigureAwait(false);
        if (collection is { UpdateQueueLength: > 0 } or { DeferredPoints: > 0 })
        {
            await UpdateQueue.SettleAsync(store, options.Collection, options.Upload.NoProgressTimeout, time, cancellationToken).ConfigureAwait(false);
        }

        if (collection is not null && IndexingAdvice.ForVerification(collection) is string warning)
        {
            observer.OnEvent(new RunWarning(RunId, time.GetUtcNow(), warning));
        }

        if (forRepair && ChangedMark.IsIn(collection))
        {
            throw VerificationErrors.NotVerifiable(options.Collection, repairs: true);
        }

        CheckJournal? journal = CheckJournal.Read(options, Key, JournalTarget.RunOf(collection), source.Description.Path);
        if (forRepair)
        {
            ours = journal?.RepairReason() is MigrationException refusal ? throw VerificationErrors.RepairNotAllowed(refusal) : journal?.Ours;
            RefuseLaterCopies(cancellationToken);
        }

        upsertsWholePoints = payload is not null && collection?.Vectors.Count == 1;
        (last, Findings found) = await CompareAllAsync(mode, forRepair, cancellationToken).ConfigureAwait(false);
        last = last with
        {
            PayloadsNotCompared = journal?.LeavesPayloadsOut == true,
            PayloadInDoubt = PayloadIsFound && found.DifferentPayloads > 0,
            RepairRefused = forRepair || last.Passed ? null : journal?.RepairReason()?.ToRecord(),
        };
        if (last.PayloadsNotCompared)
        {
            observer.OnEvent(new RunWarning(RunId, time.GetUtcNow(), VerificationErrors.PayloadsNotCompared(options.JournalPath!)));
        }

        if (forRepair)
        {
            RefuseUnrelated(last, found);
            findings = found;
        }

        if (!last.Passed && ChangedMark.IsIn(collection))
        {
            last = last with { NotVerifiable = VerificationErrors.NotVerifiable(options.Collection, repairs: false).ToRecord() };
        }

        if (options.RecallK is int neighbours)
        {
            var recall = new RecallCheck(source, store, planned.Scope(options), neighbours, options.RecallQueries);
            last = last with { Recall = await recall.RunAsync(Begin("recall", planned.Plan.Count), cancellationToken).ConfigureAwait(false) };
        }

        RefuseChangedSources();
        return last;
    }

    /// <summary>Sends again what <see cref="VerifyAsync"/> found missing or different, and verifies those points again.</summary>
    /// <returns>The proof after the repair, with <see cref="VerificationResult.Repair"/> set.</returns>
    /// <exception cref="MigrationException">The server was lost or refused; what was sent until then is sent.</exception>
    /// <exception cref="InvalidOperationException">Nothing was verified for a repair before.</exception>
    public async Task<VerificationResult> RepairAsync(CancellationToken cancellationToken)
    {
        if (last is null || findings is null)
        {
            throw new InvalidOperationException("Verify for a repair first.");
        }

        using OutageEvents outages = Watch();
        outages.IsPatient = true;
        VerificationResult before = last;
        long sent = 0;
        Findings wrong = findings;
        Findings after = await RoundAsync(wrong, cancellationToken).ConfigureAwait(false);
        while (wrong.Overflowed && after.Missing + after.Different < wrong.Remembered)
        {
            // One round could not remember everything: compare again, now that fewer points are wrong.
            wrong = (await CompareAllAsync(VerificationMode.Full, forRepair: true, cancellationToken).ConfigureAwait(false)).Findings;
            after = await RoundAsync(wrong, cancellationToken).ConfigureAwait(false);
        }

        if (wrong.Overflowed)
        {
            // The last round repaired nothing: compare again to learn what is left.
            wrong = after = (await CompareAllAsync(VerificationMode.Full, forRepair: true, cancellationToken).ConfigureAwait(false)).Findings;
        }

        RefuseChangedSources();
        last = await ResultAsync(before, wrong, after, sent, cancellationToken).ConfigureAwait(false);
        return last;

        async Task<Findings> RoundAsync(Findings wrong, CancellationToken token)
        {
            long[] whole = wrong.Whole;
            long[] parts = wrong.Parts;
            Begin("repair", whole.Length + parts.Length);
            sent += await SendAsync(whole, store.OpenTarget(options.Collection, options.VectorName), token).ConfigureAwait(false);
            sent += await SendAsync(parts, PartTarget(parts), token).ConfigureAwait(false);
            Findings again = NewFindings(forRepair: true);
            Verifier verifier = NewVerifier();
            await verifier.CompareAsync(whole, again, token).ConfigureAwait(false);
            await verifier.CompareAsync(parts, again, token).ConfigureAwait(false);
            return again;
        }
    }

    private async Task<(VerificationResult Result, Findings Findings)> CompareAllAsync(
        VerificationMode mode, bool forRepair, CancellationToken cancellationToken)
    {
        Findings found = NewFindings(forRepair);
        MigrationPlan plan = planned!.Plan;
        Action<long> advance = Begin(mode == VerificationMode.Count ? "count" : "verify",
            mode == VerificationMode.Sample ? Math.Min(options.SampleSize, plan.Count) : plan.Count);
        return (await NewVerifier().RunAsync(new VerificationTask(mode, plan.PresentBefore, null, found) { SampleSize = options.SampleSize }, advance,
            cancellationToken).ConfigureAwait(false), found);
    }

    /// <summary>Where points go that are there: their vector, and the fields of their payload where these are set beside others.</summary>
    private IPointTarget PartTarget(long[] ordinals)
    {
        IPointTarget vectors = store.OpenVectorTarget(options.Collection, options.VectorName);
        if (!options.MergePayload || payload is null)
        {
            return vectors;
        }

        OrdinalSet there = new();
        foreach (long ordinal in ordinals)
        {
            there.Add(new OrdinalRange(ordinal, ordinal));
        }

        return new MergeTarget(vectors, [vectors, store.OpenPayloadTarget(options.Collection)], there);
    }

    private async Task<long> SendAsync(long[] ordinals, IPointTarget target, CancellationToken cancellationToken)
    {
        if (ordinals.Length == 0)
        {
            return 0;
        }

        MigrationPlan plan = planned!.Plan;
        using IFlowControl flow = FlowControls.For(
            options.Upload,
            new FlowStart
            {
                Dimension = plan.Index.Dimension,
                Vectors = ordinals.Length,
                RoundTrip = planned.RoundTrip,
                Limit = planned.Limit,
                ReadLimit = WriteRateLimits.Reader(store, plan.Collection)
            },
            time);
        var rows = new IndexFeed(source, payload, planned.Feed(options) with { SkipInvalid = true }, plan.Offset, plan.Count, planned.Ids.Superseded, null,
            mostPayloadBytes: IndexRows.MostPayloadBytes);
        var feed = new RepairFeed(new IndexRows(rows, 1), ordinals);
        UploadOutcome outcome = await new UploadEngine(target, flow, retry, options.Upload, RunId, observer, time).RunAsync(feed, cancellationToken)
            .ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return outcome.Stop is MigrationException stop ? throw stop : outcome.Sent;
    }

    /// <summary>What is still wrong is what the last round did not put right, and what nobody may put right.</summary>
    private async Task<VerificationResult> ResultAsync(VerificationResult before, Findings wrong, Findings after, long sent,
        CancellationToken cancellationToken)
    {
        long total = await NewVerifier().CountAsync(cancellationToken).ConfigureAwait(false);
        long different = after == wrong ? after.Different : after.Different + wrong.LeftAlone - wrong.LeftAbsent;
        long missing = after == wrong ? after.Missing : after.Missing + wrong.LeftAbsent;
        HashSet<long> sentAgain = [.. wrong.Whole, .. wrong.Parts];
        IEnumerable<PointDifference> left = after == wrong
            ? after.Differences
            : wrong.Differences.Where(difference => !sentAgain.Contains(difference.Ordinal)).Concat(after.Differences);
        long compared = before.Compared + before.Missing - missing;
        return before with
        {
            Passed = total >= before.Expected && missing == 0 && different == 0,
            CollectionCount = total,
            Extra = before.Extra is null ? null : Math.Max(0, total - compared),
            Compared = compared,
            Missing = missing,
            Different = different,
            WithAddedFields = after == wrong ? after.WithAddedFields : after.WithAddedFields + wrong.KeptForFields,
            Differences = [.. left.OrderBy(static difference => difference.Ordinal).Take(Findings.MostListed)],
            MaxDeviation = Math.Max(before.MaxDeviation, after.Deviation),
            PayloadInDoubt = before.PayloadInDoubt && different > 0,
            Repair = new RepairResult
            {
                Missing = before.Missing,
                Different = before.Different,
                Sent = sent,
                Repaired = before.Missing + before.Different - missing - different,
                LeftAlone = wrong.LeftAlone,
                NotRecorded = wrong.NotRecorded,
                KeptForFields = wrong.KeptForFields,
                LeftAbsent = wrong.LeftAbsent,
                Found = before.Differences,
            },
        };
    }

    private Findings NewFindings(bool forRepair) => new(forRepair, upsertsWholePoints, MostRemembered)
    {
        SetsFields = options.MergePayload && payload is not null,
        LeavesAbsent = options.OnExisting == ExistingPoints.Merge,
        RemovesFields = options.OnExisting == ExistingPoints.Overwrite,
        IsOurs = !forRepair || options.OnExisting == ExistingPoints.Overwrite ? null : ordinal => ours?.Contains(ordinal) == true,
    };

    private JournalKey Key => options.Mapping(
        JournalKey.Of(source.Description, payload?.Identity, options.IdMapping, store.Endpoint, options.Collection, options.VectorName), payload is not null);

    /// <summary>A window tells nothing of later vectors with the same ids, whose points a repair of the window would replace.</summary>
    private void RefuseLaterCopies(CancellationToken cancellationToken)
    {
        MigrationPlan plan = planned!.Plan;
        long replaced = new IdScan(source).CountReplacedLater(plan.Offset, plan.Count, planned.Ids, cancellationToken);
        if (replaced > 0)
        {
            throw VerificationErrors.RepairOfRepeatedIds(source.Description, replaced);
        }
    }

    /// <summary>
    /// Where no journal says that the points are this migration's, and hardly any of them is there while others are, the ids are made otherwise, or the
    /// collection is another: a repair would add every vector beside what is there.
    /// </summary>
    private void RefuseUnrelated(VerificationResult result, Findings found)
    {
        long known = options.OnExisting == ExistingPoints.Overwrite ? found.Found : found.Found - found.Different;
        if (ours is null && found.Missing > 0 && result.CollectionCount > known && known < result.Expected * LeastKnown)
        {
            throw VerificationErrors.RepairUnrelated(result, source.Description, options.Collection, store.Endpoint, found.Found - found.Different);
        }
    }

    private OutageEvents Watch() => new(store, options.Upload, RunId, observer, time);

    private Verifier NewVerifier() => new(source, options.ComparesPayload ? payload : null, store, planned!.Scope(options));

    /// <summary>Every batch is read under a check of length and time; the content is compared once more before anything is said of it.</summary>
    private void RefuseChangedSources()
    {
        (source as IChangeDetector)?.ThrowIfContentChanged();
        (payload as IChangeDetector)?.ThrowIfContentChanged();
    }

    /// <summary>Tells that a phase begins, and gives what tells how far it is. Readers finish side by side; observers are told one at a time.</summary>
    private Action<long> Begin(string phase, long total)
    {
        observer.OnEvent(new PhaseStarted(RunId, time.GetUtcNow(), phase, total));
        return done =>
        {
            lock (gate)
            {
                observer.OnEvent(new PhaseAdvanced(RunId, time.GetUtcNow(), phase, done, total));
            }
        };
    }

    /// <summary>The collections there are, to suggest one; none where the key may not list them.</summary>
    private async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.ListCollectionsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException)
        {
            return [];
        }
    }
}
